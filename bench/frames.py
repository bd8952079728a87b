# SPDX-License-Identifier: MIT
"""Frames captured by frame_socket, with and without a ring, beside libpcap; see
docs/performance.md."""

import statistics
import subprocess
import sys

import report

MOST_OF_LIBPCAP = 1.25  # processor time for a frame


def main():
    out = subprocess.run([report.ROOT / "build" / "bench" / "frame_capture"], check=True,
                         capture_output=True, text=True).stdout
    rounds = [[float(word) for word in line.split()] for line in out.splitlines()]
    calls, ring, rival = (statistics.median(column) for column in zip(*rounds))
    ratio = statistics.median(row[1] / row[2] for row in rounds)
    rows = [(name, f"{time:.0f}", f"{time / rival:.2f}") for name, time in
            (("zocalo frame_socket", calls), ("zocalo frame_socket with a ring", ring),
             ("libpcap pcap_next_ex", rival))]
    text = "\n".join([
        report.machine(), "",
        "Frames of 214 bytes that wait in a card, by the nanoseconds that the receiving thread",
        f"runs for each; medians of {len(rounds)} rounds, the rivals in turn:", "",
        report.table(("way", "ns a frame", "of libpcap"), rows)])
    print(text)
    report.write("frames", text)
    if ratio > MOST_OF_LIBPCAP:
        print(f"\nMore than {MOST_OF_LIBPCAP} of libpcap's time.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
