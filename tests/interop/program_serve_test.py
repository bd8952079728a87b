# SPDX-License-Identifier: MIT
"""`zocalo serve` with clients that we did not write: curl, Python's urllib and sockets."""

import contextlib
import json
import os
import shutil
import socket
import ssl
import unittest
import urllib.request
from pathlib import Path

from served_folder import HTTP, with_folder
from support import PATIENCE, Program, cannot_run, enter_own_network, main, receive_all, run

CURL = shutil.which("curl")
SAMPLE = Path(__file__).resolve().parents[2] / "share" / "folder"


def setUpModule():
    enter_own_network()
    socket.setdefaulttimeout(PATIENCE)


class a_folder(with_folder):
    def test_is_there_for_urllib(self):
        self.serving()
        status, fields, content = self.get("/readme.txt")
        self.assertEqual((status, content), (200, b"Hello\n"))
        self.assertEqual(fields["Content-Type"], "text/plain; charset=utf-8")
        again, _, nothing = self.get("/readme.txt", {"If-None-Match": fields["ETag"]})
        self.assertEqual((again, nothing), (304, b""))
        entries = json.loads(self.get("/", {"Accept": "application/json"})[2])["entries"]
        self.assertEqual([(each["name"], each["type"]) for each in entries],
                         [("docs", "folder"), ("readme.txt", "file")])
        self.assertIn(b"<caption>1 folder and 1 file", self.get("/")[2])

    def test_is_given_as_python_has_it(self):
        served = self.serving("--bind", "127.0.0.1", "--directory", self.folder, folder=())
        self.assertEqual(self.get("/readme.txt")[0], 200)
        served.interrupt()
        both = run("zocalo", "serve", "-d", self.folder, self.folder)
        self.assertEqual(both.returncode, 2)
        self.assertIn("dir excludes --directory", both.stderr)
        port = run("zocalo", "serve", "8000", cwd=self.elsewhere)
        self.assertEqual(port.returncode, 2)
        self.assertIn('there is no folder "8000"; a port is given with -p: serve -p 8000',
                      port.stderr)

    def test_is_kept_as_long_as_it_may(self):
        (self.folder / "docs" / "index.html").write_text("<p>Docs\n")
        self.serving("--max-age", "2m")
        for path in ("/readme.txt", "/docs/"):
            self.assertEqual(self.get(path)[1]["Cache-Control"], "max-age=120")
        self.assertEqual(self.get("/")[1]["Cache-Control"], "no-store")
        self.assertNotIn("Cache-Control", self.get("/none")[1])
        refused = self.get("/readme.txt", {"If-Match": '"x"'})
        self.assertEqual((refused[0], refused[1]["Cache-Control"]), (412, None))

    def test_is_searched_over_gopher(self):
        for option, answer in ((["--gopher-search"], b"0readme.txt\t/readme.txt\t127.0.0.1\t7070"),
                               ([], b"3there is no /find\t")):
            served = self.serving(*option)
            with socket.create_connection(("127.0.0.1", 7070)) as peer:
                peer.sendall(b"/find\treadme\r\n")
                self.assertTrue(receive_all(peer).startswith(answer))
            served.interrupt()

    def test_is_there_for_curl(self):
        if CURL is None:
            cannot_run("there is no curl")
        self.serving()
        whole = self.folder / "docs" / "large.bin"
        got = self.elsewhere / "got"
        got.write_bytes(whole.read_bytes()[:1_000_000])
        done = run(CURL, "-sS", "-C", "-", "-o", got, f"{HTTP}/docs/large.bin")
        self.assertEqual((done.returncode, got.read_bytes() == whole.read_bytes()), (0, True))
        self.assertEqual(run(CURL, "-sS", "gopher://127.0.0.1:7070/0/readme.txt").stdout.strip(),
                         "Hello\n.")
        for path in ("/../secret.txt", "/docs/../../secret.txt", "/..%2fsecret.txt"):
            self.assertNotIn("secret\n", run(CURL, "-sS", "--path-as-is", HTTP + path).stdout)

    def test_is_compressed_for_curl(self):
        if CURL is None:
            cannot_run("there is no curl")
        self.serving("--compress")
        text = "again and again\n" * 1000
        (self.folder / "long.txt").write_text(text)
        done = run(CURL, "-sS", "--compressed", "-w", "%{stderr}%{size_download}",
                   f"{HTTP}/long.txt")
        self.assertEqual(done.stdout, text)
        self.assertLess(int(done.stderr), 1000)

    def test_is_mirrored_by_wget(self):
        wget = shutil.which("wget") or cannot_run("there is no wget")
        self.serving()
        copy = self.elsewhere / "copy"
        done = run(wget, "-q", "-r", "-np", "-nH", "-R", "index.html*", "-P", copy, f"{HTTP}/",
                   show_errors=False)
        self.assertEqual(done.returncode, 0)
        files = {each.relative_to(copy) for each in copy.rglob("*") if each.is_file()}
        self.assertEqual(files, {Path("readme.txt"), Path("docs/large.bin")})

    def test_takes_what_curl_sends(self):
        if CURL is None:
            cannot_run("there is no curl")
        self.serving("--upload")
        send = self.elsewhere / "secret.txt"
        def code(*arguments):
            return run(CURL, "-sS", "-o", "/dev/null", "-w", "%{http_code}", *arguments).stdout
        self.assertEqual(code("-T", send, f"{HTTP}/docs/"), "201")
        self.assertEqual((self.folder / "docs" / "secret.txt").read_text(), "the secret\n")
        self.assertEqual(code("-T", send, f"{HTTP}/readme.txt"), "409")
        self.assertEqual(code("-F", f"file=@{send};filename=form.txt", f"{HTTP}/docs/"), "201")
        self.assertEqual((self.folder / "docs" / "form.txt").read_text(), "the secret\n")
        self.assertEqual(code("-T", send, "-H", "Origin: http://evil.example",
                              f"{HTTP}/evil.txt"), "403")
        self.assertEqual(sorted(each.name for each in self.folder.iterdir()),
                         ["docs", "readme.txt"])

    def test_is_closed_without_a_password(self):
        names = self.elsewhere / "names.txt"
        names.write_text("# who may see it\nana:open:sesame\n")
        served = self.serving("--passwords", names)
        self.assertFalse([line for line in served.lines if line.startswith("Gopher")])
        status, fields, _ = self.get("/readme.txt")
        self.assertEqual((status, fields["WWW-Authenticate"][:5]), (401, "Basic"))
        manager = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        manager.add_password(None, HTTP, "ana", "open:sesame")
        opener = urllib.request.build_opener(urllib.request.HTTPBasicAuthHandler(manager))
        with opener.open(HTTP + "/readme.txt") as response:
            self.assertEqual(response.read(), b"Hello\n")

    def test_is_there_over_tls(self):
        served = Program("zocalo", "serve", "--tls", "--gopher", "no", self.folder)
        self.enterContext(served)
        served.complaint(r"zocalo: a certificate for this run, SHA-256 [0-9a-f]{64}")
        served.wait_for(r"open https://127\.0\.0\.1:8080/ in a browser; .*")
        anybody = ssl.create_default_context()
        anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
        with urllib.request.urlopen("https://127.0.0.1:8080/readme.txt",
                                    context=anybody) as response:
            self.assertEqual(response.read(), b"Hello\n")

    def test_keeps_the_list_of_clients(self):
        self.serving()
        self.assertEqual(run("zocalo", "clients", "list", "-n", "Ana").stdout, "Ana\n")
        self.assertEqual(run("zocalo", "clients", "list", "-n", "Ben").stdout, "Ana\nBen\n")

    def test_gives_up_the_rights_of_root(self):
        if os.geteuid() != 0:
            cannot_run("not root")
        served = self.serving("--user", "nobody")
        self.assertEqual(self.get("/readme.txt")[0], 200)
        status = Path(f"/proc/{served.process.pid}/status").read_text()
        self.assertRegex(status, r"\nUid:\t65534\t65534\t65534\t65534\n")

    def test_logs_each_request(self):
        served = self.serving("--log", "-")
        self.get("/readme.txt?a=b%0ac")
        served.wait_for(r"time=\S+ connection=\d+ peer=127\.0\.0\.1:\d+ method=GET "
                        r'target="?/readme.txt\?a=b%0ac"? status=200 size=6 version=HTTP/1.1')


