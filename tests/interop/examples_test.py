# SPDX-License-Identifier: MIT
"""The tutorials' programs beside Python's socket and socketserver, in both roles."""

import socket
import socketserver
import threading
import time
import unittest

from support import PATIENCE, Program, enter_own_network, main, receive_all, reset, run

HERE = "127.0.0.1"
THANKS = b"Thank you for connecting"


def setUpModule():
    enter_own_network()
    socket.setdefaulttimeout(PATIENCE)


class python_server:
    """A Python server with a thread; `handle(connection)` gets each connection."""

    def __init__(self, port, handle):
        self.listener = socket.create_server((HERE, port))
        self.received = []
        self.thread = threading.Thread(target=self.serve, args=(handle,), daemon=True)
        self.thread.start()

    def serve(self, handle):
        connection, _ = self.listener.accept()
        with connection:
            self.received.append(handle(connection))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.thread.join(PATIENCE)
        self.listener.close()


class greeting_server(unittest.TestCase):
    def listening(self):
        server = Program("examples/greeting_server")
        server.wait_for("Socket successfully created")
        server.wait_for("socket bound to 40674")
        server.wait_for("socket is listening")
        return server

    def greet(self, server):
        with socket.create_connection((HERE, 40674)) as client:
            _, port = client.getsockname()
            self.assertEqual(receive_all(client), THANKS)
        server.wait_for(f"Got connection from 127.0.0.1:{port}")

    def test_prints_what_the_tutorial_prints(self):
        with self.listening() as server:
            self.greet(server)
        self.assertEqual(server.lines[:3], ["Socket successfully created", "socket bound to 40674",
                                            "socket is listening"])
        self.assertRegex(server.lines[3], r"^Got connection from 127\.0\.0\.1:\d+$")
        self.assertEqual(len(server.lines), 4)

    def test_goes_on_for_the_next_client(self):
        with self.listening() as server:
            for _ in range(100):
                self.greet(server)

    def test_outlives_clients_that_reset(self):
        with self.listening() as server:
            for pause in (0, 0, 0, 0.005, 0.01):
                client = socket.create_connection((HERE, 40674))
                time.sleep(pause)
                reset(client)
            self.greet(server)
            server.errors.clear()  # it may say that somebody was gone

    def test_comes_back_to_its_port_at_once(self):
        for _ in range(3):
            with self.listening() as server:
                self.greet(server)

    def test_two_cannot_have_the_port(self):
        with self.listening():
            second = run("examples/greeting_server")
        self.assertEqual(second.returncode, 1)
        self.assertEqual(second.stderr,
                         "greeting_server: bind 0.0.0.0:40674: Address already in use\n")

    def test_names_a_wrong_port(self):
        for port in ("99999", "-1", "no-such-service"):
            done = run("examples/greeting_server", port)
            self.assertEqual(done.returncode, 1)
            self.assertIn(port, done.stderr)


class greeting_client(unittest.TestCase):
    def greeting_from(self, handle):
        with python_server(40674, handle):
            done = run("examples/greeting_client")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def test_with_our_server(self):
        with Program("examples/greeting_server") as server:
            server.wait_for("socket is listening")
            for host in (HERE, "localhost", "127.1", "2130706433"):
                done = run("examples/greeting_client", host)
                self.assertEqual(done.stdout, "Thank you for connecting\n")
                self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_with_the_tutorials_server(self):
        self.assertEqual(self.greeting_from(lambda client: client.send(THANKS)),
                         "Thank you for connecting\n")

    def test_with_a_server_that_sends_byte_by_byte(self):
        def slowly(client):
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in THANKS:
                client.send(bytes([byte]))
                time.sleep(0.002)
        self.assertEqual(self.greeting_from(slowly), "Thank you for connecting\n")

    def test_with_socketserver(self):
        class thanks(socketserver.StreamRequestHandler):
            def handle(self):
                self.wfile.write(THANKS)
        with socketserver.TCPServer((HERE, 0), thanks) as server:
            threading.Thread(target=server.handle_request, daemon=True).start()
            done = run("examples/greeting_client", HERE, server.server_address[1])
        self.assertEqual(done.stdout, "Thank you for connecting\n")

    def test_shows_a_hostile_greeting_harmlessly(self):
        self.assertEqual(self.greeting_from(lambda client: client.send(b"\x1b[2J\r\xff")),
                         "\\x1b[2J\\r\\xff\n")

    def test_says_who_refused(self):
        done = run("examples/greeting_client")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr,
                         "greeting_client: connect 127.0.0.1:40674: Connection refused\n")

    def test_ends_on_ctrl_c_while_the_server_is_silent(self):
        with socket.create_server((HERE, 40674)) as silent:
            with Program("examples/greeting_client") as client:
                connection, _ = silent.accept()
                with connection:
                    self.assertEqual(client.interrupt(), 0)


