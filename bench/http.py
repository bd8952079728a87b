# SPDX-License-Identifier: MIT
"""HTTP beside its rivals: servers of a small response and of files, clients, a large download.

The program under test has one core and whatever drives it, or answers it, the other one. What
counts is its processor time for a request. Every round runs all programs in turn, and each is
compared with the first of the same round.
"""

import argparse
import contextlib
import re
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import report
from pinned import LOAD_CORE, Load, Server

HERE = Path(__file__).resolve().parent
BUILD = report.ROOT / "build" / "bench"
RIVALS = BUILD / "rivals"
RIVALS_HERE = HERE / "rivals"
PYTHON = "/usr/bin/python3"
NGINX, BEAST, GO, BY_PYTHON = "nginx", "Beast", "Go", "Python"
EPOLL, URING = "zocalo on epoll", "zocalo on io_uring"
EASY, MULTI, NGHTTPD = "libcurl easy", "libcurl multi", "nghttpd"


def zocalo_serve(folder):
    return [report.ROOT / "build" / "zocalo", "serve", folder, "--http", 0,
            "--gopher", "no", "--clients", "no", "--threads", 1]


HELLO = {
    NGINX: lambda: [PYTHON, RIVALS_HERE / "nginx_http.py"],
    EPOLL: lambda: [BUILD / "http_server", "--backend", "epoll"],
    URING: lambda: [BUILD / "http_server", "--backend", "uring"],
    BEAST: lambda: [RIVALS / "beast_http"],
    GO: lambda: ["env", "GOMAXPROCS=1", RIVALS / "go_http"],
    BY_PYTHON: lambda: [PYTHON, RIVALS_HERE / "python_http.py"],
}
HTTP2 = {
    NGHTTPD: lambda: [PYTHON, RIVALS_HERE / "nghttpd_http2.py"],
    EPOLL: HELLO[EPOLL],
    URING: HELLO[URING],
    NGINX: lambda: [*HELLO[NGINX](), "--http2"],
}
FILES = {
    NGINX: lambda folder: [PYTHON, RIVALS_HERE / "nginx_http.py", folder],
    EPOLL: lambda folder: ["env", "ZOCALO_BACKEND=epoll", *zocalo_serve(folder)],
    URING: lambda folder: ["env", "ZOCALO_BACKEND=uring", *zocalo_serve(folder)],
    GO: lambda folder: ["env", "GOMAXPROCS=1", RIVALS / "go_http", folder],
    BY_PYTHON: lambda folder: [PYTHON, RIVALS_HERE / "python_http.py", folder],
}
CLIENTS = {
    BEAST: [RIVALS / "beast_client"],
    EPOLL: [BUILD / "http_client", "--backend", "epoll"],
    URING: [BUILD / "http_client", "--backend", "uring"],
    EASY: [RIVALS / "curl_client"],
    MULTI: [RIVALS / "curl_client"],
    GO: ["env", "GOMAXPROCS=1", RIVALS / "go_client"],
}
HELLO_CELLS = {"64 connections": (64, 1, None), "64, 16 at once": (64, 16, None),
               "1,000 connections": (1000, 1, BY_PYTHON)}  # and who is not in it
HTTP2_CELLS = {"64 connections, 1 stream": (64, 1), "4 connections, 100 streams": (4, 100)}
UPLOADS = {
    NGINX: lambda folder: [PYTHON, RIVALS_HERE / "nginx_http.py", folder, "--put"],
    EPOLL: lambda folder: [*FILES[EPOLL](folder), "--upload", "--overwrite"],
    URING: lambda folder: [*FILES[URING](folder), "--upload", "--overwrite"],
    GO: lambda folder: [*FILES[GO](folder), "--put"],
}
IDLE = 10_000  # connections
IDLE_PACE = 1000  # requests a second, one after the other
FILE_CELLS = {"1 KiB": 1024, "4 KiB": 4096, "1 MiB": 1024 * 1024}
CLIENT_CELLS = {"1 connection": (1, MULTI), "64 connections": (64, EASY)}  # and who is not in it
DOWNLOADS = {"to a file": lambda folder: folder / "copy", "thrown away": lambda _: "/dev/null"}
CELLS = [*(f"hello: {name}" for name in HELLO_CELLS), *(f"file: {name}" for name in FILE_CELLS),
         "upload: 1 MiB", f"idle: {IDLE:,} connections",
         *(f"client: {name}" for name in CLIENT_CELLS),
         *(f"HTTP/2: {name}" for name in HTTP2_CELLS),
         *(f"1 GiB: {name}" for name in DOWNLOADS)]

