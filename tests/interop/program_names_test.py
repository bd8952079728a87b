# SPDX-License-Identifier: MIT
"""Names from a name server that is silent, and those that the command line knows."""

import json
import socket
import tempfile
import time
import unittest

from dnsmasq import with_resolv_conf
from pki import Authority
from running import Running
from support import cannot_run, enter_own_network, main, receive_all, run


def setUpModule():
    enter_own_network()


class Silent(unittest.TestCase):
    """A name server that never says anything, and what waits for it."""

    CONF = "nameserver 127.0.0.53\noptions timeout:20 attempts:1\n"

    def setUp(self):
        self.mute = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(self.mute.close)
        self.mute.bind(("127.0.0.53", 53))

    def test_every_wait_for_names_has_an_end(self):
        for arguments in (("connect", "-w", "300ms", "nobody.test", "80"),
                          ("connect", "--max-time", "300ms", "nobody.test", "80"),
                          ("connect", "-s", "nobody.test", "-w", "300ms", "127.0.0.1", "80"),
                          ("connect", "-z", "-w", "300ms", "nobody.test", "80"),
                          ("resolve", "--max-time", "300ms", "nobody.test"),
                          ("resolve", "--max-time", "300ms", "-t", "MX", "nobody.test")):
            with self.subTest(arguments=arguments):
                started = time.monotonic()
                done = with_resolv_conf(self.CONF, *arguments)
                self.assertEqual(done.returncode, 5)
                self.assertIn("nobody.test", done.stderr)
                self.assertLess(time.monotonic() - started, 5)

    def test_report_tells_of_the_look_up(self):
        done = with_resolv_conf(self.CONF, "connect", "--connect-report=json", "-w", "200ms",
                                "nobody.test", "80")
        report, _ = json.JSONDecoder().raw_decode(done.stderr)
        self.assertEqual(report["target"], "nobody.test:80")
        self.assertEqual({step["type"] for step in report["steps"]}, {"A", "AAAA"})
        for step in report["steps"]:
            self.assertEqual(step["phase"], "look up")
            self.assertGreaterEqual(step["milliseconds"], 150)
            self.assertIn("timed out", step["error"])


