# SPDX-License-Identifier: MIT
"""Records from a real name server (dnsmasq) beside dig."""

import json
import shutil
import subprocess
import unittest

from dnsmasq import NameServer, with_resolv_conf
from support import cannot_run, enter_own_network, main, run


def setUpModule():
    enter_own_network()


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


if __name__ == "__main__":
    main()
