# SPDX-License-Identifier: MIT
"""`zocalo listen` and `zocalo connect` beside ncat, socat, netcat and telnet, in both roles."""

import hashlib
import os
import random
import shutil
import socket
import subprocess
import tempfile
import unittest

from running import HERE, connect, foreign, free_port, listen
from support import PATIENCE, cannot_run, main, program

DATA = random.Random(5).randbytes(2_000_000)


def need(name):
    if not shutil.which(name):
        cannot_run(f"no {name}")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def client(*command, input=b""):
    return subprocess.run(command, input=input, capture_output=True, timeout=PATIENCE)


class proxies(unittest.TestCase):
    """Who connects says first for whom (PROXY protocol)."""

    def say(self, port, what):
        with socket.create_connection((HERE, port), PATIENCE) as proxy:
            proxy.sendall(what)
            try:
                proxy.shutdown(socket.SHUT_WR)
                return b"".join(iter(lambda: proxy.recv(65536), b""))
            except OSError:
                return b""  # it was not even read

    def test_are_believed_where_they_are_named(self):
        header = b"PROXY TCP4 192.0.2.7 192.0.2.1 4711 80\r\n"
        with listen("-k", "-v", "--proxy-protocol", "127.0.0.0/8", "-c", "cat", HERE, 0) as us:
            port = us.port()
            self.assertEqual(self.say(port, header + b"hello"), b"hello")
            us.said(r"connection from 192\.0\.2\.7:4711")
            binary = b"\r\n\r\n\0\r\nQUIT\n" + bytes.fromhex(
                "21 11 000c c0000208 c0000201 1268 0050")
            self.assertEqual(self.say(port, binary + b"hello"), b"hello")
            us.said(r"connection from 192\.0\.2\.8:4712")
            self.assertEqual(self.say(port, b"hello, I am nobody's proxy\r\n"), b"")
            us.said(r"PROXY header")

    def test_speak_for_those_who_are_allowed_or_not(self):
        with listen("-k", "-v", "--proxy-protocol", HERE, "--deny", "192.0.2.0/24", "-c", "cat",
                    HERE, 0) as us:
            port = us.port()
            header = b"PROXY TCP4 %s 192.0.2.1 4711 80\r\n"
            self.assertEqual(self.say(port, header % b"192.0.2.7" + b"hello"), b"")
            us.said(r"turned away 192\.0\.2\.7")
            self.assertEqual(self.say(port, header % b"198.51.100.7" + b"hello"), b"hello")

    def test_are_nobody_elsewhere(self):
        header = b"PROXY TCP4 192.0.2.7 192.0.2.1 4711 80\r\n"
        with listen("-k", "--proxy-protocol", "192.0.2.0/24", "-c", "cat", HERE, 0) as us:
            self.assertEqual(self.say(us.port(), header + b"hello"), header + b"hello")
        for wrong in (("-u", HERE, 0), ("-U", "/nowhere/x")):
            with listen("--proxy-protocol", HERE, *wrong) as us:
                self.assertEqual(us.process.wait(PATIENCE), 2)


class ncat(unittest.TestCase):
    def setUp(self):
        need("ncat")

    def test_sends_megabytes_to_us(self):
        with listen("--recv-only", HERE, 0) as us:
            with foreign("ncat", "--send-only", HERE, str(us.port()), input=DATA) as peer:
                peer.result()
                self.assertEqual(sha256(us.output.read()), sha256(DATA))
                self.assertEqual(us.process.wait(PATIENCE), 0)

    def test_receives_megabytes_from_us(self):
        port = free_port()
        with foreign("ncat", "-l", "--recv-only", HERE, str(port), port=port) as peer:
            with connect(HERE, port, input=DATA) as us:
                self.assertEqual(sha256(peer.result()), sha256(DATA))
                self.assertEqual(us.end(), (b"", 0))

    def test_gets_the_answer_of_our_program(self):
        with listen("-k", "-c", "tr a-z A-Z", HERE, 0) as us:
            for _ in range(3):
                done = client("ncat", HERE, str(us.port()), input=b"shout")
                self.assertEqual(done.stdout, b"SHOUT")

    def test_answers_us_with_a_program(self):
        port = free_port()
        with foreign("ncat", "-l", "-k", "-e", "/bin/cat", HERE, str(port), port=port):
            for text in (b"one", b"two"):
                # ncat ends its program at the end of our input, before the answer: so keep it open.
                with connect("--no-shutdown", "-q", "500ms", HERE, port, input=text) as us:
                    self.assertEqual(us.end(), (text, 0))

    def test_several_udp_clients_at_once(self):
        with listen("-u", "-k", "-e", "cat", HERE, 0) as us:
            peers = [foreign("ncat", "-u", "-i", "1", HERE, str(us.port())) for _ in range(4)]
            for number, peer in enumerate(peers):
                peer.process.stdin.write(b"I am %d" % number)
                peer.process.stdin.flush()
            for number, peer in enumerate(peers):
                with peer:
                    self.assertEqual(peer.process.stdout.read(6), b"I am %d" % number)

    def test_over_a_unix_socket(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "socket")
            with listen("-v", "-U", "-e", "cat", path) as us:
                us.said("listening on")
                self.assertEqual(client("ncat", "-U", path, input=b"x").stdout, b"x")
                self.assertEqual(us.end(), (b"", 0))


