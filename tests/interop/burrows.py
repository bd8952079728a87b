# SPDX-License-Identifier: MIT
"""Gopher servers that we did not write, over a folder, until the test has ended."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
from pathlib import Path

from running import foreign, free_port
from support import cannot_run

HERE = "127.0.0.1"


def tool(name):
    """The path of a program that must be there."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/games") or \
        cannot_run(f"no {name}")


def run_gophernicus(test, folder):
    """Gives its port. It talks with one client, so it is started for each, as inetd does."""
    server = tool("gophernicus")
    nobody = {"user": "nobody"} if os.geteuid() == 0 else {}  # it refuses root
    listener = test.enterContext(socket.create_server((HERE, 0)))
    port = listener.getsockname()[1]
    listener.settimeout(0.1)
    stop = threading.Event()

    def serve():
        while not stop.is_set():
            try:
                client, _ = listener.accept()
            except TimeoutError:
                continue
            client.setblocking(True)
            subprocess.run([server, "-h", HERE, "-p", str(port), "-r", folder, "-nx", "-nu"],
                           stdin=client, stdout=client, stderr=subprocess.DEVNULL, **nobody)
            client.close()
    thread = threading.Thread(target=serve)
    thread.start()
    test.addCleanup(thread.join)
    test.addCleanup(stop.set)
    return port


def replace_setting(text, name, value):
    """The file with that setting, or without it."""
    lines = [line for line in text.splitlines()
             if line.lstrip("# ").split("=")[0].strip() != name]
    if value is not None:
        lines.insert(lines.index("[pygopherd]") + 1, f"{name} = {value}")
    return "\n".join(lines) + "\n"


def run_pygopherd(test, folder):
    """Gives its port."""
    server, port = tool("pygopherd"), free_port()
    own = Path(test.enterContext(tempfile.TemporaryDirectory()))
    text = Path("/etc/pygopherd/pygopherd.conf").read_text()
    for name, value in (("root", folder), ("port", port), ("detach", "no"), ("usechroot", "no"),
                        ("servername", HERE), ("interface", HERE)):
        text = replace_setting(text, name, value)
    for name in ("setuid", "setgid", "pidfile"):
        text = replace_setting(text, name, None)
    # It reads a list that another of its threads is just writing to its cache.
    text = re.sub(r"^#?\s*cachetime\s*=.*$", "cachetime = 0", text, flags=re.MULTILINE)
    configuration = own / "pygopherd.conf"
    configuration.write_text(text)
    test.enterContext(foreign(server, configuration, port=port))
    return port
