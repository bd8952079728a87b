# SPDX-License-Identifier: MIT
"""XML-RPC and JSON-RPC with everybody else: Python's client and xmlrpc-c's ask our server, our
program asks Python's server and xmlrpc-c's, and curl sends what only broken clients would."""

import datetime
import json
import re
import shutil
import subprocess
import tempfile
import threading
import unittest
import xmlrpc.client
from pathlib import Path
from xmlrpc.server import SimpleXMLRPCServer

from support import PATIENCE, Program, cannot_run, enter_own_network, main, run

HERE = "127.0.0.1"
SERVER = "examples/rpc_server"
SOURCE = Path(__file__).resolve().parents[2] / "bench" / "rivals" / "xmlrpc_c_server.cpp"


def setUpModule():
    enter_own_network()


def tool(name):
    return shutil.which(name) or cannot_run(f"no {name}")


class our_server(unittest.TestCase):
    def setUp(self):
        self.server = Program(SERVER, f"{HERE}:0")
        self.addCleanup(self.server.__exit__, None, None, None)
        self.server.__enter__()
        self.url = self.server.wait_for(r"serving at (\S+)")[1]

    def proxy(self, **options):
        made = xmlrpc.client.ServerProxy(self.url, allow_none=True, use_builtin_types=True,
                                         **options)
        self.addCleanup(made("close"))
        return made

    def test_is_called_by_python(self):
        server = self.proxy()
        self.assertEqual(server.add(1, 2), 3)
        self.assertEqual(server.count(["a", "b", "a"]), {"a": 2, "b": 1})
        everything = [None, True, -7, 0.1, "K\u00f6ln <&>", b"\x00\xff", [], {},
                      {"a": [{"b": None}]}, datetime.datetime(1998, 7, 17, 14, 8, 55), "x" * 200000]
        self.assertEqual(server.echo(everything), everything)
        with self.assertRaises(xmlrpc.client.Fault) as caught:
            server.divide(1, 0)
        self.assertEqual((caught.exception.faultCode, caught.exception.faultString),
                         (1, "division by zero"))

    def test_describes_itself_to_python(self):
        server = self.proxy()
        self.assertIn("count", server.system.listMethods())
        self.assertEqual(server.system.methodHelp("add"), "The sum.")
        self.assertEqual(server.system.methodSignature("add"), [["int", "int", "int"]])

    def test_takes_many_calls_of_python(self):
        calls = xmlrpc.client.MultiCall(self.proxy())
        calls.add(1, 2)
        calls.divide(9, 3)
        calls.divide(1, 0)
        results = calls()
        self.assertEqual([results[0], results[1]], [3, 3])
        self.assertRaises(xmlrpc.client.Fault, lambda: results[2])

    def test_is_called_by_xmlrpc_c(self):
        said = subprocess.run([tool("xmlrpc"), self.url, "add", "i/3", "i/4"], capture_output=True,
                              text=True, timeout=PATIENCE, check=True)
        self.assertIn("Integer: 7", said.stdout)
        said = subprocess.run([tool("xmlrpc"), self.url, "divide", "i/3", "i/0"],
                              capture_output=True, text=True, timeout=PATIENCE, check=False)
        self.assertIn("division by zero", said.stderr)

    def curl(self, document, content_type):
        said = subprocess.run(
            [tool("curl"), "-sS", "-o", "-", "-w", "\n%{http_code}", "-H",
             f"Content-Type: {content_type}", "--data-binary", "@-", self.url],
            input=document, capture_output=True, timeout=PATIENCE, check=True)
        text, _, status = said.stdout.decode().rpartition("\n")
        return int(status), text

    def test_speaks_json(self):
        asked = {"jsonrpc": "2.0", "method": "add", "params": {"b": 1, "a": 2}, "id": "x"}
        status, text = self.curl(json.dumps(asked).encode(), "application/json; charset=utf-8")
        self.assertEqual(status, 200)
        self.assertEqual(json.loads(text), {"jsonrpc": "2.0", "result": 3, "id": "x"})
        del asked["id"]
        self.assertEqual(self.curl(json.dumps(asked).encode(), "application/json"), (204, ""))

    def test_bears_what_is_no_call(self):
        for document in (b"", b"<", b"\x00" * 1000, b"<methodCall>" * 100000,
                         b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><methodCall>"
                         b"<methodName>&b;</methodName></methodCall>"):
            status, text = self.curl(document, "text/xml")
            self.assertEqual(status, 200)
            self.assertRaises(xmlrpc.client.Fault, xmlrpc.client.loads, text)
            self.assertNotIn("root:", text)
        self.assertEqual(self.curl(b"{}", "text/plain")[0], 415)
        self.assertEqual(self.proxy().add(1, 2), 3)


