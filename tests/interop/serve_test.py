# SPDX-License-Identifier: MIT
"""examples/echo_service under systemd's and HAProxy's hands, told to end, and replaced."""

import contextlib
import os
import resource
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path
from unittest import mock

from support import PATIENCE, Program, cannot_run, enter_own_network, main, program

HERE = "127.0.0.1"
SERVICE = "examples/echo_service"


def setUpModule():
    enter_own_network()
    socket.setdefaulttimeout(PATIENCE)


class on_a_backend(unittest.TestCase):
    """What runs while its services' loops are of one kind."""

    backend = ""

    def setUp(self):
        environment = mock.patch.dict(os.environ, ZOCALO_BACKEND=self.backend)
        environment.start()
        self.addCleanup(environment.stop)


def on_every_backend(tests):
    """A test case of these tests for each kind of loop."""
    for backend in ("poll", "epoll", "uring"):
        name = f"{tests.__name__}_on_{backend}"
        globals()[name] = type(name, (tests, on_a_backend),
                               {"backend": backend, "__module__": __name__})
    return tests


def tool(name):
    """The path of a program that must be there."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin") or \
        cannot_run(f"no {name}")


def serving(*arguments):
    """A running echo_service and its port."""
    service = Program(SERVICE, f"{HERE}:0", *arguments)
    port = int(service.wait_for(r"serving at 127\.0\.0\.1:(\d+)")[1])
    return service, port


class Client:
    """A connection, whose greeting has been read."""

    def __init__(self, port):
        self.socket = socket.create_connection((HERE, port))
        self.file = self.socket.makefile("rwb")
        self.greeting = self.file.readline().decode()

    def ask(self, what):
        self.file.write(what + b"\n")
        self.file.flush()
        return self.file.readline().rstrip(b"\n")

    def address(self):
        return "{}:{}".format(*self.socket.getsockname())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.socket.close()


def knock(port):
    """A whole dialogue without a word: whom the service lets in, it can see off in good order."""
    with socket.create_connection((HERE, port)) as client:
        with contextlib.suppress(OSError):  # it may be reset already, which recv() tells
            client.shutdown(socket.SHUT_WR)
        while client.recv(4096):
            pass


def refuses(port):
    """Waits until nobody listens there."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            knock(port)
        except ConnectionRefusedError:
            return True
        except ConnectionResetError:
            pass  # it was in the queue when that was closed
        time.sleep(0.01)
    return False


def broken_off(service):
    """How many connections did not end by themselves, as the service says at its end."""
    ended = service.wait_for(r"(\d+) of (\d+) connections ended well")
    return int(ended[2]) - int(ended[1])


@on_every_backend
class signals:
    def test_end_it_when_the_dialogues_have_ended(self):
        service, port = serving()
        with service, Client(port) as client:
            self.assertEqual(client.greeting, f"You are {client.address()}\n")
            service.process.send_signal(signal.SIGTERM)
            self.assertTrue(refuses(port))
            self.assertEqual(client.ask(b"still here"), b"still here")
            client.socket.shutdown(socket.SHUT_WR)
            self.assertEqual(client.file.read(), b"")
            self.assertEqual(service.wait(), 0)
            self.assertEqual(broken_off(service), 0)

    def test_end_it_now_the_second_time(self):
        service, port = serving()
        with service, Client(port) as client:
            service.process.send_signal(signal.SIGINT)
            self.assertTrue(refuses(port))
            service.process.send_signal(signal.SIGINT)
            self.assertEqual(service.wait(), 0)
            with contextlib.suppress(ConnectionResetError):
                self.assertEqual(client.file.read(), b"")
            # One of those that asked whether the port is closed may be among them.
            self.assertGreaterEqual(broken_off(service), 1)

    def test_reload_it(self):
        service, port = serving()
        with service, Client(port) as client:
            service.process.send_signal(signal.SIGHUP)
            service.wait_for("nothing to read again")
            self.assertEqual(client.ask(b"on"), b"on")


