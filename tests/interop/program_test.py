# SPDX-License-Identifier: MIT
"""`zocalo listen` and `zocalo connect` beside Python's socket, over TCP and Unix streams."""

import hashlib
import os
import random
import socket
import tempfile
import threading
import time
import unittest

from running import HERE, connect, listen
from support import PATIENCE, main, receive_all, reset


def setUpModule():
    socket.setdefaulttimeout(PATIENCE)


def random_bytes(size, seed):
    return random.Random(seed).randbytes(size)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


class server:
    """A Python server for one connection, which `handle(connection)` gets in a thread."""

    def __init__(self, handle, address=(HERE, 0), **options):
        self.listener = socket.create_server(address, **options)
        self.where = self.listener.getsockname()
        self.result = None
        self.thread = threading.Thread(target=self.serve, args=(handle,), daemon=True)
        self.thread.start()

    def serve(self, handle):
        connection, _ = self.listener.accept()
        with connection:
            self.result = handle(connection)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.thread.join(PATIENCE)
        self.listener.close()


class connecting(unittest.TestCase):
    def test_waits_for_the_reply_after_the_end_of_input(self):
        def answer_late(connection):
            question = receive_all(connection)  # comes back only when our half was closed
            time.sleep(0.3)
            connection.sendall(b"late answer to " + question)

        with server(answer_late) as peer, connect(*peer.where, input=b"question") as client:
            self.assertEqual(client.end(), (b"late answer to question", 0))

    def test_megabytes_both_ways_arrive_as_they_were(self):
        up, down = random_bytes(6_000_000, 1), random_bytes(5_000_000, 2)

        def exchange(connection):
            sender = threading.Thread(target=lambda: (connection.sendall(down),
                                                      connection.shutdown(socket.SHUT_WR)))
            sender.start()
            received = receive_all(connection)
            sender.join()
            return received

        with server(exchange) as peer, connect(*peer.where) as client:
            feeder = threading.Thread(target=lambda: (client.write(up), client.end_input()))
            feeder.start()
            got = client.output.read()
            feeder.join()
            self.assertEqual(client.process.wait(PATIENCE), 0)
        self.assertEqual(sha256(got), sha256(down))
        self.assertEqual(sha256(peer.result), sha256(up))

    def test_goes_on_sending_to_a_peer_that_closed_its_half_first(self):
        def listen_only(connection):
            connection.shutdown(socket.SHUT_WR)
            return receive_all(connection)

        with server(listen_only) as peer, connect(*peer.where) as client:
            for _ in range(3):
                time.sleep(0.1)
                client.write(b"still here ")
            self.assertEqual(client.end(), (b"", 0))
        self.assertEqual(peer.result, b"still here " * 3)

    def test_no_shutdown_keeps_our_half_open(self):
        def is_open(connection):
            self.assertEqual(connection.recv(100), b"x")
            connection.settimeout(0.3)
            with self.assertRaises(TimeoutError):
                connection.recv(100)

        with server(is_open) as peer:
            with connect("--no-shutdown", *peer.where, input=b"x") as client:
                self.assertEqual(client.end(), (b"", 0))

    def test_send_only_loses_nothing_although_the_peer_talks(self):
        data = random_bytes(1_000_000, 3)

        def talk(connection):
            connection.sendall(b"nobody reads this" * 1000)
            return receive_all(connection)

        with server(talk) as peer, connect("--send-only", *peer.where, input=data) as client:
            self.assertEqual(client.end(), (b"", 0))
        self.assertEqual(sha256(peer.result), sha256(data))

    def test_recv_only_leaves_the_input_alone(self):
        with server(lambda connection: connection.sendall(b"news")) as peer:
            with connect("--recv-only", *peer.where) as client:
                self.assertEqual(client.output.read(), b"news")
                self.assertEqual(client.process.wait(PATIENCE), 0)

    def test_crlf(self):
        with server(receive_all) as peer, connect("-C", *peer.where, input=b"a\nb\r\n\n") as client:
            client.end()
        self.assertEqual(peer.result, b"a\r\nb\r\n\r\n")

    def test_exec_lets_a_program_talk(self):
        def ask(connection):
            connection.sendall(b"one\ntwo\n")
            connection.shutdown(socket.SHUT_WR)
            return receive_all(connection)

        with server(ask) as peer, connect("-e", "cat -n", *peer.where) as client:
            self.assertEqual(client.end(), (b"", 0))
        self.assertEqual(peer.result.split(), [b"1", b"one", b"2", b"two"])

    def test_hex_dump_and_record_of_both_directions(self):
        def reply(connection):
            connection.sendall(receive_all(connection)[::-1])

        with tempfile.TemporaryDirectory() as folder:
            for option, expected in (("-x", "> 00000000  61 62 63"), ("-o", "abccba")):
                file = os.path.join(folder, "record")
                with server(reply) as peer:
                    with connect(option, file, *peer.where, input=b"abc") as client:
                        self.assertEqual(client.end(), (b"cba", 0))
                with open(file, encoding="ascii") as record:
                    self.assertTrue(record.read().startswith(expected))

    def test_source_address_and_port(self):
        with socket.create_server((HERE, 0)) as probe:
            port = probe.getsockname()[1]
        with server(lambda connection: connection.getpeername()) as peer:
            with connect("-s", "127.0.0.2", "-p", port, *peer.where, input=b"") as client:
                self.assertEqual(client.end()[1], 0)
        self.assertEqual(peer.result, ("127.0.0.2", port))


