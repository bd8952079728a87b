# SPDX-License-Identifier: MIT
"""`zocalo connect --proxy` through proxies that we did not write, and to servers in TLS behind."""

import json
import re
import socket
import threading

from pki import Authority
from proxies import PAGE, WithProxies, need
from running import HERE, connect, free_port, listen
from support import PATIENCE, main, run

REQUEST = b"GET / HTTP/1.0\r\n\r\n"
USAGE, CONNECT, TIMED_OUT, PEER, PERMISSION = 2, 4, 5, 6, 7


def setUpModule():
    socket.setdefaulttimeout(PATIENCE)
    need("microsocks", "tinyproxy", "ncat", "socat")


class Through(WithProxies):
    def assert_answers(self, *options, host=HERE):
        # tinyproxy and ncat drop everything when one side has said all.
        with connect("--no-shutdown", *options, host, self.port, input=REQUEST) as us:
            said, code = us.end()
        self.assertEqual(code, 0, us.says)
        self.assertTrue(said.endswith(PAGE), (said, us.says))
        return us.says

    def assert_fails(self, code, what, *options, host=HERE):
        done = run("zocalo", "connect", *options, host, self.port)
        self.assertEqual((done.returncode, done.stdout), (code, ""), done.stderr)
        self.assertRegex(done.stderr, what)

    def secret(self, text):
        file = self.folder / "user"
        file.write_text(text + "\n")
        return ("--proxy-user-file", file)

    def test_every_kind_by_address_and_by_name(self):
        socks, web = self.microsocks(), self.tinyproxy()
        for url in (f"socks5://{HERE}:{socks}", f"socks5h://{HERE}:{socks}", f"http://{HERE}:{web}",
                    f"http://localhost:{web}/", f"{HERE}:{web}"):
            for host in (HERE, "localhost"):
                with self.subTest(url, host=host):
                    self.assert_answers("-4", "--proxy", url, host=host)

    def test_ncat_as_a_proxy_and_in_its_words(self):
        self.assert_answers("--proxy", f"{HERE}:{self.ncat_proxy('http')}", "--proxy-type", "http")
        self.assert_answers("--proxy", f"{HERE}:{self.microsocks()}", "--proxy-type", "socks5")

    def test_passwords_come_from_a_file(self):
        socks = f"socks5h://{HERE}:{self.microsocks('-u', 'me', '-P', 'se:cret')}"
        web = f"http://{HERE}:{self.tinyproxy('BasicAuth me secret')}"
        self.assert_answers("--proxy", socks, *self.secret("me:se:cret"))
        self.assert_answers("--proxy", web, *self.secret("me:secret"))
        self.assert_fails(PERMISSION, "wrong user or password", "--proxy", socks,
                          *self.secret("me:other"))
        self.assert_fails(PERMISSION, "wants a user", "--proxy", socks)
        self.assert_fails(PERMISSION, "HTTP/1.[01] 407", "--proxy", web)

    def test_passwords_on_the_command_line_are_refused_and_not_repeated(self):
        done = run("zocalo", "connect", "--proxy", "http://me:hidden@127.0.0.1:1", HERE, 1)
        self.assertEqual(done.returncode, USAGE)
        self.assertIn("--proxy-user-file", done.stderr)
        self.assertNotIn("hidden", done.stderr)
        self.assert_fails(1, "no such file|No such file", "--proxy", HERE, "--proxy-user-file",
                          self.folder / "none")
        self.assert_fails(USAGE, "not USER:PASSWORD", "--proxy", HERE, *self.secret("me"))

    def test_what_cannot_be_reached(self):
        proxy = f"socks5://{HERE}:{self.microsocks()}"
        web = f"http://{HERE}:{self.tinyproxy()}"
        self.port = free_port()
        self.assert_fails(CONNECT, "through socks5://.*Connection refused", "--proxy", proxy)
        self.assert_fails(CONNECT, "HTTP/1.[01] 50", "--proxy", web)
        self.assert_fails(CONNECT, f"connect {HERE}:{self.port}: Connection refused", "--proxy",
                          f"http://{HERE}:{self.port}")
        self.assert_fails(3, "nosuch.invalid", "--proxy", "http://nosuch.invalid:1")

    def test_options_that_do_not_go_together(self):
        for wrong in (("-u",), ("-U",), ("-z",), ("--vsock",)):
            done = run("zocalo", "connect", "--proxy", HERE, *wrong, "1",
                       *(() if wrong == ("-U",) else ("1",)))
            self.assertEqual(done.returncode, USAGE, wrong)
        for wrong in ("ftp://h", "http://", "http://h:0", "socks5://[x]:1"):
            self.assertEqual(run("zocalo", "connect", "--proxy", wrong, HERE, 1).returncode, USAGE)
        self.assertEqual(run("zocalo", "connect", "--proxy-user-file", "x", HERE, 1).returncode,
                         USAGE)

    def test_a_silent_proxy_costs_no_longer_than_asked(self):
        with socket.create_server((HERE, 0)) as silent:
            proxy = f"socks5://{HERE}:{silent.getsockname()[1]}"
            for limit in ("-w", "--max-time"):
                self.assert_fails(TIMED_OUT, "through socks5://", limit, "3", "--proxy", proxy)

    def test_a_proxy_that_is_none(self):
        with listen("-k", "-c", "echo 220 hello", HERE, 0) as other:
            for scheme in ("http", "socks5", "socks4"):
                self.assert_fails(PEER, "through " + scheme, "--proxy",
                                  f"{scheme}://{HERE}:{other.port()}")

    def test_the_report_tells_of_the_tunnel(self):
        proxy = f"http://{HERE}:{self.tinyproxy()}"
        says = self.assert_answers("--connect-report", "--proxy", proxy)
        self.assertTrue(any(re.search("tunnel through http://.*: done", line) for line in says))
        says = self.assert_answers("--connect-report=json", "--proxy", proxy)
        report = json.loads("\n".join(says))
        self.assertEqual(report["target"], f"{HERE}:{self.port}")
        self.assertEqual([step["phase"] for step in report["steps"]][-2:], ["connect", "layer"])

    def test_megabytes_both_ways(self):
        data = bytes(range(256)) * 10_000
        with socket.create_server((HERE, 0)) as server:
            def reflect():
                peer, _ = server.accept()
                with peer:
                    while part := peer.recv(65536):
                        peer.sendall(part)

            threading.Thread(target=reflect, daemon=True).start()
            with connect("--proxy", f"socks5://{HERE}:{self.microsocks()}", *server.getsockname(),
                         input=None) as us:
                feeder = threading.Thread(target=us.write, args=(data,))
                feeder.start()
                self.assertTrue(us.output.read(len(data)) == data)
                feeder.join()


