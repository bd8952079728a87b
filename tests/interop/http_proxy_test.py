# SPDX-License-Identifier: MIT
"""`zocalo get` through a proxy that wants Digest (squid), and to servers that close what they have
promised to keep."""

import http.server
import socket
import ssl
import threading

from pki import Authority
from proxies import PAGE, WithProxies, need
from running import HERE, free_port
from support import PATIENCE, main, run

HELPER = "/usr/lib/squid/digest_file_auth"


class digest(WithProxies):
    def setUp(self):
        need("squid", HELPER)
        super().setUp()
        self.folder.chmod(0o777)  # squid becomes another user
        port = free_port()
        (self.folder / "users").write_text("Ada:love\n")
        settings = self.folder / "squid.conf"
        settings.write_text(f"""
http_port {HERE}:{port}
pid_filename none
cache_log {self.folder}/log
access_log none
cache deny all
shutdown_lifetime 0 seconds
pinger_enable off
max_filedescriptors 1024
auth_param digest program {HELPER} {self.folder}/users
auth_param digest children 1
auth_param digest realm gate
auth_param digest post_workaround on
acl known proxy_auth REQUIRED
http_access allow known
http_access deny all
""")
        self.proxy = f"http://{HERE}:{self.start(port, 'squid', '-N', '-f', settings)}"

    def through(self, password, *urls):
        user = self.folder / "user"
        user.write_text(f"Ada:{password}\n")
        user.chmod(0o600)
        return run("zocalo", "get", "-f", "--proxy", self.proxy, "--proxy-user-file", user,
                   "--cacert", self.folder / "root.pem", *urls)

    def secure_site(self):
        """The same pages in TLS: the port."""
        authority = Authority(str(self.folder))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*authority.for_servers())

        class page(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Length", str(len(PAGE)))
                self.end_headers()
                self.wfile.write(PAGE)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer((HERE, 0), page)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server.server_port

    def test_tunnels_and_what_is_asked_of_the_proxy_itself(self):
        secure = f"https://{HERE}:{self.secure_site()}/"
        plain = f"http://{HERE}:{self.port}/"
        done = self.through("love", secure, plain, secure, plain)
        self.assertEqual((done.returncode, done.stdout), (0, 4 * PAGE.decode()), done.stderr)
        for url in (secure, plain):
            done = self.through("hate", url)
            self.assertNotEqual(done.returncode, 0)
            self.assertRegex(done.stderr, "407")
            self.assertNotIn("hate", done.stderr)


class hasty(WithProxies):
    """A server that answers with keep-alive and ends the connection in the same segment."""

    def serve(self, answers):
        server = socket.create_server((HERE, 0))
        self.addCleanup(server.close)
        self.requests = []

        def talk():
            for answer in answers:
                client, _ = server.accept()
                with client:
                    client.settimeout(PATIENCE)
                    heard = b""
                    while b"x=1" not in heard:
                        heard += client.recv(65536)
                    self.requests.append(heard.split(b"\r\n")[0].decode())
                    client.send(answer, socket.MSG_MORE)

        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        self.addCleanup(thread.join, PATIENCE)
        return f"http://{HERE}:{server.getsockname()[1]}"

    def test_a_post_after_a_redirect_takes_a_new_connection(self):
        there = b"HTTP/1.1 307 There\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n"
        page = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
        url = self.serve([there, there, page])
        done = run("zocalo", "get", "-L", "-d", "x=1", url + "/here")
        self.assertEqual((done.returncode, done.stdout), (0, "hi"), done.stderr)
        self.assertEqual([line.split()[1] for line in self.requests], ["/here", "/there", "/there"])

    def test_the_slash_that_somebody_forgot(self):
        page = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
        url = self.serve([page])
        done = run("zocalo", "get", "-d", "x=1", url.replace("//", "/") + "/here")
        self.assertEqual((done.returncode, done.stdout), (0, "hi"), done.stderr)


if __name__ == "__main__":
    main()
