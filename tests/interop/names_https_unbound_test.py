# SPDX-License-Identifier: MIT
"""Names over HTTPS (RFC 8484) from a name server that we did not write: unbound, which speaks
HTTP/2 and nothing else there."""

import json
import shutil
import tempfile
import unittest
from pathlib import Path

from pki import Authority
from running import foreign
from support import cannot_run, enter_own_network, main, run
from unbound import local_names

PORT = 8443


def setUpModule():
    enter_own_network()


class names_over_https(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if shutil.which("unbound") is None:
            cannot_run("no unbound")
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.authority = Authority(folder)
        conf = Path(folder) / "unbound.conf"
        conf.write_text(local_names(folder, PORT, "https-port", *cls.authority.for_servers()))
        cls.enterClassContext(foreign("unbound", "-c", str(conf), port=PORT))

    def resolve(self, *arguments, path="/dns-query"):
        return run("zocalo", "resolve", "--doh-url", f"https://localhost:{PORT}{path}",
                   "--cacert", self.authority.certificate, *arguments)

    def test_records_of_all_types(self):
        done = self.resolve("--json", "-t", "A,AAAA,MX,TXT", "www.example.test", "example.test")
        said = {(each["name"], each["type"]): [one["data"] for one in each.get("records", [])]
                for each in json.loads(done.stdout)}
        self.assertEqual(said["www.example.test", "A"], ["192.0.2.1"])
        self.assertEqual(said["www.example.test", "AAAA"], ["2001:db8::1"])
        self.assertEqual(said["example.test", "MX"], ["10 mail.example.test"])
        self.assertEqual(said["example.test", "TXT"], ['"v=spf1 -all"'])

    def test_a_name_that_is_not_there(self):
        self.assertEqual(self.resolve("-t", "A", "nobody.example.test").returncode, 3)

    def test_a_path_that_is_not_there(self):
        done = self.resolve("-t", "A", "www.example.test", path="/elsewhere")
        self.assertNotEqual(done.returncode, 0)
        self.assertNotIn("192.0.2.1", done.stdout)

    def test_strangers_are_believed_by_who_wants_that(self):
        asking = ("resolve", "--doh-url", f"https://localhost:{PORT}/dns-query", "-4",
                  "www.example.test")
        self.assertEqual(run("zocalo", *asking).returncode, 6)
        done = run("zocalo", *asking, "--insecure")
        self.assertEqual((done.stdout, done.returncode),
                         ("www.example.test 300 A 192.0.2.1\n", 0), done.stderr)

    def test_many_questions_at_once(self):
        done = self.resolve("-t", "A", *["www.example.test"] * 300)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.count("192.0.2.1"), 300)

    def test_a_page_is_fetched_from_a_name_of_it(self):
        done = run("zocalo", "get", "-v", "--connect-timeout", "1",
                   "--doh-url", f"https://localhost:{PORT}/dns-query",
                   "--cacert", self.authority.certificate, "http://here.example.test:1/")
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn("127.0.0.1:1", done.stderr)  # which is where nobody listens


if __name__ == "__main__":
    main()
