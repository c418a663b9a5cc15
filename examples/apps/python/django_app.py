# django_app.py: the pages of examples/apps as a WSGI application, with Django: behind uWSGI, or serve.py beside it.
import os
import secrets
import time
import zlib

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import path

settings.configure(
    ROOT_URLCONF=__name__, ALLOWED_HOSTS=['*'], APPEND_SLASH=False,
    SECRET_KEY=os.environ.get('SECRET_KEY') or secrets.token_hex())


def text(words, **more):
    return HttpResponse(words, content_type='text/plain; charset=utf-8', **more)


def hello(request, name='world'):
    return text(f'Hello, {name}! I am process {os.getpid()}.\n')


def params(request, rest=''):
    return text(''.join(f'{name}={value}\n' for name, value in sorted(request.META.items()) if isinstance(value, str)))


def sum_of_body(request):
    length, total = 0, zlib.adler32(b'')
    while part := request.read(65536):
        length += len(part)
        total = zlib.adler32(part, total)
    return text(f'{length} bytes, Adler-32 {total:08x}\n')


def visits(request):
    count = 1 + int(request.COOKIES.get('visits', 0))
    response = text(f'visit {count}\n')
    response.set_cookie('visits', count)
    response.set_cookie('last', 'python', httponly=True)
    return response


def old(request):
    return redirect(hello)


def broken(request):
    print('this page is broken on purpose', file=request.META['wsgi.errors'], flush=True)
    return text('something broke\n', status=500)


def clock(request):
    def lines(ticks):
        yield f'process {os.getpid()}\n'
        for tick in range(ticks):
            time.sleep(0.1)
            yield f'tick {tick + 1}\n'

    return StreamingHttpResponse(lines(int(request.GET.get('ticks', 5))), content_type='text/plain; charset=utf-8')


def missing(request, exception):
    return text('there is no such page\n', status=404)


handler404 = missing
urlpatterns = [
    path('hello', hello), path('hello/<name>', hello), path('params/<path:rest>', params), path('sum', sum_of_body),
    path('visits', visits), path('old', old), path('broken', broken), path('clock', clock)]
application = get_wsgi_application()
