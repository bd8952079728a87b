# SPDX-License-Identifier: MIT
"""Names over TLS from a name server that we did not write (unbound)."""

import json
import shutil
import tempfile
import unittest
from pathlib import Path

from pki import Authority
from running import foreign
from support import cannot_run, enter_own_network, main, run
from unbound import local_names

PORT = 8853


def setUpModule():
    enter_own_network()


class SecureNames(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if shutil.which("unbound") is None:
            cannot_run("no unbound")
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.authority = Authority(folder)
        conf = Path(folder) / "unbound.conf"
        conf.write_text(local_names(folder, PORT, "tls-port", *cls.authority.for_servers()))
        cls.enterClassContext(foreign("unbound", "-c", str(conf), port=PORT))

    def resolve(self, *arguments, server=f"127.0.0.1:{PORT}", trusted=True):
        trusting = ("--cacert", self.authority.certificate) if trusted else ()
        return run("zocalo", "resolve", "--tls-server", server, *trusting, *arguments)

    def test_records_of_all_types(self):
        done = self.resolve("--json", "-t", "A,AAAA,MX,TXT", "www.example.test", "example.test")
        said = {(each["name"], each["type"]): [one["data"] for one in each.get("records", [])]
                for each in json.loads(done.stdout)}
        self.assertEqual(said["www.example.test", "A"], ["192.0.2.1"])
        self.assertEqual(said["www.example.test", "AAAA"], ["2001:db8::1"])
        self.assertEqual(said["example.test", "MX"], ["10 mail.example.test"])
        self.assertEqual(said["example.test", "TXT"], ['"v=spf1 -all"'])

    def test_a_name_that_is_not_there(self):
        done = self.resolve("-t", "A", "nobody.example.test")
        self.assertEqual(done.returncode, 3)
        self.assertIn('look up A of "nobody.example.test"', done.stderr)

    def test_the_name_of_the_server_counts(self):
        done = self.resolve("-t", "A", "www.example.test", server=f"127.0.0.1:{PORT}#localhost")
        self.assertEqual(done.returncode, 0, done.stderr)
        done = self.resolve("-t", "A", "www.example.test", server=f"127.0.0.1:{PORT}#dns.example")
        self.assertEqual(done.returncode, 6)
        self.assertIn("not for dns.example", done.stderr)

    def test_strangers_are_not_believed(self):
        done = self.resolve("-t", "A", "www.example.test", trusted=False)
        self.assertEqual(done.returncode, 6)
        self.assertNotIn("192.0.2.1", done.stdout)

    def test_strangers_are_believed_by_who_wants_that(self):
        for server in (f"127.0.0.1:{PORT}", f"127.0.0.1:{PORT}#dns.example"):
            done = self.resolve("-k", "www.example.test", server=server, trusted=False)
            self.assertEqual((done.stdout.splitlines()[-1], done.returncode),
                             ("www.example.test 300 A 192.0.2.1", 0), done.stderr)
        done = run("zocalo", "resolve", "--insecure", "127.0.0.1")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--insecure is for --tls-server and --doh-url", done.stderr)

    def test_many_questions_at_once(self):
        done = self.resolve("-t", "A", *["www.example.test"] * 300)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.count("192.0.2.1"), 300)

    def test_wrong_ones_are_mistakes_of_the_caller(self):
        for server in ("dns.example", "127.0.0.1#", "127.0.0.1:x"):
            self.assertEqual(self.resolve("a", server=server).returncode, 2)


if __name__ == "__main__":
    main()
