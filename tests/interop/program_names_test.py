# SPDX-License-Identifier: MIT
"""Names from a real name server (dnsmasq) beside dig and Python, and from one that is silent."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import unittest

from pki import Authority
from running import Running
from support import (PATIENCE, cannot_run, enter_own_network, main, program, receive_all,
                     run)

ZONE = ("--host-record=www.example.test,192.0.2.1,2001:db8::1,300",
        "--host-record=four.example.test,192.0.2.4,300",
        "--cname=alias.example.test,www.example.test,200",
        "--naptr-record=example.test,100,10,S,SIP+D2U,!^.*!x!,_sip._udp.example.test",
        "--dns-rr=www.example.test,44,04010123456789abcdef0123456789abcdef01234567",
        "--dns-rr=example.test,43,30390d02aabb",
        "--mx-host=example.test,mail.example.test,10",
        "--srv-host=_sip._tcp.example.test,sip.example.test,5060,1,2",
        "--txt-record=example.test,v=spf1 -all,\"two\" parts",
        "--ptr-record=1.2.0.192.in-addr.arpa,www.example.test",
        "--dns-rr=_443._tcp.example.test,52,030101aabbccdd",
        "--dns-rr=www.example.test,65,000100000100030268320003000201bb",
        "--caa-record=example.test,128,issue,ca.example.test; x=1",
        "--dns-rr=spf.example.test,99,027835",
        "--txt-record=long.example.test," + ",".join(["x" * 250] * 8))


def setUpModule():
    enter_own_network()


class NameServer:
    """dnsmasq on port 53 of this network, which knows what ZONE says and nothing else."""

    def __init__(self):
        if shutil.which("dnsmasq") is None:
            cannot_run("no dnsmasq")
        self.process = subprocess.Popen(
            ["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv",
             "--no-hosts", "--bind-interfaces", "--listen-address=127.0.0.1", "--user=root",
             "--pid-file=", "--local=/test/", "--local-ttl=300", *ZONE],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", 53)).close()
                return self
            except ConnectionRefusedError:
                time.sleep(0.02)
        raise AssertionError("dnsmasq does not start")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def with_resolv_conf(text, *command):
    """Runs our program where /etc/resolv.conf says `text`."""
    with tempfile.NamedTemporaryFile("w", suffix=".resolv") as conf:
        conf.write(text)
        conf.flush()
        os.chmod(conf.name, 0o644)
        script = 'mount --bind "$1" /etc/resolv.conf && shift && exec "$@"'
        inside = ["unshare", "-m", "sh", "-c", script, "sh", conf.name]
        if subprocess.run([*inside, "true"], capture_output=True).returncode != 0:
            cannot_run("no mount namespace")
        return run("/usr/bin/env", *inside, program("zocalo"), *command)


class Records(unittest.TestCase):
    def setUp(self):
        self.enterContext(NameServer())

    def resolve(self, *arguments):
        return run("zocalo", "resolve", "--server", "127.0.0.1", *arguments)

    def test_says_what_dig_says(self):
        if shutil.which("dig") is None:
            cannot_run("no dig")
        for name, kind in (("www.example.test", "A"), ("www.example.test", "AAAA"),
                           ("example.test", "MX"), ("_sip._tcp.example.test", "SRV"),
                           ("example.test", "TXT"), ("1.2.0.192.in-addr.arpa", "PTR"),
                           ("_443._tcp.example.test", "TLSA"), ("example.test", "CAA"),
                           ("alias.example.test", "A"), ("example.test", "NAPTR"),
                           ("www.example.test", "SSHFP"), ("long.example.test", "TXT")):
            with self.subTest(name=name, kind=kind):
                dig = subprocess.run(["dig", "+noall", "+answer", "@127.0.0.1", name, kind],
                                     capture_output=True, text=True, check=True).stdout
                theirs = [line.split(None, 4) for line in dig.splitlines()]
                ours = [line.split(None, 3)
                        for line in self.resolve("-t", kind, name).stdout.splitlines()]
                self.assertEqual(len(ours), len(theirs))
                for mine, other in zip(sorted(ours), sorted(theirs)):
                    self.assertEqual(mine[0], other[0].rstrip("."))
                    self.assertEqual(mine[2], other[3])
                    data = [word.rstrip(".").replace(".\n", "").lower()
                            for word in other[4].replace('\\"', '"').split()]
                    self.assertEqual([word.lower() for word in
                                      mine[3].replace('\\"', '"').split()], data)

    def test_https_records_have_parameters(self):
        done = self.resolve("-t", "HTTPS", "www.example.test")
        self.assertIn("HTTPS 1 . alpn=h2 port=443", done.stdout)

    def test_other_types_have_their_bytes(self):
        done = self.resolve("-t", "TYPE99", "spf.example.test")
        self.assertIn("TYPE99 \\# 3 027835", done.stdout)
        done = self.resolve("-t", "DS", "example.test")
        self.assertIn("DS \\# 6 30390d02aabb", done.stdout)

    def test_any_type_is_what_the_server_likes_to_say(self):
        done = self.resolve("-t", "ANY", "www.example.test")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(done.stdout.startswith("www.example.test "), done.stdout)
        self.assertNotIn(" ANY ", done.stdout)

    def test_json_and_several_types_at_once(self):
        done = self.resolve("--json", "-t", "A,MX", "alias.example.test", "example.test")
        self.assertEqual(done.returncode, 3)  # one of the four has no such record
        answers = {(a["name"], a["type"]): a for a in json.loads(done.stdout)}
        self.assertEqual(len(answers), 4)
        alias = answers["alias.example.test", "A"]
        self.assertEqual(alias["canonical_name"], "www.example.test")
        self.assertEqual([(each["name"], each["type"], each["data"]) for each in alias["aliases"]],
                         [("alias.example.test", "CNAME", "www.example.test")])
        self.assertEqual(alias["records"][0]["data"], "192.0.2.1")
        self.assertEqual(answers["example.test", "MX"]["records"][0]["data"],
                         "10 mail.example.test")

    def test_over_tcp(self):
        done = self.resolve("--tcp", "-t", "MX", "example.test")
        self.assertIn("MX 10 mail.example.test", done.stdout)

    def test_address_is_asked_for_by_its_name(self):
        done = self.resolve("-t", "PTR", "192.0.2.1")
        self.assertIn("PTR www.example.test", done.stdout)

    def test_missing_names_and_wrong_types(self):
        done = self.resolve("-t", "A", "nobody.example.test")
        self.assertEqual(done.returncode, 3)
        self.assertIn('look up A of "nobody.example.test"', done.stderr)
        self.assertEqual(self.resolve("-t", "MXX", "example.test").returncode, 2)

    def test_one_family_is_enough_when_no_type_was_named(self):
        for more in ((), ("--tcp",)):
            done = self.resolve(*more, "four.example.test")
            self.assertEqual((done.stdout, done.stderr, done.returncode),
                             ("four.example.test 300 A 192.0.2.4\n", "", 0))
        done = self.resolve("--json", "four.example.test", "www.example.test")
        self.assertEqual([(each["name"], each["type"]) for each in json.loads(done.stdout)],
                         [("four.example.test", "A"), ("www.example.test", "AAAA"),
                          ("www.example.test", "A")])
        done = self.resolve("-t", "AAAA,A", "four.example.test")
        self.assertEqual(done.returncode, 3)  # both were asked for
        self.assertIn('look up AAAA of "four.example.test"', done.stderr)

    def test_nothing_is_told_once(self):
        done = self.resolve("nobody.example.test")
        self.assertEqual((done.stdout, done.returncode), ("", 3))
        self.assertEqual(done.stderr.count("zocalo:"), 1, done.stderr)
        self.assertIn('look up AAAA,A of "nobody.example.test": Name or service not known',
                      done.stderr)
        done = self.resolve("_sip._tcp.example.test")  # there is such a name
        self.assertIn("No address associated", done.stderr)
        done = self.resolve("--json", "nobody.example.test", "www.example.test")
        self.assertEqual(["error" in each for each in json.loads(done.stdout)],
                         [True, False, False])
        self.assertEqual(done.returncode, 3)
        done = self.resolve("-6", "four.example.test")
        self.assertEqual(done.stderr.count("look up AAAA of"), 1, done.stderr)

    def test_an_alias_is_shown_once(self):
        done = self.resolve("alias.example.test")
        self.assertEqual(done.stdout.splitlines(),
                         ["alias.example.test 200 CNAME www.example.test",
                          "www.example.test 300 AAAA 2001:db8::1",
                          "www.example.test 300 A 192.0.2.1"])

    def test_families_choose_among_types(self):
        for arguments, kinds in ((("-4",), ["A"]), (("-6",), ["AAAA"]),
                                 (("-4", "-t", "A,AAAA"), ["A"]),
                                 (("-6", "-t", "AAAA,HTTPS,A"), ["AAAA", "HTTPS"])):
            with self.subTest(arguments):
                done = self.resolve(*arguments, "www.example.test")
                self.assertEqual([line.split()[2] for line in done.stdout.splitlines()], kinds)
                self.assertEqual(done.returncode, 0, done.stderr)
        for arguments in (("-4", "-t", "AAAA"), ("-6", "-t", "MX,A"), ("-4", "-t", "MX")):
            done = self.resolve(*arguments, "www.example.test")
            self.assertEqual((done.stdout, done.returncode), ("", 2))
            self.assertIn(" records, and such are not asked for", done.stderr)

    def test_names_of_addresses(self):
        for arguments in (("-x",), ("-x", "-t", "PTR")):
            done = self.resolve(*arguments, "192.0.2.1")
            self.assertIn(" PTR www.example.test\n", done.stdout)
            self.assertEqual((done.stdout.count("\n"), done.returncode), (1, 0))
        for arguments in (("-x", "www.example.test"), ("-x", "-t", "A", "192.0.2.1"),
                          ("-x", "-4", "192.0.2.1")):
            self.assertEqual(self.resolve(*arguments).returncode, 2)

    def test_addresses_are_known(self):
        done = run("zocalo", "resolve", "--server", "127.0.0.1:1", "192.0.2.1", "2001:db8::1")
        self.assertEqual(done.stdout.splitlines(),
                         ["192.0.2.1 0 A 192.0.2.1", "2001:db8::1 0 AAAA 2001:db8::1"])
        self.assertEqual((done.stderr, done.returncode), ("", 0))
        self.assertEqual(self.resolve("-6", "192.0.2.1").returncode, 3)

    def test_what_means_nothing_to_name_servers_is_refused(self):
        for option in (("--numeric",), ("--service", "80"), ("--mapped",), ("--passive",),
                       ("--configured",), ("--type", "stream"), ("--resolve", "a:80:::1")):
            for more in (("--server", "127.0.0.1"), ("--tcp",), ("--doh-url", "https://a/")):
                done = run("zocalo", "resolve", *more, *option, "www.example.test")
                self.assertEqual((done.stdout, done.returncode), ("", 2), option)
                self.assertIn(f"{' '.join(option[:1])}", done.stderr)
                self.assertIn(" is about addresses, and not about what name servers say",
                              done.stderr)

    def test_a_refusal_is_told_with_who_refused_and_how(self):
        for more in ((), ("--tcp",), ("-t", "MX")):
            done = self.resolve(*more, "example.org")  # dnsmasq has nobody to ask
            self.assertEqual((done.stdout, done.returncode), ("", 3))
            self.assertEqual(done.stderr.count("zocalo:"), 1, done.stderr)
            self.assertIn('of "example.org" (127.0.0.1:53 says REFUSED): ', done.stderr)

    def test_resolv_conf_names_the_server_and_the_search_list(self):
        conf = "nameserver 127.0.0.1\nsearch example.test\n"
        done = with_resolv_conf(conf, "resolve", "-t", "MX", "example.test")
        self.assertIn("MX 10 mail.example.test", done.stdout)


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
