# SPDX-License-Identifier: MIT
"""What `zocalo serve` keeps to itself, and from whom."""

import base64
import contextlib
import http.client
import signal
import socket
import ssl
import subprocess
import time
import urllib.request

from pki import Authority
from served_folder import with_folder
from support import PATIENCE, Program, enter_own_network, main, receive_all, run


def setUpModule():
    enter_own_network()
    socket.setdefaulttimeout(PATIENCE)


def add_addresses(*addresses):
    for each in addresses:
        subprocess.run(["ip", "address", "replace", each + "/32", "dev", "lo"], check=True)


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


    def test_is_not_for_whom_a_proxy_asks_for(self):
        self.serving("--metrics")
        for name in ("X-Forwarded-For", "x-forwarded-host", "X-Forwarded-Proto", "X-Real-IP",
                     "Forwarded", "Via"):
            for path in ("", "status.json", "metrics", "events"):
                self.assertEqual(self.get("/.zocalo/" + path, {name: "192.0.2.1"})[0], 403)
            self.assertEqual(self.get("/readme.txt", {name: "192.0.2.1"})[0], 200)

    def test_knows_this_host_by_its_names(self):
        self.serving("--listen", "0.0.0.0", "--server-name", "www.example.org")
        for host in ("LOCALHOST", "localhost.:8080", "[::1]", "www.example.org"):
            self.assertEqual(self.get("/.zocalo/", {"Host": host})[0], 200, host)

    def test_knows_this_host_by_its_addresses(self):
        add_addresses("192.0.2.9", "192.0.2.10")
        self.serving("--listen", "0.0.0.0", "--status-for", "192.0.2.8/29")
        self.assertEqual(self.status_from("192.0.2.9", "192.0.2.9", "192.0.2.9"), 200)
        self.assertEqual(self.status_from("192.0.2.9", "192.0.2.10", "192.0.2.10"), 200)
        self.assertEqual(self.status_from("192.0.2.9", "192.0.2.10", "evil.example"), 403)

    def test_is_closed_to_other_addresses(self):
        add_addresses("192.0.2.9", "192.0.2.10")
        self.serving("--listen", "0.0.0.0")
        self.assertEqual(self.status_from("192.0.2.9", "192.0.2.10", "192.0.2.10"), 403)

    def status_from(self, source, target, host):
        asked = http.client.HTTPConnection(target, 8080, source_address=(source, 0))
        with contextlib.closing(asked):
            asked.request("GET", "/.zocalo/", headers={"Host": host})
            return asked.getresponse().status

    def test_counts_answers_by_their_class(self):
        self.serving("--metrics")
        for path in ("/readme.txt", "/readme.txt", "/none"):
            self.get(path)
        metrics = self.get("/.zocalo/metrics")[2].decode()
        count = 'zocalo_http_requests_total{server="zocalo",status="%s"} %d\n'
        for kind, number in ("2xx", 2), ("4xx", 1), ("5xx", 0):
            self.assertIn(count % (kind, number), metrics)


class other_names(with_folder):
    """A page whose owner has made its name an address of this machine: DNS rebinding."""

    EVIL = {"Host": "evil.example:8080", "Origin": "http://evil.example:8080",
            "Sec-Fetch-Site": "same-origin"}

    def test_read_and_write_nothing_here(self):
        self.serving("--upload")
        self.assertEqual(self.get("/readme.txt", self.EVIL)[0], 421)
        self.assertEqual(self.get("/new", self.EVIL, method="PUT", data=b"x")[0], 421)
        self.assertFalse((self.folder / "new").exists())
        for host in ("localhost:8080", "127.0.0.1", "[::1]:8080"):
            self.assertEqual(self.get("/readme.txt", {"Host": host})[0], 200)

    def test_may_be_ours(self):
        self.serving("--server-name", "www.example.org,example.org")
        for host, status in ("www.example.org", 200), ("EXAMPLE.org:8080", 200), ("a.org", 421):
            self.assertEqual(self.get("/readme.txt", {"Host": host})[0], status)

    def test_are_nobodys_business_where_others_connect(self):
        self.serving("--listen", "0.0.0.0")
        self.assertEqual(self.get("/readme.txt", {"Host": "any.example"})[0], 200)


class a_hang_up(with_folder):
    def until(self, holds):
        end = time.monotonic() + PATIENCE
        while not holds():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.01)

    def test_opens_the_log_anew(self):
        log = self.elsewhere / "log"
        served = self.serving("--log", log)
        self.get("/readme.txt")
        self.until(lambda: "readme.txt" in log.read_text())
        before = log.rename(self.elsewhere / "log.1").read_text()
        served.process.send_signal(signal.SIGHUP)
        self.until(log.exists)
        self.get("/docs/")
        self.until(lambda: "target=/docs/" in log.read_text())
        self.assertEqual((self.elsewhere / "log.1").read_text(), before)

    def test_reads_the_passwords_again(self):
        names = self.elsewhere / "names"
        names.write_text("ana:old\n")
        served = self.serving("--passwords", names)
        as_ana = {"Authorization": "Basic " + base64.b64encode(b"ana:new").decode()}
        self.assertEqual(self.get("/readme.txt", as_ana)[0], 401)
        names.write_text("ana:new\n")
        served.process.send_signal(signal.SIGHUP)
        self.until(lambda: self.get("/readme.txt", as_ana)[0] == 200)
        names.write_text("nonsense\n")
        served.process.send_signal(signal.SIGHUP)
        served.complaint("zocalo: SIGHUP: .*")
        self.assertEqual(self.get("/readme.txt", as_ana)[0], 200)


class tls(with_folder):
    def test_is_missed_by_who_speaks_without(self):
        served = Program("zocalo", "serve", "--tls", "--gopher", "no", self.folder)
        self.enterContext(served)
        served.complaint(r"zocalo: a certificate for this run, .*")
        served.wait_for("open https.*")
        with socket.create_connection(("127.0.0.1", 8080)) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            answer = receive_all(client).decode()
        self.assertTrue(answer.startswith("HTTP/1.1 400 Bad Request\r\n"), answer)
        self.assertTrue(answer.endswith("TLS is spoken here: https://\n"), answer)

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


    def test_are_looked_at_before_anything_is_served(self):
        for arguments in (("--allow-origin", "nonsense"), ("--allow-origin", "https://a.org/"),
                          ("--longest-upload", "-1"), ("--longest-upload", "9" * 20),
                          ("--status-for", "300.0.0.0/8")):
            done = run("zocalo", "serve", *arguments, self.folder, show_errors=False)
            self.assertEqual((done.returncode != 0, done.stdout), (True, ""), arguments)
            self.assertIn(arguments[0], done.stderr)
        self.serving("--allow-origin", "https://a.org,http://localhost:3000", "--upload",
                     "--longest-upload", "2MB")

    def test_are_told_with_their_line(self):
        config = self.elsewhere / "site.toml"
        for option, value in (("status-for", '"300.0.0.0/8"'), ("passwords", '"/none/names"'),
                              ("log", '"/none/log"'), ("listen", '"300.1.2.3"'),
                              ("longest-upload", "-1"), ("threads", "1.5"),
                              ("allow-origin", '"nonsense"')):
            config.write_text(f"# a comment\n{option} = {value}\n")
            done = run("zocalo", "serve", "-c", config, "-p", "0", self.folder, show_errors=False)
            self.assertEqual((done.returncode != 0, done.stdout), (True, ""), option)
            self.assertTrue(done.stderr.startswith(f"zocalo: {config}:2: "), done.stderr)


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
