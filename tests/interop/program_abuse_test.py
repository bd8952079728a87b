# SPDX-License-Identifier: MIT
"""What users do to a program without meaning harm: each of these went wrong once."""

import os
import re
import signal
import socket
import subprocess
import tempfile
import unittest

from running import HERE, connect, listen
from support import PATIENCE, main, program, receive_all, reset, run


def setUpModule():
    socket.setdefaulttimeout(PATIENCE)


def zocalo(words, **options):
    """Runs a command line of a shell in which $Z is our program."""
    return subprocess.run(["bash", "-c", words], capture_output=True, timeout=PATIENCE,
                          env={**os.environ, "Z": program("zocalo")}, **options)


class closed_descriptors(unittest.TestCase):
    """A socket must not become our standard input, output or error."""

    def test_connect_reads_nothing_instead_of_its_own_socket(self):
        for closed in ("<&-", "<&- 2>&-", "<&- >/dev/null 2>&-"):
            with self.subTest(closed), socket.create_server((HERE, 0)) as server:
                port = server.getsockname()[1]
                with subprocess.Popen(["bash", "-c", f"$Z connect {HERE} {port} {closed}"],
                                      env={"Z": program("zocalo")}, stdout=subprocess.PIPE) as us:
                    connection, _ = server.accept()
                    with connection:
                        connection.sendall(b"hello")
                        self.assertEqual(receive_all(connection), b"")  # and not an echo
                    output = us.communicate(timeout=PATIENCE)[0]
                self.assertEqual(output, b"" if ">/" in closed else b"hello")
                self.assertEqual(us.returncode, 0)

    def test_a_closed_output_is_a_failed_write(self):
        for closed in (">&-", "<&- >&-"):
            with self.subTest(closed), listen(HERE, 0, input=b"hello") as us:
                done = zocalo(f"$Z connect {HERE} {us.port()} {closed}")
                self.assertEqual(done.returncode, 1)
                self.assertIn(b"write the output: Bad file descriptor", done.stderr)

    def test_a_program_that_listens_has_all_three(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "socket")
            listener = subprocess.Popen(
                ["bash", "-c", f"exec $Z listen -v -U {path} -c 'ls -l /proc/self/fd/[012] "
                               "| wc -l' <&- >&-"],
                env={**os.environ, "Z": program("zocalo")}, stderr=subprocess.PIPE)
            with listener:
                self.assertIn(b"listening", listener.stderr.readline())
                with socket.socket(socket.AF_UNIX) as client:
                    client.connect(path)
                    self.assertEqual(receive_all(client).strip(), b"3")


