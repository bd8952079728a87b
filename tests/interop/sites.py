# SPDX-License-Identifier: MIT
"""Servers of folders that we did not write."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from running import foreign
from support import cannot_run


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
