# SPDX-License-Identifier: MIT
"""Runs the fuzz targets of build-fuzz/, each on its seeds and on what earlier runs have found."""

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build-fuzz" / "fuzz"


def options():
    parser = argparse.ArgumentParser(prog="./dev fuzz", description=__doc__)
    parser.add_argument("seconds", nargs="?", type=int, default=10, help="for each target (10)")
    parser.add_argument("what", nargs="?", default="*", help="one target: address (all)")
    return parser.parse_args()


def command(target, seconds):
    """libFuzzer's command line: bounded in time and memory; the findings go to build-fuzz/."""
    what = target.name.removeprefix("fuzz_")
    found = BUILD / "corpus" / what
    found.mkdir(parents=True, exist_ok=True)
    line = [target, f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=1024",
            "-max_len=4096", "-print_final_stats=1", f"-artifact_prefix={BUILD}/{what}-", found]
    seeds = ROOT / "fuzz" / "corpus" / what
    if seeds.is_dir():
        line.append(seeds)
    words = ROOT / "fuzz" / f"{what}.dict"
    if words.exists():
        line.insert(1, f"-dict={words}")
    return line


def report(target, done):
    """One line for a target that held, everything for one that did not."""
    runs = [line.split()[-1] for line in done.stderr.splitlines()
            if line.startswith("stat::number_of_executed_units")]
    if done.returncode == 0:
        print(f"{target.name}: {''.join(runs) or '?'} inputs, no fault", flush=True)
        return
    print(done.stderr)
    print(f"{target.name}: FAILED; the input is kept as {BUILD}/{target.name[5:]}-*", flush=True)


def main():
    wanted = options()
    targets = [path for path in sorted(BUILD.glob(f"fuzz_{wanted.what}")) if path.is_file()]
    if not targets:
        sys.exit(f"no fuzz target {wanted.what}")
    failed = 0
    for target in targets:
        done = subprocess.run(command(target, wanted.seconds), stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                              errors="backslashreplace", check=False)
        report(target, done)
        failed += done.returncode != 0
    print(f"{len(targets) - failed} held, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