@on_every_backend
class exhaustion:
    def test_is_survived_and_forgotten(self):
        few = 40
        service = Program(
            SERVICE, f"{HERE}:0",
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (few, few)))
        port = int(service.wait_for(r"serving at 127\.0\.0\.1:(\d+)")[1])
        with service:
            crowd = [socket.create_connection((HERE, port)) for _ in range(2 * few)]
            # Whoever was first may wait for a loop whose sibling has taken all descriptors.
            served, _, _ = select.select(crowd, [], [], PATIENCE)
            self.assertEqual(served[0].recv(7), b"You are")
            before = self.processor_time(service)
            time.sleep(2)
            self.assertLessEqual(self.processor_time(service) - before, 0.02)  # 1 %
            self.assertIsNone(service.process.poll())
            for one in crowd:
                one.close()
            recovering = time.monotonic()
            with Client(port) as client:
                self.assertEqual(client.ask(b"again"), b"again")
            self.assertLess(time.monotonic() - recovering, 1)

    def processor_time(self, service):
        """Seconds of a processor that it has used."""
        stat = Path(f"/proc/{service.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


@on_every_backend
class systemd:
    def test_opens_the_sockets(self):
        activate = tool("systemd-socket-activate")
        with socket.create_server((HERE, 0)) as free:
            port = free.getsockname()[1]
        starter = subprocess.Popen([activate, "-l", f"{HERE}:{port}", "--fdname=echo",
                                    f"--setenv=ZOCALO_BACKEND={self.backend}", program(SERVICE),
                                    "192.0.2.1:1"],
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        with starter:
            try:
                self.wait_until_it_listens(port)
                with Client(port) as client:
                    self.assertEqual(client.greeting, f"You are {client.address()}\n")
                    self.assertEqual(client.ask(b"hello"), b"hello")
            finally:
                starter.send_signal(signal.SIGTERM)
            output = starter.communicate(timeout=PATIENCE)[0].decode()
            self.assertIn(f"serving at {HERE}:{port}\n", output)
            self.assertEqual(starter.returncode, 0)

    def wait_until_it_listens(self, port):
        """Without connecting: the first connection starts the service."""
        listening = f"0100007F:{port:04X} 00000000:0000 0A"
        until = time.monotonic() + PATIENCE
        while listening not in Path("/proc/net/tcp").read_text():
            self.assertLess(time.monotonic(), until)
            time.sleep(0.01)

    def test_is_told_how_it_is(self):
        with tempfile.TemporaryDirectory() as folder, \
                socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(folder + "/notify")
            manager.settimeout(PATIENCE)
            environment = dict(os.environ, NOTIFY_SOCKET=folder + "/notify")
            service = Program(SERVICE, f"{HERE}:0", env=environment)
            with service:
                self.assertEqual(manager.recv(4096), b"READY=1\n")
                service.process.send_signal(signal.SIGHUP)
                self.assertRegex(manager.recv(4096), rb"^RELOADING=1\nMONOTONIC_USEC=\d+\n$")
                self.assertEqual(manager.recv(4096), b"READY=1\n")
                service.process.send_signal(signal.SIGTERM)
                self.assertEqual(manager.recv(4096), b"STOPPING=1\n")
                self.assertEqual(service.wait(), 0)


@on_every_backend
class replacement:
    def setUp(self):
        super().setUp()
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = self.folder.name + "/next"
        self.stop = threading.Event()
        self.asked, self.lost = 0, []

    def knock(self, port):
        """One short dialogue after the other; none may fail."""
        while not self.stop.is_set():
            try:
                with Client(port) as client:
                    if client.ask(b"are you there") != b"are you there":
                        self.lost.append("no answer")
                self.asked += 1
            except OSError as error:
                self.lost.append(str(error))

    def wait_for_door(self):
        until = time.monotonic() + PATIENCE
        while not os.path.exists(self.path):
            self.assertLess(time.monotonic(), until)
            time.sleep(0.01)

    def test_loses_no_connection(self):
        service, port = serving("127.255.255.255/32", self.path)
        knocking = [threading.Thread(target=self.knock, args=(port,)) for _ in range(4)]
        for thread in knocking:
            thread.start()
        try:
            for _ in range(3):
                self.wait_for_door()
                time.sleep(0.1)
                following = Program(SERVICE, "192.0.2.1:1", "127.255.255.255/32", self.path)
                following.wait_for(rf"serving at 127\.0\.0\.1:{port}")
                self.assertEqual(service.wait(), 0)
                service = following
            time.sleep(0.1)
        finally:
            self.stop.set()
            for thread in knocking:
                thread.join(PATIENCE)
            service.interrupt()
        self.assertEqual(self.lost, [])
        self.assertGreater(self.asked, 20)


CONFIGURATION = """
global
    log stderr format raw local0 emerg
defaults
    mode tcp
    timeout connect 5s
    timeout client 20s
    timeout server 20s
frontend in
    bind {here}:{port}
    default_backend out
backend out
    server one {here}:{service} {send}
"""


@on_every_backend
class haproxy:
    def dialogue(self, send):
        """What the service says about a client that comes through HAProxy."""
        path = tool("haproxy")
        service, service_port = serving("127.0.0.0/8")
        with service, tempfile.NamedTemporaryFile("w", suffix=".cfg") as file, \
                socket.create_server((HERE, 0)) as free:
            port = free.getsockname()[1]
            free.close()
            file.write(CONFIGURATION.format(here=HERE, port=port, service=service_port, send=send))
            file.flush()
            proxy = subprocess.Popen([path, "-db", "-f", file.name])
            try:
                return self.talk_through(port)
            finally:
                proxy.kill()
                proxy.wait()

    def talk_through(self, port):
        until = time.monotonic() + PATIENCE
        while True:
            try:
                with Client(port) as client:
                    self.assertEqual(client.ask(b"hello"), b"hello")
                    return client.greeting, f"You are {client.address()}\n"
            except ConnectionRefusedError:
                self.assertLess(time.monotonic(), until)
                time.sleep(0.02)

    def test_says_in_version_1_who_it_is(self):
        greeting, expected = self.dialogue("send-proxy")
        self.assertEqual(greeting, expected)

    def test_says_in_version_2_who_it_is(self):
        greeting, expected = self.dialogue("send-proxy-v2")
        self.assertEqual(greeting, expected)

    def test_says_more_in_fields(self):
        greeting, expected = self.dialogue(
            "send-proxy-v2 proxy-v2-options crc32c,unique-id,authority")
        self.assertEqual(greeting, expected)

    def test_without_a_header_is_nobody(self):
        service, port = serving("127.0.0.0/8")
        with service, socket.create_connection((HERE, port)) as client:
            client.sendall(b"hello, I am no proxy\n")
            self.assertEqual(client.makefile("rb").readline(), b"")


if __name__ == "__main__":
    main()
