# SPDX-License-Identifier: MIT
"""`zocalo serve` as a proxy that speaks HTTP/2 with servers behind it, and before and behind
others; gRPC through it."""

import os
import shutil
import threading
from concurrent import futures
from unittest import mock

from pki import Authority
from running import HERE, foreign, free_port
from served_folder import HTTP, with_folder
from support import cannot_run, enter_own_network, main, run

try:
    import grpc
except ImportError:
    grpc = None

LARGE = bytes(range(256)) * 10_000


def setUpModule():
    enter_own_network()


def tool(name):
    path = shutil.which(name, path="/usr/bin:/usr/sbin:/usr/local/bin")
    if path is None:
        cannot_run(f"there is no {name}")
    return path


def curl(*arguments, **options):
    return run(tool("curl"), "-sS", "--max-time", "20", *arguments, **options)


class with_upstreams(with_folder):
    def check_folder(self, path="/docs"):
        """By both versions, and by many at once."""
        kept = self.elsewhere / "kept"
        for how in ("--http1.1", "--http2-prior-knowledge"):
            with self.subTest(how):
                url = f"{HTTP}{path}/large.bin"
                self.assertEqual(curl(how, "-o", kept, "-w", "%{http_code}", url).stdout, "200")
                self.assertEqual(kept.read_bytes(), LARGE)
                got = curl(how, "-w", "%{http_code}", "-o", "/dev/null", HTTP + path + "/none")
                self.assertEqual(got.stdout, "404")
                got = curl(how, "-I", url).stdout
                self.assertRegex(got, "(?i)content-length: 2560000")
        done = run(tool("h2load"), "-n", "2000", "-c", "10", "-m", "20",
                   f"{HTTP}{path}/small.txt")
        self.assertIn("2000 succeeded, 0 failed, 0 errored", done.stdout)

    def setUp(self):
        super().setUp()
        (self.folder / "docs" / "small.txt").write_text("small\n")

    def run_nginx(self, inside, port):
        config = self.elsewhere / f"nginx-{port}.conf"
        own = self.elsewhere / f"nginx-{port}"
        own.mkdir()
        config.write_text(f"""
            daemon off; master_process off; pid {own}/pid; error_log {own}/errors; user root;
            events {{ }}
            http {{ access_log {own}/access; log_format short "$server_protocol $status";
                    access_log {own}/protocols short; root {self.folder}; {inside} }}
        """)
        self.enterContext(foreign(tool("nginx"), "-c", str(config), "-e", "stderr", port=port))
        return own


class a_proxy(with_upstreams):
    def test_before_nghttpd(self):
        port = free_port()
        self.enterContext(foreign(tool("nghttpd"), "--no-tls", "--echo-upload", "--trailer",
                                  "x-sum: 4", "-d", str(self.folder), str(port), port=port))
        self.serving("--proxy-pass", f"/docs=h2c://{HERE}:{port}")
        self.check_folder()
        sent = self.elsewhere / "sent"
        sent.write_bytes(b"y" * 3_000_000)
        kept = self.elsewhere / "kept"
        for how in ("--http1.1", "--http2-prior-knowledge"):
            with self.subTest(how):
                for ways in (["--data-binary", f"@{sent}"], ["-T", sent]):
                    curl(how, *ways, "-o", kept, HTTP + "/docs/echo")
                    self.assertEqual(kept.read_bytes(), sent.read_bytes())
        told = run(tool("nghttp"), "-v", HTTP + "/docs/small.txt").stdout
        self.assertTrue("x-sum: 4" in told, "the trailer")

    def test_before_nginx_which_chooses_http_2(self):
        certificate, key = Authority(self.elsewhere).for_servers()
        port = free_port()
        own = self.run_nginx(
            f"server {{ listen {HERE}:{port} ssl http2; ssl_certificate {certificate}; "
            f"ssl_certificate_key {key}; keepalive_requests 50; }}", port)
        with mock.patch.dict(os.environ, SSL_CERT_FILE=str(self.elsewhere / "root.pem")):
            self.serving("--proxy-pass", f"/docs=https://localhost:{port}")
        self.check_folder()
        asked = (own / "protocols").read_text().splitlines()
        self.assertEqual({line.split()[0] for line in asked}, {"HTTP/2.0"})

    def test_before_haproxy(self):
        port, behind = free_port(), free_port()
        self.run_nginx(f"server {{ listen {HERE}:{behind}; }}", behind)
        config = self.elsewhere / "haproxy.cfg"
        config.write_text(
            "defaults\n mode http\n timeout client 9s\n timeout server 9s\n timeout connect 9s\n"
            f"listen front\n bind {HERE}:{port} proto h2\n server one {HERE}:{behind}\n")
        self.enterContext(foreign(tool("haproxy"), "-db", "-f", str(config), port=port))
        self.serving("--proxy-pass", f"/docs=h2c://{HERE}:{port}")
        self.check_folder()

    def test_behind_nginx_that_takes_it_for_grpc(self):
        behind, front = free_port(), free_port()
        self.enterContext(foreign(tool("nghttpd"), "--no-tls", "--echo-upload", "-d",
                                  str(self.folder), str(behind), port=behind))
        self.run_nginx(f"server {{ listen {HERE}:{front} http2; client_max_body_size 0; "
                       f"location / {{ grpc_pass grpc://{HERE}:8080; }} }}", front)
        self.serving("--proxy-pass", f"/docs=h2c://{HERE}:{behind}")
        base, kept = f"http://{HERE}:{front}", self.elsewhere / "kept"
        sent = self.elsewhere / "sent"
        sent.write_bytes(b"y" * 1_000_000)
        for path in ("/docs/large.bin", "/readme.txt"):
            curl("--http2-prior-knowledge", "-o", kept, base + path)
            self.assertEqual(kept.read_bytes(), (self.folder / path[1:]).read_bytes())
        curl("--http2-prior-knowledge", "--data-binary", f"@{sent}", "-o", kept, base + "/docs/e")
        self.assertEqual(kept.read_bytes(), sent.read_bytes())