class the_status(with_folder):
    def test_shows_what_happens(self):
        self.serving("--metrics")
        for _ in range(3):
            self.get("/readme.txt")
        state = json.loads(self.get("/.zocalo/status.json")[2])
        self.assertEqual([each["protocol"] for each in state["listeners"]],
                         ["HTTP", "Gopher", "list of clients"])
        self.assertGreaterEqual(state["requests"], 3)
        self.assertIn(b"Latest errors", self.get("/.zocalo/")[2])
        self.assertIn(b'zocalo_connections_accepted_total{server="zocalo"}',
                      self.get("/.zocalo/metrics")[2])
        with urllib.request.urlopen(HTTP + "/.zocalo/events") as events:
            self.assertEqual(events.headers["Content-Type"], "text/event-stream")
            first, _, second = (events.readline() for _ in range(3))
            for line in (first, second):
                self.assertGreaterEqual(json.loads(line.removeprefix(b"data: "))["open"], 1)

    def test_goes_to_hundreds_without_a_thread_each(self):
        served = self.serving()
        ask = b"GET /.zocalo/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
        with contextlib.ExitStack() as all_of_them:
            watching = []
            for _ in range(400):
                client = socket.create_connection(("127.0.0.1", 8080))
                watching.append(all_of_them.enter_context(client))
                client.sendall(ask)
            for client in watching:
                with client.makefile("rb") as answer:
                    self.assertEqual(answer.readline(), b"HTTP/1.1 200 OK\r\n")
            threads = len(os.listdir(f"/proc/{served.process.pid}/task"))
            self.assertLess(threads, 100)
            state = json.loads(self.get("/.zocalo/status.json")[2])
            self.assertGreaterEqual(state["open"], 400)

    def test_is_closed_to_others(self):
        self.serving("--listen", "0.0.0.0")
        self.assertEqual(self.get("/.zocalo/", {"Host": "evil.example"})[0], 403)
        self.assertEqual(self.get("/.zocalo/", {"Host": "localhost:8080"})[0], 200)