class listening(unittest.TestCase):
    def test_one_client_and_both_halves(self):
        with listen(HERE, 0, input=b"from the server") as us:
            with socket.create_connection((HERE, us.port())) as client:
                client.sendall(b"from the client")
                client.shutdown(socket.SHUT_WR)
                self.assertEqual(receive_all(client), b"from the server")
            self.assertEqual(us.end(), (b"from the client", 0))

    def test_outlives_a_hundred_clients_that_leave_and_reset(self):
        with listen("-k", HERE, 0) as us:
            where = (HERE, us.port())
            for number in range(100):
                client = socket.create_connection(where)
                if number % 3 == 0:
                    client.sendall(b"lost")
                reset(client) if number % 2 else client.close()
            with socket.create_connection(where) as client:
                client.sendall(b"the last")
            text = b""
            while b"the last" not in text:
                text += us.output.read1(4096)
            self.assertEqual(us.stop(), 130)

    def test_input_goes_to_all_clients_at_once(self):
        with listen("-k", "-v", HERE, 0) as us:
            clients = [socket.create_connection((HERE, us.port())) for _ in range(5)]
            us.said("connection from", times=5)
            us.write(b"to all of you\n")
            for client in clients:
                self.assertEqual(client.recv(100), b"to all of you\n")
            us.end_input()
            for client in clients:
                self.assertEqual(client.recv(100), b"")  # the end was passed on
                client.close()
            us.said(" ended after", times=5)
            self.assertEqual(us.stop(), 130)

    def test_a_program_for_each_client(self):
        with listen("-k", "-c", 'echo "you are $ZOCALO_PEER"; cat', HERE, 0) as us:
            clients = [socket.create_connection((HERE, us.port())) for _ in range(8)]
            for client in reversed(clients):
                client.sendall(b"echo me")
                client.shutdown(socket.SHUT_WR)
                port = client.getsockname()[1]
                self.assertEqual(receive_all(client), b"you are %s:%d\necho me" % (HERE.encode(),
                                                                                 port))
                client.close()
            self.assertEqual(us.stop(), 130)

    def test_a_program_that_leaves_early_still_delivers_its_reply(self):
        reply = b"x" * 300_000
        with listen("-k", "-e", "head -c 300000 /dev/zero", HERE, 0) as us:
            for _ in range(5):
                with socket.create_connection((HERE, us.port())) as client:
                    client.sendall(b"never read by anybody" * 100)
                    self.assertEqual(len(receive_all(client)), len(reply))

    def test_at_most_so_many_at_once(self):
        with listen("-k", "-m", 2, "-e", "cat", HERE, 0) as us:
            first, second, third = (socket.create_connection((HERE, us.port())) for _ in range(3))
            with first, second, third:
                for client in (first, second):
                    client.sendall(b"a")
                    self.assertEqual(client.recv(1), b"a")
                third.sendall(b"b")
                third.settimeout(0.2)
                with self.assertRaises(TimeoutError):
                    third.recv(1)
                first.close()
                third.settimeout(PATIENCE)
                self.assertEqual(third.recv(1), b"b")

    def test_allow_and_deny(self):
        with listen("-k", "-v", "--allow", "127.0.0.0/24", "--deny", "127.0.0.9", HERE, 0) as us:
            for source, welcome in (("127.0.0.1", True), ("127.0.0.9", False),
                                    ("127.0.1.1", False)):
                word = "connection from" if welcome else "turned away"
                with socket.create_connection((HERE, us.port()),
                                              source_address=(source, 0)) as client:
                    self.assertIsNotNone(us.said(f"{word} "
                                                 + source))
                    if not welcome:
                        self.assertEqual(client.recv(1), b"")

    def test_a_slow_reader_loses_nothing(self):
        data = random_bytes(3_000_000, 4)
        with listen("-k", HERE, 0, stdout=-3) as us:  # DEVNULL
            with socket.create_connection((HERE, us.port())) as slow:
                feeder = threading.Thread(target=lambda: (us.write(data), us.end_input()))
                feeder.start()
                time.sleep(0.3)
                self.assertEqual(sha256(receive_all(slow)), sha256(data))
                feeder.join()


