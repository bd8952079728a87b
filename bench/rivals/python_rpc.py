# SPDX-License-Identifier: MIT
"""Two numbers are added over XML-RPC, by Python's xmlrpc.server; with URL SECONDS it is
xmlrpc.client that has them added, one call after the other."""

import socketserver
import sys
import time
import xmlrpc.client
from xmlrpc.server import SimpleXMLRPCRequestHandler, SimpleXMLRPCServer


class Handler(SimpleXMLRPCRequestHandler):
    protocol_version = "HTTP/1.1"  # connections are kept


class Server(socketserver.ThreadingMixIn, SimpleXMLRPCServer):
    request_queue_size = 4096
    daemon_threads = True

    def handle_error(self, *_):
        """The load has gone."""


def serve():
    with Server(("127.0.0.1", 0), Handler, logRequests=False) as server:
        server.register_function(lambda a, b: a + b, "add")
        print("listening on 127.0.0.1:%d with Python" % server.server_address[1], flush=True)
        server.serve_forever()


def call_for(server, seconds):
    """Microseconds of each call."""
    took, now = [], time.monotonic()
    until = now + seconds
    while now < until:
        if server.add(1, 2) != 3:
            sys.exit("1 + 2 is not 3")
        begun, now = now, time.monotonic()
        took.append((now - begun) * 1e6)
    return sorted(took)


def call(url, seconds):
    with xmlrpc.client.ServerProxy(url) as server:
        call_for(server, 0.3)
        print("go", flush=True)
        begun = time.monotonic()
        took = call_for(server, seconds)
        rate = len(took) / (time.monotonic() - begun)
        print(f"{rate:.0f} {took[len(took) // 2]:.0f} {took[len(took) * 99 // 100]:.0f}",
              len(took))


if len(sys.argv) > 1:
    call(sys.argv[1], float(sys.argv[2]))
else:
    serve()
