# SPDX-License-Identifier: MIT
"""The servers of net::server beside Python's clients and ncat: datagrams, and the client list."""

import json
import shutil
import socket
import subprocess
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor

from support import (PATIENCE, Program, cannot_run, enter_own_network, main, receive_all, reset,
                     run)

HERE = "127.0.0.1"


def setUpModule():
    enter_own_network()
    socket.setdefaulttimeout(PATIENCE)


def ncat():
    path = shutil.which("ncat")
    if path is None:
        cannot_run("ncat is not installed")
    return path


class udp_handler_server(unittest.TestCase):
    def serving(self):
        server = Program("examples/udp_handler_server")
        server.wait_for("waiting for datagrams on 127.0.0.1:6667")
        return server

    def test_answers_python(self):
        with self.serving() as server, \
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.sendto(b"Hello", (HERE, 6667))
            self.assertEqual(client.recvfrom(1024), (b"Got your message!", (HERE, 6667)))
            server.wait_for(f'127.0.0.1:{client.getsockname()[1]} wrote: "Hello"')

    def test_answers_what_is_empty_long_or_not_text(self):
        with self.serving() as server, \
                socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            for packet in (b"", b"x" * 65507, b"\x1b[2J\xff\n"):
                client.sendto(packet, (HERE, 6667))
                self.assertEqual(client.recv(1024), b"Got your message!")
            server.wait_for(r'127\.0\.0\.1:\d+ wrote: ""')
            server.wait_for(r'127\.0\.0\.1:\d+ wrote: "x+\.\.\."?')
            server.wait_for(r'127\.0\.0\.1:\d+ wrote: "\\x1b\[2J\\xff\\n"')

    def test_answers_ncat(self):
        with self.serving():
            # Its input stays open: at the end of that, ncat would not wait for the answer.
            with subprocess.Popen([ncat(), "-u", HERE, "6667"], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE) as client:
                client.stdin.write(b"Hello\n")
                client.stdin.flush()
                self.assertEqual(client.stdout.read(17), b"Got your message!")
                client.kill()

    def test_says_that_its_port_is_taken(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
            taken.bind((HERE, 6667))
            done = run("examples/udp_handler_server", show_errors=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("127.0.0.1:6667", done.stderr)


class client_list_tests:
    """What holds for the example and for `zocalo clients`."""

    def exchange(self, send, end):
        with socket.create_connection((HERE, 5000)) as client:
            client.sendall(send)
            end(client)
            return json.loads(receive_all(client))

    def with_line_feed(self, name):
        return self.exchange(name + b"\n", lambda client: None)

    def with_half_close(self, name):
        return self.exchange(name, lambda client: client.shutdown(socket.SHUT_WR))

    def as_in_the_tutorial(self, name):
        """No end mark, its side stays open, and one receive."""
        with socket.create_connection((HERE, 5000)) as client:
            client.send(name)
            return json.loads(client.recv(1024))

    def join(self, name):
        done = self.start_join(name)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def joined(self, name):
        return json.loads(self.join(name))

    def test_serves_clients_of_every_manner(self):
        with self.serving():
            self.assertEqual(self.with_line_feed(b"Ana"), ["Ana"])
            self.assertEqual(self.with_half_close(b"Bea"), ["Ana", "Bea"])
            self.assertEqual(self.as_in_the_tutorial(b"Carlos"), ["Ana", "Bea", "Carlos"])
            self.assertEqual(self.joined("Dora"), ["Ana", "Bea", "Carlos", "Dora"])
            self.assertEqual(self.joined("Ana"), ["Ana", "Bea", "Carlos", "Dora"])

    def test_a_silent_client_holds_nobody_up(self):
        with self.serving(), socket.create_connection((HERE, 5000)):
            self.assertEqual(self.joined("Ana"), ["Ana"])

    def test_names_that_are_not_text(self):
        with self.serving():
            self.assertEqual(self.with_line_feed("Señor Zócalo".encode()), ["Señor Zócalo"])
            self.assertRegex(self.with_line_feed(b"a\xff\xfe\x80z")[-1], "^a\ufffd+z$")
            names = self.with_half_close(b'"]\x00\x1b[2J\r')
            self.assertEqual(len(names), 3)
            self.assertIn('"]\x00\x1b[2J', names)
            shown = self.join("Ana")
            self.assertTrue(shown.isascii() and shown.strip().isprintable(), shown)

    def test_five_hundred_clients_with_long_names(self):
        names = [f"client {i} " + "x" * 200 for i in range(500)]
        with self.serving(), ThreadPoolExecutor(50) as threads:
            lists = list(threads.map(self.with_line_feed, map(str.encode, names)))
            for name, names_then in zip(names, lists):
                self.assertIn(name, names_then)
            self.assertEqual(sorted(self.joined("last")), sorted([*names, "last"]))

    def test_hundreds_at_the_same_moment(self):
        with self.serving():
            clients = [socket.create_connection((HERE, 5000)) for _ in range(400)]
            for number, client in enumerate(clients):
                client.sendall(b"name %d\n" % number)
            for number, client in enumerate(clients):
                with client:
                    self.assertIn(f"name {number}", json.loads(receive_all(client)))

    def test_clients_that_vanish(self):
        with self.serving():
            for send in (b"", b"half a na", b"whole\n"):
                client = socket.create_connection((HERE, 5000))
                client.sendall(send)
                reset(client)
            self.assertIn("Ana", self.joined("Ana"))

    def test_ncat_is_a_client(self):
        with self.serving():
            done = subprocess.run([ncat(), HERE, "5000"], input=b"Ana\n", capture_output=True,
                                  timeout=PATIENCE)
            self.assertEqual(json.loads(done.stdout), ["Ana"])

    def test_refuses_what_is_no_list(self):
        listener = socket.create_server((HERE, 5000))

        def answer():
            client, _ = listener.accept()
            with client:
                receive_all_of_line(client)
                client.sendall(b'["\x1b[2J", unfinished')
        thread = threading.Thread(target=answer)
        thread.start()
        done = self.start_join("Ana")
        thread.join()
        listener.close()
        self.assertEqual(done.returncode, self.bad_list)
        self.assertEqual(done.stdout, "")
        self.assertNotIn("\x1b", done.stderr)


def receive_all_of_line(client):
    while not client.recv(1024).endswith(b"\n"):
        pass


class client_list(client_list_tests, unittest.TestCase):
    bad_list = 1

    def serving(self):
        server = Program("examples/client_list")
        server.wait_for("keeping the list on 127.0.0.1:5000")
        return server

    def start_join(self, name):
        return run("examples/client_list", "-c", "-n", name, show_errors=False)


class zocalo_clients(client_list_tests, unittest.TestCase):
    bad_list = 6

    def serving(self, *options):
        server = Program("zocalo", "clients", "serve", *options)
        server.wait_for("keeping the list on 127.0.0.1:5000")
        return server

    def start_join(self, name):
        return run("zocalo", "clients", "list", "--json", "-n", name, show_errors=False)

    def test_lists_without_joining(self):
        with self.serving():
            self.joined("Ana")
            self.joined("Bea\x1b[2J")
            done = run("zocalo", "clients", "list")
            self.assertEqual(done.stdout, "Ana\nBea\\x1b[2J\n")
            self.assertEqual(self.joined("Ana"), ["Ana", "Bea\x1b[2J"])

    def test_limits(self):
        with self.serving("--max-names", 2, "--max-length", 3, "-m", 1):
            self.assertEqual(self.joined("Carlos"), ["Car"])
            self.assertEqual(self.joined("Ana"), ["Car", "Ana"])
            self.assertEqual(self.joined("Bea"), ["Car", "Ana"])

    def test_exit_codes(self):
        for code, arguments in ((4, ["list"]), (2, []), (2, ["serve", "--max-names", "0"]),
                                (2, ["list", "-n", "two\nlines", HERE, "5001"]),
                                (8, ["serve", "192.0.2.1", "5000"])):
            with socket.create_server((HERE, 5001)):
                done = run("zocalo", "clients", *arguments)
            self.assertEqual(done.returncode, code, arguments)

    def test_gives_up_on_a_server_that_says_nothing(self):
        with socket.create_server((HERE, 5000)):
            self.assertEqual(run("zocalo", "clients", "list", "-w", "100ms").returncode, 5)


if __name__ == "__main__":
    main()
