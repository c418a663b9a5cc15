#!/usr/bin/python3
# serve.py: serves a WSGI application by FastCGI on the socket that is descriptor 0, one request at a time, with nothing
# but the standard library: serve.py MODULE[:NAME]
import importlib
import io
import os
import signal
import socket
import struct
import sys
import traceback

BEGIN, END, PARAMS, STDIN, STDOUT, STDERR, GET_VALUES, VALUES_RESULT, UNKNOWN = 1, 3, 4, 5, 6, 7, 9, 10, 11
HEADER = struct.Struct('>BBHHBx')
KEEP_CONN = 1


class Connection:
    def __init__(self, stream):
        self.stream = stream

    def read(self):
        """The next record: its type, its id, its content."""
        version, kind, number, length, padding = HEADER.unpack(self.exactly(HEADER.size))
        return kind, number, self.exactly(length + padding)[:length]

    def exactly(self, size):
        data = self.stream.read(size)
        if len(data) < size:
            raise EOFError
        return data

    def write(self, kind, number, content):
        for at in range(0, len(content), 65528) or (0,):
            part = content[at:at + 65528]
            self.stream.write(HEADER.pack(1, kind, number, len(part), 0) + part)
        self.stream.flush()


def pairs(data):
    def length(at):
        return (data[at], at + 1) if data[at] < 128 else (struct.unpack_from('>I', data, at)[0] & 0x7fffffff, at + 4)

    at = 0
    while at < len(data):
        name, at = length(at)
        value, at = length(at)
        yield data[at:at + name].decode('latin-1'), data[at + name:at + name + value].decode('latin-1')
        at += name + value


class Body(io.RawIOBase):
    """STDIN, read from the connection as it is asked for."""

    def __init__(self, connection):
        self.connection, self.left, self.ended = connection, b'', False

    def readable(self):
        return True

    def readinto(self, buffer):
        while not self.left and not self.ended:
            kind, _, self.left = self.connection.read()
            self.ended = kind != STDIN or not self.left
        size = min(len(buffer), len(self.left))
        buffer[:size], self.left = self.left[:size], self.left[size:]
        return size


class Errors(io.TextIOBase):
    def __init__(self, connection, number):
        self.connection, self.number = connection, number

    def write(self, text):
        if text:
            self.connection.write(STDERR, self.number, text.encode())
        return len(text)


def answer(application, connection, number, params):
    body = Body(connection)
    environ = dict(params)
    environ.update({
        'wsgi.version': (1, 0), 'wsgi.url_scheme': 'https' if params.get('HTTPS') == 'on' else 'http',
        'wsgi.input': io.BufferedReader(body, 65536), 'wsgi.errors': Errors(connection, number),
        'wsgi.multithread': False, 'wsgi.multiprocess': True, 'wsgi.run_once': False})
    head, is_sent = [], False

    def write(data):
        nonlocal is_sent
        if head:
            data = b''.join(head) + data
            head.clear()
            is_sent = True
        if data:
            connection.write(STDOUT, number, data)

    def start_response(status, fields, exc_info=None):
        lines = [f'Status: {status}', *(f'{name}: {value}' for name, value in fields), '', '']
        head[:] = ['\r\n'.join(lines).encode('latin-1')]
        return write

    try:
        parts = application(environ, start_response)
        try:
            for part in parts:
                write(part)
            write(b'')
        finally:
            getattr(parts, 'close', lambda: None)()
    except (EOFError, OSError):
        raise
    except Exception:
        traceback.print_exc(file=environ['wsgi.errors'])
        if is_sent:
            raise  # what has come is not the whole
        start_response('500 Internal Server Error', [('Content-Type', 'text/plain')])
        write(b'This page has failed.\n')
    while body.read(65536):
        pass
    connection.write(STDOUT, number, b'')
    connection.write(END, number, bytes(8))


def serve(application, connection):
    params = {}
    keep = True
    while keep:
        kind, number, content = connection.read()
        if number == 0:
            known = {'FCGI_MAX_CONNS': '1', 'FCGI_MAX_REQS': '1', 'FCGI_MPXS_CONNS': '0'}
            values = [(name, known[name]) for name, _ in pairs(content) if name in known] if kind == GET_VALUES else []
            result = b''.join(bytes([len(n), len(v)]) + n.encode() + v.encode() for n, v in values)
            connection.write(*((VALUES_RESULT, 0, result) if kind == GET_VALUES else (UNKNOWN, 0, bytes([kind] + [0] * 7))))
        elif kind == BEGIN:
            params, wants_kept = b'', content[2] & KEEP_CONN
        elif kind == PARAMS and content:
            params += content
        elif kind == PARAMS:
            answer(application, connection, number, dict(pairs(params)))
            keep = wants_kept


def main(name):
    module, _, variable = name.partition(':')
    sys.path.insert(0, os.getcwd())
    application = getattr(importlib.import_module(module), variable or 'application')
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    listener = socket.socket(fileno=0)
    while True:
        accepted, _ = listener.accept()
        try:
            with accepted, accepted.makefile('rwb', 65536) as stream:
                serve(application, Connection(stream))
        except (EOFError, OSError):
            pass  # the server has closed it: it is done with us, or its client has left


if __name__ == '__main__':
    main(sys.argv[1])