class Secured(WithProxies):
    def setUp(self):
        super().setUp()
        self.authority = Authority(str(self.folder))
        self.root = self.authority.certificate
        self.certificate, self.key = self.authority.for_servers()

    def https_proxy(self):
        port, behind = free_port(), self.tinyproxy()
        return self.start(port, "socat", f"OPENSSL-LISTEN:{port},bind={HERE},reuseaddr,fork,"
                          f"cert={self.certificate},key={self.key},verify=0",
                          f"TCP:{HERE}:{behind}")

    def test_a_proxy_that_speaks_tls_itself(self):
        proxy = f"https://{HERE}:{self.https_proxy()}"
        for belief in (("--proxy-cacert", self.root), ("--proxy-insecure",)):
            with connect("--no-shutdown", "--proxy", proxy, *belief, HERE, self.port,
                         input=REQUEST) as us:
                self.assertTrue(us.end()[0].endswith(PAGE), us.says)
        with connect("--proxy", proxy, HERE, self.port, input=REQUEST) as us:
            us.said("certificate verify failed")
            self.assertEqual(us.end(), (b"", PEER))

    def test_tls_with_a_server_behind_each_kind_of_proxy(self):
        proxies = (f"socks5h://{HERE}:{self.microsocks()}", f"http://{HERE}:{self.tinyproxy()}",
                   f"https://{HERE}:{self.https_proxy()}")
        for proxy in proxies:
            with self.subTest(proxy), \
                    listen("--ssl", "--ssl-cert", self.certificate, "--ssl-key", self.key,
                           "-c", "tr a-z A-Z", HERE, 0) as server, \
                    connect("--connect-report", "--proxy", proxy, "--proxy-cacert", self.root,
                            "--ssl", "--ssl-trustfile", self.root, HERE, server.port(),
                            input=b"shout") as client:
                self.assertEqual(client.end(), (b"SHOUT", 0), client.says)
                client.said(f"TLS with {HERE}: done")
                self.assertEqual(server.end(), (b"", 0), server.says)


if __name__ == "__main__":
    main()
