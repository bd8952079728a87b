# SPDX-License-Identifier: MIT
"""What Python and curl make of responses that break off on their way through our proxy, and of
fields that go on in the next line."""

import http.client
import shutil
import socket
import subprocess

from served_folder import with_folder
from sites import scripted
from support import PATIENCE, cannot_run, enter_own_network, main

WHOLE = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\na part\r\n0\r\n\r\n"
PART = WHOLE.removesuffix(b"0\r\n\r\n")


def setUpModule():
    enter_own_network()
    socket.setdefaulttimeout(PATIENCE)


class old_client(http.client.HTTPConnection):
    """It speaks HTTP/1.0: content without a length ends with the connection."""

    _http_vsn, _http_vsn_str = 10, "HTTP/1.0"


class a_proxy(with_folder):
    def before(self, says):
        upstream = self.enterContext(scripted(says))
        self.serving("--proxy-pass", f"/=http://127.0.0.1:{upstream.port}")

    def ask(self, kind):
        asks = kind("127.0.0.1", 8080)
        self.addCleanup(asks.close)
        asks.request("GET", "/")
        return asks.getresponse()

    def curl(self, *options):
        tool = shutil.which("curl") or cannot_run("there is no curl")
        return subprocess.run([tool, "-sS", *options, "http://127.0.0.1:8080/"],
                              capture_output=True)

    def test_what_is_whole_looks_whole(self):
        self.before(WHOLE)
        self.assertEqual(self.ask(old_client).read(), b"a part")
        done = self.curl("--http1.0")
        self.assertEqual((done.returncode, done.stdout), (0, b"a part"))

    def test_a_part_never_does(self):
        self.before(PART)
        with self.assertRaises(ConnectionResetError):
            self.ask(old_client).read()
        with self.assertRaises(http.client.IncompleteRead):
            self.ask(http.client.HTTPConnection).read()
        for option in "--http1.0", "--http1.1":
            self.assertNotEqual(self.curl(option).returncode, 0, option)

    def test_fields_are_joined(self):
        self.before(b"HTTP/1.1 200 OK\r\nX-Long: one\r\n\t two\r\nContent-Length:\r\n 2\r\n\r\nhi")
        answer = self.ask(http.client.HTTPConnection)
        self.assertEqual((answer.getheader("X-Long"), answer.read()), ("one two", b"hi"))


if __name__ == "__main__":
    main()
