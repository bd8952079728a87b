# SPDX-License-Identifier: MIT
"""Names the branches of the protocols' engines that no test takes.

An engine does no input and output, so a test can reach all of it. ./dev coverage builds the tests
for this, with counters in them.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build-coverage"


# Beside the room's own: what happens where there is no memory.
ALSO = {"http": ["allocations"]}
# What the engine of each room is made of.
ENGINES = {
    "gopher": ["engine.cpp"],
    "http": ["authority.cpp", "client_engine.cpp", "content_reader.cpp", "content_writer.cpp",
             "engine.cpp", "field_reader.cpp", "head_facts.cpp", "http2_callbacks.cpp",
             "http2_engine.cpp", "http2_heads.cpp", "http2_memory.cpp", "http2_meter.hpp",
             "http2_receiving.cpp", "http2_sending.cpp", "http2_session.cpp", "http2_session.hpp",
             "http2_skipped.hpp", "http2_stream.cpp", "http2_stream.hpp", "http2_table.hpp",
             "line_cutter.cpp", "scan.hpp", "server_engine.cpp", "trailers.cpp",
             "value_scanner.cpp", "version_text.hpp"],
    "rpc": ["answer_json.cpp", "answer_xml.cpp", "convert.cpp", "json_value.cpp", "methods.cpp",
            "value.cpp", "xml_read.cpp", "xml_text.cpp", "xml_write.cpp"],
    "url": ["byte_set.hpp", "escape_sequence.hpp", "host.cpp", "host_name.hpp", "join.cpp",
            "netrc.cpp", "origin.cpp", "query.cpp", "quote.cpp", "robots.cpp", "uri.cpp",
            "uri_parser.cpp", "web_host.cpp", "web_parser.cpp", "web_parser.hpp", "web_url.cpp",
            "zoned_address.cpp"],
    "ws": ["deflate.cpp", "engine.cpp", "frame.cpp", "handshake.cpp", "text_check.cpp"],
}


def engine(room):
    return [ROOT / "src" / room / name for name in ENGINES[room]]


def run(*command, **more):
    return subprocess.run([str(part) for part in command], check=True, **more)


def report(room):
    """What llvm-cov knows of each file after a run of the room's tests."""
    names = [room, *ALSO.get(room, [])]
    tests = [BUILD / "tests" / f"test_{name}" for name in names]
    raws = [BUILD / f"{name}.raw" for name in names]
    data = BUILD / f"{room}.profile"
    for test, raw in zip(tests, raws):
        run(test, "--gtest_brief=1", env={**os.environ, "LLVM_PROFILE_FILE": str(raw)},
            stdout=subprocess.DEVNULL)
    run("llvm-profdata-19", "merge", "-o", data, *raws)
    objects = [part for test in tests for part in ("-object", test)][1:]
    text = run("llvm-cov-19", "export", "--instr-profile", data, *objects, *engine(room),
               stdout=subprocess.PIPE).stdout
    return json.loads(text)["data"][0]["files"]


def branches(file, source):
    """{(line, column): [times taken, times not taken]}, those of a template counted together. A
    switch has none of its own: the compiler knows that the cases are all there are."""
    counts = {}
    for line, column, _, _, taken, untaken, *_ in file["branches"]:
        if source[line - 1].lstrip().startswith("switch ("):
            continue
        count = counts.setdefault((line, column), [0, 0])
        count[0] += taken
        count[1] += untaken
    return counts


def show(file):
    """Prints what the tests miss of a file; how many branches that is."""
    path = Path(file["filename"]).relative_to(ROOT)
    source = (ROOT / path).read_text().splitlines()
    counts = branches(file, source)
    misses = [(place, way) for place, taken in sorted(counts.items())
              for way, count in zip(("true", "false"), taken) if count == 0]
    print(f"{path}: {2 * len(counts) - len(misses)} of {2 * len(counts)} branches")
    for (line, column), way in misses:
        print(f"  {path}:{line}:{column}: never {way}: {source[line - 1].strip()}")
    return len(misses)


def main():
    parser = argparse.ArgumentParser(prog="./dev coverage", description=__doc__)
    parser.add_argument("rooms", metavar="ROOM", nargs="*", help=", ".join(ENGINES))
    asked = parser.parse_args().rooms or list(ENGINES)
    unknown = [room for room in asked if room not in ENGINES]
    if unknown:
        parser.error(f"no engine in {', '.join(unknown)}")
    misses = sum(show(file) for room in asked for file in report(room))
    sys.exit(f"{misses} branches are taken by no test" if misses else 0)


if __name__ == "__main__":
    main()