# What was promised: of the processor time of a rival, or of its speed.
MOST_COST = {("hello: 64 connections", EPOLL, NGINX): 0.93,
             ("hello: 64 connections", URING, NGINX): 0.85,
             ("file: 1 KiB", EPOLL, NGINX): 0.75,
             ("HTTP/2: 64 connections, 1 stream", EPOLL, NGHTTPD): 1.0,
             ("HTTP/2: 4 connections, 100 streams", EPOLL, NGHTTPD): 1.0,
             ("client: 64 connections", EPOLL, BEAST): 1.0,
             ("client: 64 connections", EPOLL, MULTI): 0.45,
             ("client: 1 connection", EPOLL, EASY): 0.75}
LEAST_SPEED = {("hello: 64, 16 at once", EPOLL, NGINX): 6.0,
               ("file: 1 MiB", EPOLL, NGINX): 1.2,
               ("1 GiB: to a file", "zocalo get", "curl"): 1.25}


def wait_for(port):
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.02)
    raise SystemExit(f"nobody listens at port {port}")


def wrk(port, path, connections, depth, seconds, *script):
    """(requests, requests a second, microseconds of the p99) as wrk sees them."""
    command = ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s",
               "--latency", f"http://127.0.0.1:{port}/{path}"]
    command += script
    if depth > 1:
        command += ["-s", str(HERE / "pipeline.lua"), "--", str(depth)]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise SystemExit(f"{command}: {text}")
    late = re.search(r"99%\s+([\d.]+)(us|ms|s)", text)
    unit = {"us": 1, "ms": 1e3, "s": 1e6}[late[2]]
    return (int(re.search(r"(\d+) requests in", text)[1]),
            float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]), float(late[1]) * unit)


def h2load(port, connections, streams, seconds):
    """(requests, requests a second)."""
    command = ["taskset", "-c", LOAD_CORE, "h2load", "-D", seconds, "-c", connections,
               "-m", streams, f"http://127.0.0.1:{port}/"]
    text = subprocess.run([*map(str, command)], check=True, capture_output=True, text=True).stdout
    done = re.search(r"(\d+) succeeded, (\d+) failed, (\d+) errored", text)
    if int(done[1]) == 0 or (done[2], done[3]) != ("0", "0"):
        raise SystemExit(f"{command}: {text}")
    return int(done[1]), float(re.search(r"finished in .*, ([\d.]+) req/s", text)[1])


def http2_run(command, connections, streams, seconds):
    """(microseconds for a request, requests a second)."""
    with Server(command) as server:
        wait_for(server.port)
        h2load(server.port, connections, streams, 1)
        begin = server.nanoseconds()
        requests, rate = h2load(server.port, connections, streams, seconds)
        return (server.nanoseconds() - begin) / 1e3 / requests, rate


def server_run(command, path, connections, depth, seconds, *script):
    """(microseconds for a request, requests a second, microseconds of the p99)."""
    with Server(command) as server:
        wait_for(server.port)
        wrk(server.port, path, connections, depth, 1, *script)
        begin = server.nanoseconds()
        requests, rate, late = wrk(server.port, path, connections, depth, seconds, *script)
        return (server.nanoseconds() - begin) / 1e3 / requests, rate, late


def client_run(command, server, connections, seconds):
    """The same for a client."""
    with Load([*command, f"http://127.0.0.1:{server.port}/", "--connections", connections,
               "--seconds", seconds]) as client:
        begin = client.nanoseconds()
        rate, _, late, requests = client.line().split()
        return (client.nanoseconds() - begin) / 1e3 / int(requests), float(rate), float(late)