class the_config(with_folder):
    def refused(self, text):
        path = self.elsewhere / "site.toml"
        path.write_text(text)
        done = run("zocalo", "serve", "--config", path, self.folder)
        self.assertEqual((done.returncode != 0, done.stdout), (True, ""))
        return done.stderr.strip().removeprefix(f"zocalo: {path}")

    def test_sets_options(self):
        config = self.elsewhere / "site.toml"
        config.write_text('upload = true\nhttp = 8088\ngopher = "no"\nlisten = ["127.0.0.1"]\n')
        served = Program("zocalo", "serve", "-c", config, "--http", "8080", self.folder)
        self.enterContext(served)
        served.wait_for(r"open http://127\.0\.0\.1:8080/ in a browser; .*")
        self.assertFalse([line for line in served.lines if line.startswith("Gopher")])
        self.assertEqual(self.get("/new.txt", method="PUT", data=b"x")[0], 201)

    def test_says_where_it_is_wrong(self):
        self.assertEqual(self.refused("\nuplod = true\n"),
                         ':2: no option "uplod"; did you mean upload?')
        self.assertEqual(self.refused("upload = 3\n"), ":1: upload is true or false")
        self.assertEqual(self.refused("log = true\n"), ":1: log is no flag")
        self.assertTrue(self.refused("\n\nthreads = 'many'\n").startswith(":3: "))
        self.assertTrue(self.refused("http = \n").startswith(":1: "))


class the_ports(with_folder):
    def test_that_are_usual_may_be_taken(self):
        with socket.create_server(("127.0.0.1", 7070)):
            served = Program("zocalo", "serve", "--http", "0", self.folder)
            self.enterContext(served)
            served.complaint("zocalo: no Gopher: somebody else has port 7070")
            served.wait_for(r"open http://127\.0\.0\.1:\d+/ in a browser; .*")

    def test_that_are_asked_for_may_not(self):
        with socket.create_server(("127.0.0.1", 8080)):
            done = run("zocalo", "serve", self.folder)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("127.0.0.1:8080", done.stderr)


class the_sample(with_folder):
    def test_can_be_read_both_ways(self):
        self.serving(folder=SAMPLE)
        self.assertIn(b"<h1>zocalo</h1>", self.get("/")[2])
        for path in ("/style.css", "/files/pictures/square.svg", "/readme.txt", "/files/"):
            self.assertEqual(self.get(path)[0], 200, path)
        with socket.create_connection(("127.0.0.1", 7070)) as gopher:
            gopher.sendall(b"\r\n")
            menu = receive_all(gopher).decode()
        self.assertIn("0What runs here\t/readme.txt\t127.0.0.1\t7070", menu)


if __name__ == "__main__":
    main()
