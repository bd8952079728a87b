# SPDX-License-Identifier: MIT
"""Tunnels through proxies that we did not write: microsocks (SOCKS 5) and tinyproxy (CONNECT)."""

import subprocess

from proxies import PAGE, WithProxies, need
from running import HERE, free_port
from support import PATIENCE, main, program


def setUpModule():
    need("microsocks", "tinyproxy")


class tunnels(WithProxies):
    def ask(self, *proxies, host=HERE):
        return subprocess.run([program("tests/tunnel_probe"), *proxies, host, str(self.port)],
                              input=b"GET / HTTP/1.0\r\n\r\n", capture_output=True,
                              timeout=PATIENCE)

    def assert_answers(self, *proxies, host=HERE):
        done = self.ask(*proxies, host=host)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertTrue(done.stdout.endswith(PAGE), done.stdout)

    def assert_complains(self, what, *proxies):
        done = self.ask(*proxies)
        self.assertEqual((done.returncode, done.stdout), (1, b""))
        self.assertRegex(done.stderr.decode(), what)

    def test_socks(self):
        port = self.microsocks()
        self.assert_answers(f"socks5://{HERE}:{port}")
        self.assert_answers(f"socks5h://{HERE}:{port}", host="localhost")

    def test_socks_with_a_password(self):
        port = self.microsocks("-u", "me", "-P", "secret")
        self.assert_answers(f"socks5h://me:secret@{HERE}:{port}")
        self.assert_complains("wrong user or password", f"socks5h://me:other@{HERE}:{port}")
        self.assert_complains("wants a user and a password", f"socks5h://{HERE}:{port}")

    def test_http(self):
        port = self.tinyproxy()
        self.assert_answers(f"http://{HERE}:{port}")
        self.assert_answers(f"http://{HERE}:{port}", host="localhost")

    def test_http_with_a_password(self):
        port = self.tinyproxy("BasicAuth me secret")
        self.assert_answers(f"http://me:secret@{HERE}:{port}")
        self.assert_complains("HTTP/1.[01] 40[17] .*Permission denied|Connection refused",
                              f"http://me:other@{HERE}:{port}")

    def test_what_cannot_be_reached(self):
        self.port = free_port()
        self.assert_complains("Connection refused", f"socks5://{HERE}:{self.microsocks()}")
        self.assert_complains("HTTP/1.[01] 50", f"http://{HERE}:{self.tinyproxy()}")

    def test_one_through_the_other(self):
        socks, web = self.microsocks(), self.tinyproxy()
        self.assert_answers(f"http://{HERE}:{web}", f"socks5://{HERE}:{socks}")
        self.assert_answers(f"socks5h://{HERE}:{socks}", f"http://{HERE}:{web}")


if __name__ == "__main__":
    main()