def download_run(command):
    """(seconds of the processor for it, gigabytes a second)."""
    program = subprocess.Popen(["taskset", "-c", LOAD_CORE, *map(str, command)],
                               stdout=subprocess.DEVNULL)
    begin = time.monotonic()
    spent = -_children_time()
    if program.wait() != 0:
        raise SystemExit(f"{command} failed")
    took = time.monotonic() - begin
    return spent + _children_time(), 1.073741824 / took


def _children_time():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def rounds_of(wanted, runs):
    """name → list of results, all in turn in each round."""
    found = {name: [] for name in runs}
    for _ in range(wanted.rounds):
        for name, run in runs.items():
            found[name].append(run())
    return found


def hello(name, wanted):
    connections, depth, absent = HELLO_CELLS[name]
    return rounds_of(wanted, {
        server: lambda make=make: server_run(make(), "", connections, depth, wanted.seconds)
        for server, make in present(HELLO).items() if server != absent})


def http2(name, wanted):
    connections, streams = HTTP2_CELLS[name]
    return rounds_of(wanted, {
        server: lambda make=make: http2_run(make(), connections, streams, wanted.seconds)
        for server, make in present(HTTP2).items()})


def files(name, wanted):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        (Path(folder) / "file.txt").write_bytes(b"x" * FILE_CELLS[name])
        return rounds_of(wanted, {
            server: lambda make=make: server_run(make(folder), "file.txt", 64, 1, wanted.seconds)
            for server, make in present(FILES, folder).items()})


def uploads(_, wanted):
    """Into memory: what is measured is not the disk, nor that nginx and Go do not wait for it."""
    script = ("-s", str(HERE / "upload.lua"), "--", str(1024 * 1024))
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        Path(folder).chmod(0o777)
        return rounds_of(wanted, {
            server: lambda make=make: server_run(make(folder), "", 16, 1, wanted.seconds, *script)
            for server, make in present(UPLOADS, folder).items()})


def ask(connection):
    connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    if b"Hello, World!" not in connection.recv(4096):
        raise SystemExit("no answer")


def idle_run(command):
    """Bytes for each connection: before its request, and after it."""
    with Server(command) as server, contextlib.ExitStack() as opened:
        wait_for(server.port)

        def connect():
            there = ("127.0.0.1", server.port)
            return opened.enter_context(socket.create_connection(there))

        for one in [connect() for _ in range(64)]:
            ask(one)
        time.sleep(1)
        none = server.memory()
        resting = [connect() for _ in range(IDLE)]
        time.sleep(1)
        before = server.memory()
        begin = time.monotonic()
        for number, one in enumerate(resting, 1):
            ask(one)
            time.sleep(max(0, begin + number / IDLE_PACE - time.monotonic()))
        time.sleep(1)
        return (before - none) / IDLE, (server.memory() - none) / IDLE