class our_client(unittest.TestCase):
    def setUp(self):
        self.server = SimpleXMLRPCServer((HERE, 0), allow_none=True, logRequests=False,
                                         use_builtin_types=True)
        self.server.register_introspection_functions()
        self.server.register_multicall_functions()
        self.server.register_function(lambda a, b: a + b, "add")
        self.server.register_function(lambda what: what, "echo")
        self.server.register_function(self.fail_, "divide")
        self.server.register_function(lambda words: {w: words.count(w) for w in words}, "count")
        self.url = f"http://{HERE}:{self.server.server_address[1]}/RPC2"
        thread = threading.Thread(target=self.server.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)

    @staticmethod
    def fail_(a, b):
        if b == 0:
            raise xmlrpc.client.Fault(1, "division by zero")
        return a // b

    def call(self, *arguments, status=0):
        got = run("zocalo", "rpc", *arguments)
        self.assertEqual(got.returncode, status, got.stderr)
        return got

    def test_calls_python(self):
        self.assertEqual(self.call(self.url, "add", "1", "2").stdout, "3\n")
        self.assertEqual(self.call(self.url, "add", "-1", "-2").stdout, "-3\n")
        self.assertEqual(self.call(self.url, "add", "a", '"1"').stdout, '"a1"\n')
        value = '[null, true, -7, 0.5, "K\u00f6ln", {"a": [], "b": {}}]'
        self.assertEqual(json.loads(self.call(self.url, "echo", value).stdout), json.loads(value))
        self.assertEqual(self.call("--raw", self.url, "echo", "text").stdout, "text")

    def test_tells_faults_and_statuses(self):
        self.assertIn("fault 1: division by zero",
                      self.call(self.url, "divide", "1", "0", status=9).stderr)
        self.assertIn("404", self.call(self.url + "x", "add", "1", "2", status=9).stderr)

    def test_lists_what_there_is(self):
        self.assertIn("system.listMethods", self.call(self.url).stdout)

    def test_calls_several_in_one(self):
        said = Program("examples/rpc_client", self.url)
        with said:
            said.wait_for(r"  fault 1: division by zero")
            self.assertEqual(said.wait(), 0)


class a_server_of_xmlrpc_c(unittest.TestCase):
    """The one that the benchmarks compare with."""

    def setUp(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        libraries = subprocess.run([tool("xmlrpc-c-config"), "abyss-server", "--libs"],
                                   capture_output=True, text=True, check=True).stdout.split()
        subprocess.run([tool("g++"), "-std=c++20", "-o", folder / "server", SOURCE, *libraries],
                       check=True)
        self.server = subprocess.Popen([folder / "server"], stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.server.stdout.close)
        self.addCleanup(self.server.wait)
        self.addCleanup(self.server.kill)
        self.url = f"http://{re.search(r'127[0-9.:]+', self.server.stdout.readline())[0]}/RPC2"

    def test_is_called(self):
        for value in (0, -7, 3_000_000_000, 0.5, True, None, "", "K\u00f6ln <&>", [], {},
                      [1, [2, {"a": [None]}]], {"b": {"c": "d"}}):
            got = run("zocalo", "rpc", self.url, "echo", json.dumps(value))
            self.assertEqual((json.loads(got.stdout), got.returncode), (value, 0), got.stderr)
        self.assertEqual(run("zocalo", "rpc", self.url, "add", "1", "2").stdout, "3\n")

    def test_gives_faults(self):
        got = run("zocalo", "rpc", self.url, "fail")
        self.assertEqual((got.stderr, got.returncode), ("zocalo: fault 7: out of <luck>\n", 9))

    def test_lists_what_it_has(self):
        self.assertIn("system.multicall(array)", run("zocalo", "rpc", self.url).stdout)


if __name__ == "__main__":
    main()
