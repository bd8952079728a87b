# SPDX-License-Identifier: MIT
"""Names of the machines next door, which avahi answers for over multicast DNS."""

import json
import os
import shutil
import subprocess
import tempfile
import unittest

from support import Program, cannot_run, enter_own_network, main, program, run

CONFIGURATION = """
[server]
host-name=neighbour
use-ipv4=yes
use-ipv6=yes
allow-interfaces=card
enable-dbus=no
ratelimit-interval-usec=0
[publish]
publish-workstation=no
publish-hinfo=no
"""

SERVICE = """<?xml version="1.0"?>
<!DOCTYPE service-group SYSTEM "avahi-service.dtd">
<service-group>
  <name>The printer</name>
  <service><type>_ipp._tcp</type><port>631</port><txt-record>note=next door</txt-record></service>
</service-group>
"""


def command(text):
    subprocess.run(text, shell=True, check=True)


def setUpModule():
    enter_own_network()
    if shutil.which("avahi-daemon") is None:
        cannot_run("no avahi-daemon")
    if os.geteuid() != 0:
        cannot_run("only root has a network card of its own")
    command("ip link add card type veth peer name other && ip link set other addrgenmode none && "
            "ip link set card up && ip link set other up && "
            "ip address add 192.0.2.1/24 dev card")


class Neighbour(Program):
    """avahi-daemon, with folders of its own where those of the system are."""

    def __init__(self, folder):
        with open(os.path.join(folder, "avahi.conf"), "w", encoding="ascii") as file:
            file.write(CONFIGURATION)
        with open(os.path.join(folder, "printer.service"), "w", encoding="ascii") as file:
            file.write(SERVICE)
        super().__init__(
            shutil.which("unshare"), "--mount", "sh", "-c",
            "mount -t tmpfs none /run && mount -t tmpfs none /etc/avahi && "
            "mkdir /etc/avahi/services && cp \"$0/printer.service\" /etc/avahi/services && "
            "exec avahi-daemon --file \"$0/avahi.conf\" --no-drop-root --no-chroot --no-rlimits",
            folder)

    def __exit__(self, *_):
        self.interrupt()
        super().__exit__(True)  # it says on stderr what it does, which is no failure


class Neighbours(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.neighbour = cls.enterClassContext(Neighbour(cls.folder))
        cls.neighbour.wait_for(r"Service \"The printer\" .* successfully established\.", "err")

    def resolve(self, *arguments, **options):
        return run(program("zocalo"), "resolve", *arguments, **options)

    def test_addresses(self):
        done = self.resolve("-t", "stream", "neighbour.local")
        self.assertIn("192.0.2.1", done.stdout)
        self.assertIn("fe80::", done.stdout)

    def test_a_link_local_address_has_its_interface(self):
        done = self.resolve("--json", "-6", "-t", "stream", "Neighbour.local.")
        (found,) = json.loads(done.stdout)
        self.assertRegex(found["records"][0]["address"], r"^fe80::.*%\d+$")

    def test_records(self):
        done = self.resolve("-t", "PTR", "_ipp._tcp.local")
        self.assertRegex(done.stdout, r"(?m)^_ipp\._tcp\.local \d+ PTR The\\032printer\._ipp")
        done = self.resolve("-t", "SRV,TXT", "The\\032printer._ipp._tcp.local")
        self.assertRegex(done.stdout, r"SRV 0 0 631 neighbour\.local")
        self.assertIn("note=next door", done.stdout)

    def test_nobody(self):
        done = self.resolve("nobody.local", show_errors=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("nobody.local", done.stderr)


if __name__ == "__main__":
    main()
