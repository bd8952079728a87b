# SPDX-License-Identifier: MIT
"""What `zocalo serve` keeps to itself, and from whom."""

import contextlib
import socket
import ssl
import unittest
import urllib.request

from pki import Authority
from served_folder import HTTP, with_folder
from support import PATIENCE, Program, enter_own_network, main, run


def setUpModule():
    enter_own_network()
    socket.setdefaulttimeout(PATIENCE)


class the_status(with_folder):
    def test_is_for_no_other_sites_pages(self):
        for origins in ("*", "https://partner.example"):
            served = self.serving("--allow-origin", origins, "--metrics")
            asks = {"Host": "localhost:8080", "Origin": "https://partner.example"}
            self.assertIn("Access-Control-Allow-Origin", self.get("/readme.txt", asks)[1])
            for path in ("", "status.json", "metrics", "status.js"):
                status, fields, _ = self.get("/.zocalo/" + path, asks)
                self.assertEqual(status, 200)
                self.assertNotIn("Access-Control-Allow-Origin", fields)
            question = asks | {"Access-Control-Request-Method": "GET"}
            fields = self.get("/.zocalo/events", question, method="OPTIONS")[1]
            self.assertNotIn("Access-Control-Allow-Origin", fields)
            served.interrupt()


class tls(with_folder):
    def test_is_what_a_certificate_is_for(self):
        certificate, key = Authority(self.elsewhere).for_servers()
        served = Program("zocalo", "serve", "--cert", certificate, "--key", key, "--gopher", "no",
                         self.folder)
        self.enterContext(served)
        served.wait_for(r"open https://127\.0\.0\.1:8080/ in a browser; .*")
        anybody = ssl.create_default_context()
        anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
        with urllib.request.urlopen("https://127.0.0.1:8080/readme.txt",
                                    context=anybody) as response:
            self.assertEqual(response.read(), b"Hello\n")

    def test_has_no_key_without_a_certificate(self):
        for more in ((), ("--tls",)):
            done = run("zocalo", "serve", "--key", "k.pem", *more, self.folder, show_errors=False)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn("--cert is missing", done.stderr)


class options(with_folder):
    def test_that_need_others_say_so(self):
        done = run("zocalo", "serve", "--overwrite", self.folder, show_errors=False)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("--upload is missing", done.stderr)


class a_full_house(with_folder):
    def test_has_room_for_the_next_one_when_others_rest(self):
        self.serving("-m", "20", "--threads", "1")
        ask = b"GET /readme.txt HTTP/1.1\r\nHost: localhost\r\n\r\n"
        with contextlib.ExitStack() as all_of_them:
            for _ in range(60):
                client = socket.create_connection(("127.0.0.1", 8080))
                all_of_them.enter_context(client)
                client.sendall(ask)
                answer = all_of_them.enter_context(client.makefile("rb"))
                self.assertEqual(answer.readline(), b"HTTP/1.1 200 OK\r\n")
                while answer.readline() != b"\r\n":
                    pass
                self.assertEqual(answer.readline(), b"Hello\n")


if __name__ == "__main__":
    main()