class full_disks(unittest.TestCase):
    def test_whoever_prints_says_that_it_could_not(self):
        for words in ("interfaces", "interfaces --json", "resolve localhost", "--help", "--version",
                      "completion bash", "man connect", "connect --help"):
            with self.subTest(words):
                done = zocalo(f"$Z {words} > /dev/full")
                self.assertEqual(done.returncode, 1)
                self.assertEqual(done.stderr,
                                 b"zocalo: write standard output: No space left on device\n")

    def test_a_listener_does_not_go_on_for_nothing(self):
        for where in ("> /dev/full", "-o /dev/full"):
            for keep in ("", "-k"):
                with self.subTest(where + keep):
                    us = subprocess.Popen(["bash", "-c", f"exec $Z listen {keep} {HERE} 0 {where}"],
                                          env={"Z": program("zocalo")}, stderr=subprocess.PIPE,
                                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
                    with us:
                        port = int(re.search(rb":(\d+)\n", us.stderr.readline())[1])
                        with socket.create_connection((HERE, port)) as client:
                            client.sendall(b"data")
                            self.assertIn(b"No space left on device", us.stderr.read())
                            self.assertEqual(us.wait(PATIENCE), 1)

    def test_an_input_that_cannot_be_read_is_no_end(self):
        with listen("-k", HERE, 0, input=b"") as us:
            done = zocalo(f"$Z connect {HERE} {us.port()} < /")
            self.assertEqual(done.returncode, 1)
            self.assertIn(b"read the input: Is a directory", done.stderr)


class programs(unittest.TestCase):
    def test_one_that_reads_nothing_breaks_nothing(self):
        for command, reply in (("true", b""), ("sh -c 'echo served; exit 3'", b"served\n")):
            with self.subTest(command), listen("-e", command, HERE, 0) as us:
                with socket.create_connection((HERE, us.port())) as client:
                    client.sendall(b"x" * 1_000_000)
                    client.shutdown(socket.SHUT_WR)
                    self.assertEqual(receive_all(client), reply)
                self.assertEqual(us.process.wait(PATIENCE), 0, us.says)

    def test_an_empty_command_is_not_taken_for_none(self):
        for command in ("", " "):  # what -e "$UNSET" becomes
            done = run("zocalo", "listen", "-e", command, HERE, 0)
            self.assertEqual(done.returncode, 2)
            self.assertIn("the command is empty", done.stderr)

    def test_one_that_cannot_be_started_does_not_end_a_listener_that_is_to_stay(self):
        with listen("-k", "-e", "/no/such/program", HERE, 0) as us:
            for times in (1, 2):
                with socket.create_connection((HERE, us.port())) as client:
                    self.assertEqual(receive_all(client), b"")
                us.said("/no/such/program.*No such file", times)
        with listen("-e", "/no/such/program", HERE, 0) as us:
            with socket.create_connection((HERE, us.port())):
                self.assertEqual(us.process.wait(PATIENCE), 1)


    def test_one_that_outlives_its_client_can_be_left_with_ctrl_c(self):
        with listen("-v", "-c", "exec <&- >&-; exec sleep 10", HERE, 0) as us:
            with socket.create_connection((HERE, us.port())) as client:
                self.assertEqual(receive_all(client), b"")
            us.said("ended after")
            us.process.send_signal(signal.SIGINT)
            self.assertEqual(us.process.wait(5), 130)

    def test_clients_that_reset_leave_no_more_behind_than_may_run(self):
        with listen("-k", "-v", "-m", "2", "-e", "sleep 10", HERE, 0) as us:
            for _ in range(6):
                reset(socket.create_connection((HERE, us.port())))
            us.said("ended after", 2)
            with self.assertRaises(AssertionError):
                us.said("connection from", 3, patience=0.5)


class command_lines(unittest.TestCase):
    def fails(self, code, pattern, *arguments):
        done = run("zocalo", *arguments)
        self.assertEqual(done.returncode, code)
        self.assertRegex(done.stderr, pattern)

    def test_an_unknown_subcommand_is_named(self):
        self.fails(2, 'no such subcommand: "lisen"', "lisen", "80")
        self.fails(2, r'no such subcommand: "\\x1b', "\x1b[31m")

    def test_endless_is_no_duration(self):
        for text in ("inf", "nan", "infinity", "-1", "1e3", "0x10", "", "5 s"):
            self.fails(2, "not a duration", "connect", "-w", text, HERE, 1)
        self.fails(4, "refused", "connect", "-w", "9" * 300, HERE, 1)

    def test_host_and_port_may_be_one_word(self):
        for host in (HERE, "[::1]") if socket.has_dualstack_ipv6() else (HERE,):
            with self.subTest(host), listen(f"{host}:0", input=b"hello") as us:
                done = run("zocalo", "connect", f"{host}:{us.port()}")
                self.assertEqual((done.stdout, done.returncode), ("hello", 0), done.stderr)
            self.fails(4, re.escape(f"connect {host}:1: "), "connect", host, "1")
        self.fails(2, "stand in brackets", "connect", "::1:80:x")
        self.fails(2, "PORT is required", "connect", "::1")
        self.fails(2, "the port is empty", "connect", "localhost:")
        self.fails(2, "stand in brackets", "listen", "::1:80")
        self.fails(2, 'the port is empty', "clients", "list", "localhost:")

    def test_no_name_is_this_machine_itself(self):
        done = run("zocalo", "resolve", "", "-4", "-t", "stream")
        self.assertIn("127.0.0.1", done.stdout, done.stderr)

    def test_what_is_wrong_is_said_before_anybody_is_asked(self):
        self.fails(2, r'a name is one line, and not "a\\nb"', "clients", "list", "-n", "a\nb", "1")
        self.fails(1, 'interface "no-such": No such device', "frame", "scan", "-i", "no-such")
        self.fails(2, "the first distance, 5, is beyond the last, 3",
                   "trace", "-f", "5", "-m", "3", HERE)

    def test_the_help_that_is_named_is_that_of_the_subcommand(self):
        self.fails(2, "Try: zocalo frame send --help", "frame", "send", "--bogus")

    def test_rules_that_would_not_be_kept_are_refused(self):
        self.fails(2, "for IP", "listen", "-U", "/no/such/socket", "--allow", "10.0.0.0/8")
        self.fails(2, "no -s, -p or --interface", "connect", "-z", "-s", HERE, HERE, "1")

    def test_probes_are_for_ports(self):
        self.fails(2, "TCP and UDP", "connect", "-z", "-U", "/no/such/socket")
        self.fails(2, "TCP and UDP", "connect", "-z", "--vsock", "1", "5")

    def test_a_path_that_cannot_be_made_is_no_failed_connection(self):
        self.fails(1, "No such file", "listen", "-U", "/no/such/folder/socket")
        self.fails(1, "No such file", "connect", "-o", "/no/such/folder/file", HERE, "1")


if __name__ == "__main__":
    main()
