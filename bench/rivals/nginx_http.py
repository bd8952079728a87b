# SPDX-License-Identifier: MIT
"""The small response, and the files of a folder, by nginx with one worker and nothing that it need
not do; with --http2, by HTTP/2 without TLS; with --put, files can be put there."""

import os
import socket
import sys
import tempfile
from pathlib import Path

folders = [each for each in sys.argv[1:] if not each.startswith("--")]
version = "http2" if "--http2" in sys.argv else ""
puts = "dav_methods PUT; client_max_body_size 2m;" if "--put" in sys.argv else ""
with socket.create_server(("127.0.0.1", 0)) as probe:
    port = probe.getsockname()[1]

place = Path(tempfile.mkdtemp(prefix="nginx-"))
(place / "nginx.conf").write_text(f"""
daemon off; master_process off; worker_processes 1;
pid {place}/pid; error_log stderr error;
events {{ worker_connections 12000; multi_accept on; }}
http {{
  access_log off; sendfile on; tcp_nopush on;
  keepalive_requests 1000000000;
  types {{ text/plain txt; }}
  client_body_temp_path {place}/body; proxy_temp_path {place}/proxy; fastcgi_temp_path {place}/f;
  uwsgi_temp_path {place}/u; scgi_temp_path {place}/s;
  server {{
    listen 127.0.0.1:{port} backlog=4096 {version};
    default_type text/plain; {puts}
    {f"root {folders[0]};" if folders else 'location / { return 200 "Hello, World!"; }'}
  }}
}}
""")
print(f"listening on 127.0.0.1:{port} with nginx", flush=True)
os.execvp("nginx", ["nginx", "-p", str(place), "-c", str(place / "nginx.conf")])