def idle_rows():
    """One run each: memory does not depend on who else uses the machine."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    rows, missed = [], []
    for server, make in present(HELLO).items():
        if server == BY_PYTHON:
            continue
        before, after = idle_run(make())
        rows.append((server, f"{before:,.0f}", f"{after:,.0f}"))
        if server == EPOLL and before > 500:
            missed.append(f"idle: {server} keeps {before:.0f} bytes; promised: 500.")
    return rows, missed


def clients(name, wanted):
    connections, absent = CLIENT_CELLS[name]
    with Server(HELLO[NGINX]()) as server:
        wait_for(server.port)
        return rounds_of(wanted, {
            client: lambda command=command: client_run(command, server, connections,
                                                       wanted.seconds)
            for client, command in CLIENTS.items()
            if client != absent and exists(client, command)})


def downloads(name, wanted):
    with tempfile.TemporaryDirectory(dir="/dev/shm") as at:
        folder = Path(at)
        folder.chmod(0o755)
        with (folder / "large").open("wb") as large:
            large.truncate(1 << 30)
        with Server(FILES[NGINX](folder)) as server:
            wait_for(server.port)
            url, into = f"http://127.0.0.1:{server.port}/large", DOWNLOADS[name](folder)
            return rounds_of(wanted, {
                "curl": lambda: download_run(["curl", "-s", "-o", into, url]),
                "zocalo get": lambda: download_run([report.ROOT / "build" / "zocalo", "get", "-s",
                                                    "-o", into, url])})


LOUD = []


def exists(name, command):
    program = next(part for part in command if isinstance(part, Path))
    if program.exists():
        return True
    text = f"**Absent, so not compared: {name}.** `./dev setup bench` installs it."
    if text not in LOUD:
        LOUD.append(text)
    return False


def present(servers, *arguments):
    return {name: make for name, make in servers.items() if exists(name, make(*arguments))}


def rows_of(cell, found):
    """A row for each program, and what it missed of the promises, in words."""
    rows, missed = [], []
    medians = {name: [statistics.median(column) for column in zip(*runs)]
               for name, runs in found.items()}
    first = next(iter(found))
    for name, (cost, speed, *late) in medians.items():
        rows.append((f"{cell}: {name}", f"{cost:.2f}", f"{ratio(found, name, first, 0):.2f}",
                     f"{speed:,.2f}" if speed < 100 else f"{speed:,.0f}",
                     f"{ratio(found, name, first, 1):.2f}",
                     *(f"{figure:,.0f}" for figure in late)))
    for column, promises in ((0, MOST_COST), (1, LEAST_SPEED)):
        for (where, ours, rival), limit in promises.items():
            if where != cell or ours not in found or rival not in found:
                continue
            is_now = ratio(found, ours, rival, column)
            if (is_now > limit) if column == 0 else (is_now < limit):
                what = "costs" if column == 0 else "has the speed of"
                missed.append(f"{cell}: {ours} {what} {is_now:.2f} × {rival}; promised: {limit}.")
    return rows, missed


def ratio(found, name, rival, column):
    if any(base[column] == 0 for base in found[rival]):
        raise SystemExit(f"{rival} has measured nothing in one of {found[rival]}")
    return statistics.median(run[column] / base[column]
                             for run, base in zip(found[name], found[rival]))


def measure(cell, wanted):
    kind, name = cell.split(": ", 1)
    if kind == "idle":
        return idle_rows()
    how = {"hello": hello, "file": files, "upload": uploads, "client": clients,
           "HTTP/2": http2, "1 GiB": downloads}[kind]
    return rows_of(cell, how(name, wanted))


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--cell", action="append", choices=CELLS, metavar="CELL",
                        help=f"one of: {'; '.join(CELLS)}")
    parser.add_argument("--print-only", action="store_true",
                        help="leave docs/performance.md as it is")
    return parser.parse_args()


def main():
    wanted = options()
    requests, second, large, idle, missed = [], [], [], [], []
    for cell in wanted.cell or CELLS:
        rows, late = measure(cell, wanted)
        tables = {"1 GiB": large, "HTTP/2": second, "idle": idle}
        tables.get(cell.split(":")[0], requests).extend(rows)
        missed += late
    parts = [report.machine(), *LOUD]
    if requests:
        parts += ["Servers with one core and `wrk` on the other; clients with one core and nginx "
                  f"on the other;\n{wanted.rounds} rounds in turn, medians:",
                  report.table(("what: program", "µs/request", "of the first", "requests/s",
                                "of the first", "p99 µs"), requests)]
    if second:
        parts += ["Servers of HTTP/2 without TLS with one core, and `h2load` on the other:",
                  report.table(("what: program", "µs/request", "of the first", "requests/s",
                                "of the first"), second)]
    if idle:
        parts += [f"Bytes for each of {IDLE:,} connections, of which {IDLE_PACE:,} in a second ask "
                  "once; nginx has set\naside memory for them before:",
                  report.table(("server", "before a request", "after it"), idle)]
    if large:
        parts += ["A download from nginx:",
                  report.table(("what: program", "s of processor", "of the first", "GB/s",
                                "of the first"), large)]
    text = "\n\n".join(parts)
    print(text)
    if not (wanted.print_only or wanted.cell):
        report.write("http", text)
    for line in missed:
        print(line)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
