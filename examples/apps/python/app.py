# app.py: the pages of examples/apps as a WSGI application, with Flask: behind uWSGI, or serve.py beside it.
import os
import sys
import time
import zlib

from flask import Flask, Response, redirect, request

app = Flask(__name__)


@app.after_request
def text(response):
    response.content_type = 'text/plain; charset=utf-8'
    return response


@app.route('/hello')
@app.route('/hello/<name>')
def hello(name='world'):
    return f'Hello, {name}! I am process {os.getpid()}.\n'


@app.route('/params')
@app.route('/params/<path:rest>')
def params(rest=''):
    return ''.join(f'{name}={value}\n' for name, value in sorted(request.environ.items()) if isinstance(value, str))


@app.post('/sum')
def sum_of_body():
    length, total = 0, zlib.adler32(b'')
    while part := request.stream.read(65536):
        length += len(part)
        total = zlib.adler32(part, total)
    return f'{length} bytes, Adler-32 {total:08x}\n'


@app.route('/visits')
def visits():
    count = 1 + int(request.cookies.get('visits', 0))
    response = Response(f'visit {count}\n')
    response.set_cookie('visits', str(count))
    response.set_cookie('last', 'python', httponly=True)
    return response


@app.route('/old')
def old():
    return redirect(request.script_root + '/hello', 302)


@app.route('/broken')
def broken():
    print('this page is broken on purpose', file=request.environ['wsgi.errors'], flush=True)
    return 'something broke\n', 500


@app.route('/clock')
def clock():
    def lines(ticks):
        yield f'process {os.getpid()}\n'
        for tick in range(ticks):
            time.sleep(0.1)
            yield f'tick {tick + 1}\n'

    return Response(lines(request.args.get('ticks', 5, int)))


@app.errorhandler(404)
def missing(error):
    return 'there is no such page\n', 404


application = app  # uWSGI's name for it
