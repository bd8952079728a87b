# SPDX-License-Identifier: MIT
"""dnsmasq, a name server that we did not write, and programs of ours that are told to ask it."""

import os
import shutil
import socket
import subprocess
import tempfile
import time

from support import PATIENCE, cannot_run, program, run

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