class unix_streams(unittest.TestCase):
    def test_path_and_abstract_name_in_both_roles(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "socket")
            name = f"zocalo-{os.getpid()}"
            for ours, theirs in ((path, path), (f"@{name}", f"\0{name}")):
                with self.subTest(ours), listen("-v", "-U", ours, input=b"server") as us:
                    us.said("listening on unix:")
                    with socket.socket(socket.AF_UNIX) as client:
                        client.connect(theirs)
                        client.sendall(b"client")
                        client.shutdown(socket.SHUT_WR)
                        self.assertEqual(receive_all(client), b"server")
                    self.assertEqual(us.end(), (b"client", 0))
                with self.subTest(ours), socket.socket(socket.AF_UNIX) as listener:
                    listener.bind(theirs)
                    listener.listen()
                    with connect("-U", ours, input=b"to python") as us:
                        connection, _ = listener.accept()
                        with connection:
                            self.assertEqual(receive_all(connection), b"to python")
                            connection.sendall(b"back")
                        self.assertEqual(us.end(), (b"back", 0))
                if ours == path:
                    os.unlink(path)  # Python's; that ours was gone, bind() has shown

    def test_a_full_queue_is_waited_for(self):
        name = f"\0zocalo-full-{os.getpid()}"
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(name)
            listener.listen(0)
            first = socket.socket(socket.AF_UNIX)
            first.connect(name)  # takes the only place
            with first, connect("-U", "@" + name[1:], input=b"patient") as us:
                time.sleep(0.2)
                self.assertIsNone(us.process.poll(), us.says)
                listener.accept()[0].close()
                with listener.accept()[0] as connection:
                    self.assertEqual(receive_all(connection), b"patient")
                self.assertEqual(us.end(), (b"", 0), us.says)
            second = socket.socket(socket.AF_UNIX)
            second.connect(name)
            with second, connect("-U", "-w", "200ms", "@" + name[1:], input=b"") as us:
                self.assertEqual(us.end()[1], 5, us.says)


if __name__ == "__main__":
    main()