class Overrides(unittest.TestCase):
    """curl's --resolve and --connect-to."""

    def greeter(self, *options):
        """The port of a listener that greets one client."""
        greeter = Running("listen", *options, "-v", "-c", "echo hello", "127.0.0.1", "0")
        self.enterContext(greeter)
        return greeter.port()

    def test_a_name_has_the_address_that_it_is_given(self):
        for arguments in (("--resolve", "www.invalid:{}:127.0.0.1", "www.invalid", "{}"),
                          ("--resolve", "*:{}:127.0.0.1", "www.invalid", "{}"),
                          ("--connect-to", "www.invalid:80:127.0.0.1:{}", "www.invalid", "80"),
                          ("--connect-to", "::127.0.0.1:{}", "192.0.2.1", "80"),
                          ("--connect-to", "www.invalid:80:other.invalid:{}",
                           "--resolve", "other.invalid:{}:127.0.0.1", "www.invalid", "http")):
            with self.subTest(arguments):
                port = self.greeter()
                done = run("zocalo", "connect", *(each.format(port) for each in arguments),
                           input="")
                self.assertEqual((done.stdout, done.returncode), ("hello\n", 0))

    def test_another_port_is_not_meant(self):
        done = run("zocalo", "connect", "--resolve", "www.invalid:81:127.0.0.1", "www.invalid",
                   "80", input="")
        self.assertEqual(done.returncode, 3)

    def test_the_server_still_has_to_be_the_host_that_was_named(self):
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority(folder)
            certificate, key = authority.for_servers()
            secure = ("--ssl", "--ssl-cert", certificate, "--ssl-key", key)
            trusting = ("connect", "--ssl", "--ssl-trustfile", authority.certificate)
            port = self.greeter(*secure)
            done = run("zocalo", *trusting, "--connect-to", f"localhost:443:127.0.0.1:{port}",
                       "localhost", "443", input="")
            self.assertEqual((done.stdout, done.returncode), ("hello\n", 0))
            port = self.greeter(*secure)
            done = run("zocalo", *trusting, "--connect-to", f"::localhost:{port}",
                       "www.invalid", "443", input="")
            self.assertEqual(done.returncode, 6)
            self.assertIn("not for www.invalid", done.stderr)

    def test_probes_and_pings_and_look_ups_have_it_too(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            done = run("zocalo", "connect", "-z", "--resolve", f"www.invalid:{port}:127.0.0.1",
                       "www.invalid", port)
            self.assertEqual(done.returncode, 0)
        fixed = ("--resolve", "www.invalid:443:127.0.0.1,::1", "www.invalid")
        self.assertEqual(run("zocalo", "ping", "-4", "-c", "1", *fixed).returncode, 0)
        for more, families in (((), {"inet", "inet6"}), (("-6",), {"inet6"}),
                               (("-s", "https"), {"inet", "inet6"})):
            done = run("zocalo", "resolve", "--json", *more, *fixed)
            records = json.loads(done.stdout)[0]["records"]
            self.assertEqual({each["family"] for each in records}, families)
        self.assertEqual(run("zocalo", "resolve", "-s", "80", *fixed).returncode, 3)

    def test_wrong_ones_are_mistakes_of_the_caller(self):
        for wrong in (("--resolve", "a"), ("--resolve", "a:80:b"), ("--connect-to", "a:80:b"),
                      ("-z", "--connect-to", ":::"), ("-U", "--resolve", "a:80:::1")):
            with self.subTest(wrong):
                self.assertEqual(run("zocalo", "connect", *wrong, "h", "1").returncode, 2)
        done = run("zocalo", "resolve", "-t", "MX", "--resolve", "a:80:::1", "a")
        self.assertEqual(done.returncode, 2)

    def test_an_interface_may_stand_behind_any_address(self):
        done = run("zocalo", "resolve", "-t", "stream", "::1%lo")
        self.assertEqual((done.stdout.split()[-1], done.returncode), ("::1%1", 0))


class Report(unittest.TestCase):
    def test_lists_every_address(self):
        done = run("zocalo", "connect", "--connect-report", "127.0.0.1", "1")
        self.assertEqual(done.returncode, 4)
        self.assertRegex(done.stderr, r"(?m)^127\.0\.0\.1:1: Connection refused after ")
        self.assertRegex(done.stderr, r"(?m)^ +[0-9.]+ +[0-9.]+  connect 127\.0\.0\.1:1: "
                                      r"Connection refused$")
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            done = run("zocalo", "connect", "--connect-report=json", "--send-only", "127.0.0.1",
                       port, input="")
        report = json.loads(done.stderr)
        self.assertEqual(report["error"], "")
        self.assertEqual(report["steps"][-1]["address"], f"127.0.0.1:{port}")

    def test_is_json_with_json(self):
        done = run("zocalo", "connect", "--json", "127.0.0.1", "1")
        self.assertEqual(done.returncode, 4)
        report = json.loads(done.stderr[: done.stderr.rindex("}") + 1])
        self.assertEqual(report["error"], "Connection refused")

    def test_connects_through_an_interface(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            done = run("zocalo", "connect", "--interface", "lo", "--send-only", "127.0.0.1", port)
            self.assertEqual(done.returncode, 0, done.stderr)
            server.accept()[0].close()
            for udp in ((), ("-u",)):
                done = run("zocalo", "connect", *udp, "--interface", "nope", "127.0.0.1", port)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn("nope", done.stderr)

    def test_an_address_with_a_scope_is_connected_to(self):
        try:
            server = socket.create_server(("::1", 0), family=socket.AF_INET6)
        except OSError as error:
            cannot_run(f"no IPv6: {error}")
        with server:
            port = server.getsockname()[1]
            for host in ("::1%lo", "[::1%lo]", "::1%1"):
                with self.subTest(host):
                    with Running("connect", host, port, input=b"hello") as us:
                        peer, _ = server.accept()
                        with peer:
                            self.assertEqual(receive_all(peer), b"hello")
                        self.assertEqual(us.end(), (b"", 0), us.says)
                    done = run("zocalo", "connect", "-z", host, port)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    server.accept()[0].close()

    def test_a_probe_tries_all_addresses_of_a_name(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            done = run("zocalo", "connect", "-z", "--json", "localhost", port)
            self.assertEqual(done.returncode, 0, done.stderr)
            states = {one["address"]: one["state"] for one in json.loads(done.stdout)}
            self.assertEqual(states["127.0.0.1"], "open")
            self.assertNotEqual(states.get("::1", "closed"), "open")

    def test_max_time_ends_a_conversation(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            done = run("zocalo", "connect", "--max-time", "300ms", "127.0.0.1",
                       server.getsockname()[1], input="")
        self.assertEqual(done.returncode, 5)
        self.assertIn("--max-time", done.stderr)


if __name__ == "__main__":
    main()
