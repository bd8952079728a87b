# SPDX-License-Identifier: MIT
"""The small response by nghttpd, which has it in a file, by HTTP/2 without TLS."""

import os
import socket
import tempfile
from pathlib import Path

with socket.create_server(("127.0.0.1", 0)) as probe:
    port = probe.getsockname()[1]

place = Path(tempfile.mkdtemp(prefix="nghttpd-"))
(place / "index.html").write_text("Hello, World!")
print(f"listening on 127.0.0.1:{port} with nghttpd", flush=True)
os.execvp("nghttpd", ["nghttpd", "--no-tls", "-a", "127.0.0.1", "-d", str(place), str(port)])