class udp_server(unittest.TestCase):
    def test_prints_what_pythons_socket_sends(self):
        with Program("examples/udp_server") as server:
            server.wait_for("waiting for datagrams on 127.0.0.1:6667")
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                sender.bind((HERE, 0))
                me = "%s:%d" % sender.getsockname()
                for data, shown in ((b"Hello, World!", '"Hello, World!"'), (b"", '""'),
                                    (b"\x00\xff\n", r'"\\x00\\xff\\n"')):
                    sender.sendto(data, (HERE, 6667))
                    server.wait_for(f"received {len(data)} bytes from {me}: {shown}")
                sender.sendto(b"x" * 65507, (HERE, 6667))
                server.wait_for(f"received 65507 bytes from {me}: " + r'"x+\.\.\."')

    def test_hears_our_sender(self):
        with Program("examples/udp_server") as server:
            server.wait_for("waiting for datagrams on .*")
            done = run("examples/udp_sender")
            self.assertEqual(done.stdout, 'sent "Hello, World!" to 127.0.0.1:6667\n')
            server.wait_for(r'received 13 bytes from 127\.0\.0\.1:\d+: "Hello, World!"')


class udp_sender(unittest.TestCase):
    def test_reaches_pythons_socket(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
            server.bind((HERE, 6667))
            self.assertEqual(run("examples/udp_sender").returncode, 0)
            self.assertEqual(server.recvfrom(1024)[0], b"Hello, World!")
            run("examples/udp_sender", "localhost", 6667, "¡hola!")
            self.assertEqual(server.recvfrom(1024)[0].decode(), "¡hola!")

    def test_reaches_socketserver(self):
        heard = []

        class keep(socketserver.DatagramRequestHandler):
            def handle(self):
                heard.append(self.rfile.read())
        with socketserver.UDPServer((HERE, 6667), keep) as server:
            run("examples/udp_sender")
            server.handle_request()
        self.assertEqual(heard, [b"Hello, World!"])

    def test_names_what_is_too_long(self):
        done = run("examples/udp_sender", HERE, 6667, "x" * 65508)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr, "udp_sender: send_to 127.0.0.1:6667: Message too long\n")


class tcp_sender(unittest.TestCase):
    def sent_to(self, handle, *arguments):
        with python_server(6667, handle) as server:
            done = run("examples/tcp_sender", *arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return server.received[0], done.stdout.splitlines()

    def test_says_hello_to_pythons_socket(self):
        received, shown = self.sent_to(receive_all)
        self.assertEqual(received, b"Hello")
        self.assertEqual(shown, ['sent "Hello" to 127.0.0.1:6667'])

    def test_shows_the_answer_of_socketserver(self):
        class upper(socketserver.StreamRequestHandler):
            def handle(self):
                self.wfile.write(self.rfile.read().upper())
        with socketserver.TCPServer((HERE, 6667), upper) as server:
            threading.Thread(target=server.handle_request, daemon=True).start()
            done = run("examples/tcp_sender")
        self.assertEqual(done.stdout.splitlines(),
                         ['sent "Hello" to 127.0.0.1:6667', 'received "HELLO"'])

    def test_is_heard_by_a_server_that_speaks_first(self):
        def banner_first(client):
            client.sendall(b"NOTICE * :Looking up your host\r\n" * 5)
            time.sleep(0.1)
            return receive_all(client)
        received, shown = self.sent_to(banner_first)
        self.assertEqual(received, b"Hello")
        self.assertIn("NOTICE", shown[1])

    def test_does_not_wait_for_ever(self):
        def never_closes(client):
            return client.recv(1024), time.sleep(2.5)
        received, _ = self.sent_to(never_closes)
        self.assertEqual(received[0], b"Hello")

    def test_sends_all_of_a_long_message(self):
        message = "0123456789abcdef" * 8000
        def slow_reader(client):
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            time.sleep(0.2)
            return receive_all(client)
        received, _ = self.sent_to(slow_reader, HERE, 6667, message)
        self.assertEqual(received.decode(), message)


if __name__ == "__main__":
    main()
