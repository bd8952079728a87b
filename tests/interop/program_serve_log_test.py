# SPDX-License-Identifier: MIT
"""What `zocalo serve` writes down of its visitors, whatever they speak, understood or not."""

import re
import socket
import time

from served_folder import with_folder
from support import PATIENCE, enter_own_network, main, receive_all


def setUpModule():
    enter_own_network()
    socket.setdefaulttimeout(PATIENCE)


def say(port, text):
    with socket.create_connection(("127.0.0.1", port)) as peer:
        peer.sendall(text)
        return receive_all(peer)


class the_log(with_folder):
    def setUp(self):
        super().setUp()
        self.log = self.elsewhere / "log"

    def line(self, number):
        for _ in range(100):
            lines = self.log.read_text().splitlines()
            if len(lines) >= number:
                return lines[number - 1]
            time.sleep(0.05)
        self.fail(f"no line {number} in {lines}")

    def metric(self, name):
        text = self.get("/.zocalo/metrics")[2].decode()
        return int(re.search(re.escape(name) + r" (\d+)", text)[1])

    def test_tells_of_requests_that_are_refused(self):
        served = self.serving("--log", self.log, "-v", "--metrics")
        self.assertIn(b" 400 ", say(8080, b"GET /x HTTP/1.1\r\nHost : a\r\n\r\n"))
        self.assertRegex(self.line(1), r"peer=127\.0\.0\.1:\d+ method=GET target=/x status=400 ")
        self.assertIn(b" 400 ", say(8080, b"\x01\x02\r\n\r\n"))
        self.assertRegex(self.line(2), r"method=- target=- status=400 size=\d+ version=-$")
        self.assertIn(b" 414 ", say(8080, b"GET /" + b"x" * 100_000))
        self.assertRegex(self.line(3), r"method=- target=- status=414 ")
        self.assertEqual(self.metric('zocalo_http_requests_total{server="zocalo",status="4xx"}'), 3)
        served.complaint(r"zocalo: loops on .*")
        served.complaint(r"zocalo: 127\.0\.0\.1:\d+: no request: 400 Bad Request")
        served.complaint(r"zocalo: 127\.0\.0\.1:\d+: no request: 414 URI Too Long")

    def test_tells_of_gopher(self):
        self.serving("--log", self.log, "--metrics")
        say(7070, b"/readme.txt\r\n")
        self.assertRegex(self.line(1), r"^time=\S+ connection=\d+ peer=127\.0\.0\.1:\d+ "
                                       r"selector=/readme.txt answer=ok size=10$")
        say(7070, b"/no\x1b[31m\r\n")
        self.assertIn(r'selector="/no\x1b[31m" answer=error', self.line(2))
        for answer in ("ok", "error"):
            name = f'zocalo_gopher_requests_total{{server="zocalo",answer="{answer}"}}'
            self.assertEqual(self.metric(name), 1)

    def test_tells_who_was_turned_away(self):
        self.serving("--log", self.log, "--per-address", "1")
        with socket.create_connection(("127.0.0.1", 8080)) as first:
            first.sendall(b"GET /readme.txt HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertIn(b" 200 ", first.recv(1000))
            self.assertIn(b" 429 ", say(8080, b""))
            self.assertRegex(self.line(2),
                             r"^time=\S+ peer=127\.0\.0\.1:\d+ method=- target=- status=429$")
            self.assertIn(b"too many", say(7070, b""))
            self.assertRegex(self.line(3), r"peer=127\.0\.0\.1:\d+ selector=- answer=error$")

    def test_has_the_formats_of_web_servers(self):
        entry = (r'127\.0\.0\.1 - - \[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d \+0000\] "(%s)" 200 %d')
        for name, rest in (("common", ""), ("combined", r' "http://a/" "my\"agent"')):
            self.log.write_text("")
            served = self.serving("--log", self.log, "--log-format", name)
            self.get("/readme.txt", {"Referer": "http://a/", "User-Agent": 'my"agent'})
            self.assertRegex(self.line(1), "^" + entry % ("GET /readme.txt HTTP/1.1", 6) +
                             re.escape(rest) + "$")
            say(7070, b"/readme.txt\r\n")
            self.assertRegex(self.line(2), "^" + entry % ("/readme.txt", 10))
            served.interrupt()


if __name__ == "__main__":
    main()
