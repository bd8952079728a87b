# SPDX-License-Identifier: MIT
"""XML-RPC beside its rivals, Python's and xmlrpc-c: servers that add two numbers, and clients that
have them added, one call after the other.

The program under test has one core and what drives it, or answers it, the other one. What counts is
its processor time for a call. Every round runs all programs in turn, and each is compared with the
first of the same round.
"""

import re
import subprocess
import sys
from pathlib import Path

import comparing
import report
from comparing import BUILD, PYTHON, RIVALS, RIVALS_HERE
from pinned import LOAD_CORE, Load, Server

HERE = Path(__file__).resolve().parent
XMLRPC_C, BY_PYTHON = "xmlrpc-c", "Python"
EPOLL, URING = "zocalo on epoll", "zocalo on io_uring"
ZOCALO = "zocalo"
SERVERS = {
    XMLRPC_C: [RIVALS / "xmlrpc_c_server"],
    EPOLL: [BUILD / "rpc_server", "--backend", "epoll"],
    URING: [BUILD / "rpc_server", "--backend", "uring"],
    BY_PYTHON: [PYTHON, RIVALS_HERE / "python_rpc.py"],
}
CLIENTS = {
    XMLRPC_C: [RIVALS / "xmlrpc_c_client"],
    ZOCALO: [BUILD / "rpc_client"],
    BY_PYTHON: [PYTHON, RIVALS_HERE / "python_rpc.py"],
}
CONNECTIONS = {"server: 1 connection": 1, "server: 16 connections": 16}
CELLS = [*CONNECTIONS, "client: 1 connection"]

# What was promised, of the processor time of a rival.
MOST_COST = {(cell, EPOLL, rival): 0.7 for cell in CONNECTIONS for rival in (XMLRPC_C, BY_PYTHON)}
MOST_COST |= {(CELLS[-1], ZOCALO, rival): 0.7 for rival in (XMLRPC_C, BY_PYTHON)}


def wrk(port, connections, seconds):
    """(calls, calls a second)."""
    command = ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s",
               str(HERE / "xml_call.lua"), f"http://127.0.0.1:{port}/RPC2"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in text or "Socket errors" in text or "no sum" in text:
        raise SystemExit(f"{command}: {text}")
    calls = int(re.search(r"(\d+) requests in", text)[1])
    if calls == 0:
        raise SystemExit(f"{command}: no call was answered")
    return calls, float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])


def server_run(command, connections, seconds):
    """(microseconds of processor for a call, calls a second)."""
    with Server(command) as server:
        wrk(server.port, connections, 1)
        begin = server.nanoseconds()
        calls, rate = wrk(server.port, connections, seconds)
        return (server.nanoseconds() - begin) / 1e3 / calls, rate


def client_run(command, server, seconds):
    """The same for a client."""
    with Load([*command, f"http://127.0.0.1:{server.port}/RPC2", seconds]) as client:
        begin = client.nanoseconds()
        rate, *_, calls = client.line().split()
        return (client.nanoseconds() - begin) / 1e3 / int(calls), float(rate)


def measure(cell, wanted):
    if cell in CONNECTIONS:
        return comparing.rounds_of(wanted, {
            name: lambda command=command: server_run(command, CONNECTIONS[cell], wanted.seconds)
            for name, command in SERVERS.items() if comparing.exists(name, command)})
    with Server(SERVERS[EPOLL]) as server:
        return comparing.rounds_of(wanted, {
            name: lambda command=command: client_run(command, server, wanted.seconds)
            for name, command in CLIENTS.items() if comparing.exists(name, command)})


def main():
    wanted = comparing.options(__doc__, CELLS, rounds=5, seconds=2)
    rows, missed = [], []
    for cell in wanted.cell or CELLS:
        found = measure(cell, wanted)
        rows += comparing.rows_of(cell, found)
        missed += comparing.too_costly(cell, found, MOST_COST)
    text = "\n\n".join([
        report.machine(), *comparing.absent(),
        "Servers with one core and `wrk` on the other; clients with one core and our server on "
        f"the other;\n{wanted.rounds} rounds in turn, medians:",
        report.table(("what: program", "µs/call", "of the first", "calls/s", "of the first"),
                     rows)])
    return comparing.end("rpc", wanted, text, missed)


if __name__ == "__main__":
    sys.exit(main())
