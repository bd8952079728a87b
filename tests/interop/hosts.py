# SPDX-License-Identifier: MIT
"""Machines of a test's own, joined by wires: each is a network namespace that a sleeping process
keeps alive."""

import subprocess
import time

from support import PATIENCE, cannot_run


class Host:
    """Another machine; `run()` runs a command there. Ends with close()."""

    def __init__(self):
        self.process = subprocess.Popen(["unshare", "--net", "sh", "-c", "echo; exec sleep 1000"],
                                        stdout=subprocess.PIPE)
        if self.process.stdout.readline() != b"\n":
            cannot_run("no further network namespace")
        self.run("ip link set lo up")

    def command(self, words):
        return ["nsenter", f"--net=/proc/{self.process.pid}/ns/net", *words]

    def run(self, line):
        return subprocess.run(self.command(line.split()), check=True, capture_output=True,
                              text=True, timeout=PATIENCE).stdout

    def set(self, name, value):
        """Writes a setting below /proc/sys/net."""
        write = f"echo '{value}' > /proc/sys/net/{name}"
        subprocess.run(self.command(["sh", "-c", write]), check=True)

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class ThisHost(Host):
    """The machine of the test itself, after enter_own_network()."""

    def __init__(self):
        pass

    def command(self, words):
        return words

    def close(self):
        pass


def wire(one, one_name, one_addresses, other, other_name, other_addresses):
    """Joins two hosts. The addresses have their prefixes behind them."""
    here = ThisHost()
    here.run(f"ip link add {one_name} type veth peer name {other_name}")
    for host, name, addresses in ((one, one_name, one_addresses),
                                  (other, other_name, other_addresses)):
        if not isinstance(host, ThisHost):
            here.run(f"ip link set {name} netns {host.process.pid}")
        host.set(f"ipv6/conf/{name}/dad_transmits", 0)  # addresses can be used at once
        for address in addresses:
            host.run(f"ip address add {address} dev {name}")
        host.run(f"ip link set {name} up")
    for host, name in ((one, one_name), (other, other_name)):
        until = time.monotonic() + PATIENCE
        while "state UP" not in host.run(f"ip -o link show {name}"):
            if time.monotonic() > until:
                raise AssertionError(f"{name} has no carrier")
            time.sleep(0.01)


def wait_until_reachable(host, address):
    """The first packets may be lost while neighbours get to know each other."""
    until = time.monotonic() + PATIENCE
    while subprocess.run(host.command(["ping", "-c", "1", "-W", "0.2", address]),
                         capture_output=True).returncode != 0:
        if time.monotonic() > until:
            raise AssertionError(f"{address} cannot be reached")


def let_everybody_ping(host):
    """Lets ICMP sockets be had without rights."""
    host.set("ipv4/ping_group_range", "0 2147483647")


def without_rights(words):
    """The command as a user who may do nothing out of the ordinary."""
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all",
            "--inh-caps=-all", "--", *words]