class a_service:
    """What Google's implementation serves: each way of talking, without a schema."""

    def service(self, about):
        ways = {"/test/one": grpc.unary_unary_rpc_method_handler(self.one),
                "/test/sum": grpc.stream_unary_rpc_method_handler(self.sum),
                "/test/count": grpc.unary_stream_rpc_method_handler(self.count),
                "/test/talk": grpc.stream_stream_rpc_method_handler(self.talk),
                "/test/fail": grpc.unary_unary_rpc_method_handler(self.fail)}
        return ways.get(about.method)

    def one(self, said, about):
        about.set_trailing_metadata((("x-said", str(len(said))),))
        return said

    def sum(self, all_said, _):
        return str(sum(len(each) for each in all_said)).encode()

    def count(self, said, _):
        yield from (str(i).encode() for i in range(int(said)))

    def talk(self, all_said, _):
        for each in all_said:
            yield b"you said " + each

    def fail(self, _, about):
        about.abort(grpc.StatusCode.PERMISSION_DENIED, "not you")


class grpc_through_a_proxy(with_upstreams):
    def setUp(self):
        if grpc is None:
            cannot_run("no gRPC (python3-grpcio)")
        super().setUp()
        service = a_service()
        handlers = grpc.GenericRpcHandler
        wrapped = type("handlers", (handlers,), {"service": lambda _, about:
                                                 service.service(about)})
        server = grpc.server(futures.ThreadPoolExecutor(8), handlers=[wrapped()])
        port = server.add_insecure_port(f"{HERE}:0")
        server.start()
        self.addCleanup(server.stop, None)
        self.serving("--proxy-pass", f"/test=h2c://{HERE}:{port}")
        self.channel = self.enterContext(grpc.insecure_channel(f"{HERE}:8080"))

    def test_asks_and_is_answered(self):
        said, about = self.channel.unary_unary("/test/one").with_call(b"x" * 100_000, timeout=20)
        self.assertEqual(said, b"x" * 100_000)
        self.assertIn(("x-said", "100000"), list(about.trailing_metadata()))
        pieces = (b"y" * 1000 for _ in range(500))
        self.assertEqual(self.channel.stream_unary("/test/sum")(pieces, timeout=20), b"500000")
        came = list(self.channel.unary_stream("/test/count")(b"1000", timeout=20))
        self.assertEqual(came[-1], b"999")
        self.assertEqual(len(came), 1000)

    def test_talks_in_turns(self):
        may_go_on = threading.Semaphore(1)

        def say():
            for i in range(20):
                may_go_on.acquire()
                yield str(i).encode()

        came = []
        for each in self.channel.stream_stream("/test/talk")(say(), timeout=20):
            came.append(each)
            may_go_on.release()
        self.assertEqual(came, [b"you said %d" % i for i in range(20)])

    def test_is_told_why_not(self):
        for method, code in (("/test/fail", grpc.StatusCode.PERMISSION_DENIED),
                             ("/test/none", grpc.StatusCode.UNIMPLEMENTED)):
            with self.assertRaises(grpc.RpcError) as told:
                self.channel.unary_unary(method)(b"", timeout=20)
            self.assertEqual(told.exception.code(), code)


if __name__ == "__main__":
    main()
