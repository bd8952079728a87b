# SPDX-License-Identifier: MIT
"""The small response, and the files of a folder when one is named, by Python's http.server."""

import functools
import http.server
import sys


class Quiet(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass


class Hello(Quiet):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", "13")
        self.end_headers()
        self.wfile.write(b"Hello, World!")


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 4096

    def handle_error(self, *_):
        """The load has gone."""


handler = functools.partial(Quiet, directory=sys.argv[1]) if len(sys.argv) > 1 else Hello
with Server(("127.0.0.1", 0), handler) as server:
    print("listening on 127.0.0.1:%d with Python" % server.server_address[1], flush=True)
    server.serve_forever()