class socat(unittest.TestCase):
    def setUp(self):
        need("socat")

    def test_echoes_megabytes_to_us(self):
        port = free_port()
        with foreign("socat", f"TCP-LISTEN:{port},bind={HERE},reuseaddr", "EXEC:cat", port=port):
            with connect(HERE, port, input=b"") as us:
                self.assertEqual(us.end(), (b"", 0))
        port = free_port()
        with foreign("socat", f"TCP-LISTEN:{port},bind={HERE},reuseaddr", "PIPE", port=port):
            with tempfile.TemporaryFile() as file:
                file.write(DATA)
                file.seek(0)
                done = subprocess.run([program("zocalo"), "connect", HERE, str(port)], stdin=file,
                                      capture_output=True, timeout=PATIENCE)
        self.assertEqual((sha256(done.stdout), done.returncode), (sha256(DATA), 0))

    def test_connects_to_us(self):
        with listen("-k", "-e", "cat", HERE, 0) as us:
            done = client("socat", "-t", "5", "-", f"TCP:{HERE}:{us.port()}", input=DATA)
        self.assertEqual(sha256(done.stdout), sha256(DATA))

    def test_abstract_unix_sockets(self):
        name = f"zocalo-{os.getpid()}"
        with listen("-v", "-U", "-e", "cat", "@" + name) as us:
            us.said("listening on unix:@")
            done = client("socat", "-t", "5", "-", f"ABSTRACT-CONNECT:{name}", input=b"abstract")
        self.assertEqual(done.stdout, b"abstract")

    def test_udp_in_both_roles(self):
        with listen("-u", "-k", "-e", "cat", HERE, 0) as us:
            done = client("socat", "-t", "1", "-", f"UDP:{HERE}:{us.port()}", input=b"datagram")
            self.assertEqual(done.stdout, b"datagram")
        port = free_port(socket.SOCK_DGRAM)
        with foreign("socat", f"UDP-LISTEN:{port},bind={HERE}", "EXEC:cat", port=port):
            with connect("-u", "-q", "0.5", HERE, port, input=b"datagram") as us:
                self.assertEqual(us.end(), (b"datagram", 0))


class openbsd_netcat(unittest.TestCase):
    def setUp(self):
        need("nc.openbsd")

    def test_megabytes_in_both_directions(self):
        with listen("--recv-only", HERE, 0) as us, tempfile.TemporaryFile() as file:
            file.write(DATA)
            file.seek(0)
            # It waits for our end, which waits for whoever reads our output.
            with subprocess.Popen(["nc.openbsd", "-N", HERE, str(us.port())], stdin=file) as peer:
                self.assertEqual(sha256(us.output.read()), sha256(DATA))
                self.assertEqual(peer.wait(PATIENCE), 0)
        port = free_port()
        with foreign("nc.openbsd", "-l", HERE, str(port), port=port) as peer:
            with connect(HERE, port, input=DATA) as us:
                self.assertEqual(sha256(peer.result()), sha256(DATA))
                self.assertEqual(us.end(), (b"", 0))

    def test_a_probe_is_a_client_like_any_other(self):
        with listen("-k", "-v", HERE, 0) as us:
            for times in (1, 2):
                done = client("nc.openbsd", "-zv", HERE, str(us.port()))
                self.assertEqual(done.returncode, 0, done.stderr)
                us.said("ended after .* 0 bytes received, 0 bytes sent$", times)

    def test_over_a_unix_socket_and_udp(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "socket")
            with listen("-v", "-U", path, input=b"server") as us:
                us.said("listening on")
                done = client("nc.openbsd", "-N", "-U", path, input=b"client")
                self.assertEqual((done.stdout, us.end()), (b"server", (b"client", 0)))
            self.assertFalse(os.path.exists(path))
        with listen("-u", "-k", "-e", "cat", HERE, 0) as us:
            done = client("nc.openbsd", "-u", "-w", "1", HERE, str(us.port()), input=b"datagram")
            self.assertEqual(done.stdout, b"datagram")


class telnet(unittest.TestCase):
    def test_talks_to_us_and_hears_our_end(self):
        need("telnet")
        with listen("-v", HERE, 0) as us:
            with foreign("telnet", HERE, str(us.port())) as peer:
                us.said("connection from")
                peer.process.stdin.write(b"hello from telnet\n")
                peer.process.stdin.flush()
                self.assertEqual(us.output.readline().strip(), b"hello from telnet")
                us.write(b"hello from zocalo\n")
                us.end_input()
                self.assertIn(b"hello from zocalo", peer.process.stdout.read())
                self.assertEqual(us.end(), (b"", 0))


if __name__ == "__main__":
    main()
