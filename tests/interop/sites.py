# SPDX-License-Identifier: MIT
"""Servers that we did not write, and one that says whatever it is told."""

import contextlib
import shutil
import socket
import subprocess
import tempfile
import threading
from pathlib import Path

from running import HERE, foreign
from support import PATIENCE, cannot_run


def run_nginx(test, folder, port, locations="", beside=""):
    """Serves a folder on 127.0.0.1 until the test has ended; `locations` go into its `server`, and
    what is `beside` stands before that."""
    path = shutil.which("nginx")
    if not path:
        cannot_run("there is no nginx")
    own = test.enterContext(tempfile.TemporaryDirectory())
    config = Path(own) / "nginx.conf"
    config.write_text(f"""
        daemon off; master_process off; pid {own}/pid; error_log {own}/errors; user root;
        events {{ }}
        http {{ access_log off; gzip off; root {folder}; {beside}
                server {{ listen 127.0.0.1:{port}; {locations} }} }}
    """)
    test.enterContext(foreign(path, "-c", config, "-e", "stderr", port=port))


def run_python(test, folder, port):
    """The same with Python's http.server, which knows no ranges."""
    test.enterContext(foreign("/usr/bin/python3", "-m", "http.server", "-b", "127.0.0.1", "-d",
                              str(folder), str(port), port=port))


class scripted:
    """A server that says the same to everybody, and keeps what it hears."""

    def __init__(self, says):
        self.says, self.heard = says, []
        self.listener = socket.create_server((HERE, 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                peer, _ = self.listener.accept()
                with peer:
                    self.heard.append(peer.recv(65536).decode())
                    peer.sendall(self.says)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(PATIENCE)
