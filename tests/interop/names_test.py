# SPDX-License-Identifier: MIT
"""Addresses, networks and names beside Python's ipaddress and socket."""

import ipaddress
import json
import os
import random
import socket
import subprocess
import tempfile
import unittest

from support import cannot_run, main, program, run

CASES = 3000


def ask(questions):
    """The probe's answers to (verb, text) pairs; None where the text was refused."""
    lines = "".join(f"{verb} {text.encode().hex() or '-'}\n" for verb, text in questions)
    done = subprocess.run([program("tests/values_probe")], input=lines, capture_output=True,
                          text=True, timeout=60, check=True)
    answers = [None if line == "!" else line.rstrip() for line in done.stdout.splitlines()]
    assert len(answers) == len(questions), (len(answers), len(questions))
    return answers


class Texts:
    """Random texts: good ones, and good ones with a little damage."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def v4(self):
        return str(ipaddress.IPv4Address(self.random.getrandbits(32)))

    def v6(self):
        bits = self.random.getrandbits(128)
        for _ in range(self.random.randrange(4)):  # runs of zeros are what is hard about IPv6
            low = self.random.randrange(8) * 16
            bits &= ~(((1 << 16 * self.random.randrange(1, 5)) - 1) << low)
        address = ipaddress.IPv6Address(bits)
        form = self.random.randrange(4)
        if form == 0:
            return address.exploded
        if form == 1:
            return str(address).upper()
        if form == 2:
            head = ipaddress.IPv6Address(bits >> 32 << 32).exploded[:30]
            return head + str(ipaddress.IPv4Address(bits & 0xFFFFFFFF))
        return str(address)

    def damaged(self, text):
        if self.random.random() < 0.5:
            return text
        at = self.random.randrange(len(text) + 1)
        how = self.random.randrange(3)
        junk = self.random.choice("0123456789abcdefxg.:/%-+ ")
        return text[:at] + (junk if how != 1 else "") + text[at + (how != 0):]

    def address(self):
        return self.damaged(self.random.choice((self.v4, self.v6))())

    def network(self):
        if self.random.random() < 0.5:
            ip, width = self.v4(), 32
        else:
            ip, width = self.v6(), 128
        prefix = self.random.randrange(width + 2)
        if self.random.random() < 0.7 and prefix <= width:
            ip = str(ipaddress.ip_network(f"{ip}/{prefix}", strict=False).network_address)
        if width == 32 and prefix <= 32 and self.random.random() < 0.2:
            prefix = ipaddress.IPv4Address((0xFFFFFFFF << (32 - prefix)) & 0xFFFFFFFF)
        return self.damaged(f"{ip}/{prefix}")


def or_none(make):
    try:
        return make()
    except (ValueError, OSError):
        return None


def v4_mapped_as_ours(ip):
    """Mapped addresses print as RFC 5952 §5 recommends; Python 3.11 prints hexadecimal."""
    mapped = ip.ipv4_mapped if ip.version == 6 else None
    return f"::ffff:{mapped}" if mapped else str(ip)


class Values(unittest.TestCase):
    def compare(self, verb, texts, expected_of):
        answers = ask([(verb, text) for text in texts])
        accepted = 0
        for text, ours in zip(texts, answers):
            expected = expected_of(text)
            accepted += expected is not None
            self.assertEqual(ours, expected, f"{verb} {text!r}")
        print(f"    {len(texts)} texts, {accepted} of them good, as Python says")
        self.assertGreater(accepted, len(texts) // 10)
        self.assertLess(accepted, len(texts))

    def test_strict_addresses(self):
        texts = Texts(1)
        cases = [text for text in (texts.address() for _ in range(CASES)) if "%" not in text]

        def expected(text):
            ip = or_none(lambda: ipaddress.ip_address(text))
            if ip is None:
                return None
            exploded = ip.exploded if ip.version == 6 else str(ip)
            return f"{v4_mapped_as_ours(ip)} {exploded} {ip.reverse_pointer}"

        self.compare("address", cases, expected)

    def test_kinds_of_addresses(self):
        texts = Texts(2)
        edges = ["127.0.0.1", "10.0.0.1", "172.15.255.255", "172.16.0.0", "192.168.1.1", "::1",
                 "169.254.0.1", "224.0.0.1", "239.255.255.255", "240.0.0.0", "fe80::1", "ff02::1",
                 "fc00::1", "fdff::", "2001:db8::", "0.0.0.0", "::", "198.18.0.1", "198.20.0.1"]
        cases = edges + [texts.v4() for _ in range(CASES)]
        for text, ours in zip(cases, ask([("kind", text) for text in cases])):
            ip, words = ipaddress.ip_address(text), ours.split()
            self.assertEqual("multicast" in words, ip.is_multicast, text)
            self.assertEqual("loopback" in words, ip.is_loopback, text)
            self.assertEqual("link-local" in words, ip.is_link_local, text)
            self.assertEqual("unspecified" in words, ip.is_unspecified, text)

    def test_liberal_addresses(self):
        texts = Texts(3)
        cases = []
        for _ in range(CASES):
            parts = []
            for _ in range(texts.random.randrange(1, 6)):
                bits = texts.random.choice((4, 8, 9, 16, 24, 31, 32, 33))
                number = texts.random.choice(
                    (texts.random.getrandbits(bits), (1 << bits) - 1, 1 << bits))
                form = texts.random.choice(("{}", "0{:o}", "0x{:x}", "0X{:X}"))
                parts.append(form.format(number))
            cases.append(texts.damaged(".".join(parts)))

        def expected(text):
            if " " in text or ":" in text:
                return None  # inet_aton() passes over what follows white space
            return or_none(lambda: socket.inet_ntoa(socket.inet_aton(text)))

        self.compare("liberal", [c for c in cases if ":" not in c], expected)

    def test_networks(self):
        texts = Texts(4)

        def expected(text):
            if "%" in text or text.endswith("/"):
                return None
            net = or_none(lambda: ipaddress.ip_network(text))
            if net is None:
                return None
            first, _, prefix = text.partition("/")
            if len(prefix) > 1 and prefix[0] == "0" and prefix != "0.0.0.0":
                return None  # leading zeros, and masks of hosts, are not ours
            width = net.max_prefixlen
            low, high = net.network_address, net.broadcast_address
            if width - net.prefixlen >= 2:
                low = low + 1
                high = high - 1 if net.version == 4 else high
            show = v4_mapped_as_ours
            super_net = net.supernet() if net.prefixlen else net
            return (f"{show(net.network_address)}/{net.prefixlen} {show(net.broadcast_address)} "
                    f"{net.netmask} {show(low)}-{show(high)} "
                    f"{show(super_net.network_address)}/{super_net.prefixlen}")

        self.compare("network", [texts.network() for _ in range(CASES)], expected)

    def test_subnets_and_ranges(self):
        texts = Texts(5)
        questions, expected = [], []
        for _ in range(300):
            net = ipaddress.ip_network(f"{texts.v4()}/{texts.random.randrange(30)}", strict=False)
            questions.append(("subnets", str(net)))
            expected.append(" ".join(map(str, net.subnets(3))))
            ends = sorted(ipaddress.ip_address(texts.v4()) for _ in range(2))
            questions.append(("range", f"{ends[0]}-{ends[1]}"))
            expected.append(" ".join(map(str, ipaddress.summarize_address_range(*ends))))
            low = texts.random.getrandbits(128)
            ends = sorted(ipaddress.IPv6Address(low ^ texts.random.getrandbits(70)) for _ in "ab")
            questions.append(("range", f"{ends[0]}-{ends[1]}"))
            expected.append(" ".join(map(str, ipaddress.summarize_address_range(*ends))))
        self.assertEqual(ask(questions), expected)


class Resolve(unittest.TestCase):
    def resolve(self, *arguments):
        done = run("zocalo", "resolve", "--json", *arguments)
        return done.returncode, json.loads(done.stdout)

    def test_gives_what_getaddrinfo_gives(self):
        for host, service in (("localhost", "http"), ("127.0.0.1", "53"), ("::1", "ntp"),
                              ("localhost", "514")):
            code, (answer,) = self.resolve(host, "-s", service)
            self.assertEqual(code, 0)
            ours = [(r["family"], r["type"], r["address"], r["port"]) for r in answer["records"]]
            names = {socket.AF_INET: "inet", socket.AF_INET6: "inet6",
                     socket.SOCK_STREAM: "stream", socket.SOCK_DGRAM: "datagram",
                     socket.SOCK_RAW: "raw"}
            families = {socket.AF_INET: "inet", socket.AF_INET6: "inet6"}
            self.assertEqual(ours, [(families[f], names[t], where[0], where[1])
                                    for f, t, _, _, where in socket.getaddrinfo(host, service)])

    def test_unknown_names_end_with_the_code_for_names(self):
        code, answers = self.resolve("localhost", "no-such-host.invalid")
        self.assertEqual(code, 3)
        self.assertIn("records", answers[0])
        self.assertIn("no-such-host.invalid", answers[1]["error"])

    def test_wrong_options_end_with_the_code_for_usage(self):
        for arguments in ((), ("-4", "-6", "localhost"), ("-t", "dgram", "localhost")):
            self.assertEqual(run("zocalo", "resolve", *arguments).returncode, 2)

    def test_finds_the_names_of_addresses(self):
        _, (answer,) = self.resolve("-x", "127.0.0.1")
        self.assertEqual({r["reverse"] for r in answer["records"]},
                         {socket.gethostbyaddr("127.0.0.1")[0]})

    def test_names_of_a_hosts_file_of_our_own(self):
        script = ('mount --bind "$1" /etc/hosts && shift && exec "$@"')
        with tempfile.NamedTemporaryFile("w", suffix=".hosts") as hosts:
            hosts.write("192.0.2.1 many alias\n192.0.2.2 many\n2001:db8::1 many\n"
                        "192.0.2.9 xn--bcher-kva.example\n")
            hosts.flush()
            os.chmod(hosts.name, 0o644)
            inside = ["unshare", "-m", "sh", "-c", script, "sh", hosts.name]
            if subprocess.run([*inside, "true"], capture_output=True).returncode != 0:
                cannot_run("no mount namespace")
            done = run("/usr/bin/env", *inside, program("zocalo"), "resolve", "--json", "-t",
                       "stream", "many", "alias", "bücher.example")
        many, alias, book = json.loads(done.stdout)
        self.assertEqual({r["address"] for r in many["records"]},
                         {"192.0.2.1", "192.0.2.2", "2001:db8::1"})
        self.assertEqual(alias["canonical_name"], "many")
        self.assertEqual(book["ascii"], "xn--bcher-kva.example")
        self.assertEqual(book["records"][0]["address"], "192.0.2.9")


class Interfaces(unittest.TestCase):
    def test_lists_what_ip_lists(self):
        ours = json.loads(run("zocalo", "interfaces", "--json").stdout)
        try:
            theirs = json.loads(subprocess.run(["ip", "-json", "addr"], capture_output=True,
                                               check=True, text=True).stdout)
        except FileNotFoundError:
            cannot_run("no ip(8)")
        self.assertEqual([(i["index"], i["name"], i["mtu"]) for i in ours],
                         [(i["ifindex"], i["ifname"], i["mtu"]) for i in theirs])
        for mine, other in zip(ours, theirs):
            self.assertEqual([(a["address"].split("%")[0], a["prefix"], a["scope"])
                              for a in mine["addresses"]],
                             [(a["local"], a["prefixlen"], a["scope"])
                              for a in other["addr_info"]])
            self.assertEqual(mine["state"], other["operstate"].lower())

    def test_an_unknown_one_is_named(self):
        done = run("zocalo", "interfaces", "nope")
        self.assertEqual(done.returncode, 1)
        self.assertIn('"nope"', done.stderr)


class AddressInfo(unittest.TestCase):
    def test_shows_this_machine_and_a_name(self):
        done = run("examples/address_info")
        lines = done.stdout.splitlines()
        self.assertEqual(done.returncode, 0)
        self.assertEqual(lines[0], "This machine is " + socket.gethostname())
        self.assertEqual(len(lines) - 1, len(socket.getaddrinfo("localhost", "http")))
        self.assertIn("inet stream tcp 127.0.0.1:80", lines)

    def test_an_unknown_name_is_an_error(self):
        done = run("examples/address_info", "no-such-host.invalid", "http")
        self.assertEqual(done.returncode, 1)
        self.assertIn('"no-such-host.invalid"', done.stderr)


if __name__ == "__main__":
    main()
