# SPDX-License-Identifier: MIT
"""The pages of `zocalo serve` in chromium, driven by playwright-core. Screenshots are left in the
build's folder."""

import os
import shutil
import socket
import tempfile
import unittest
from pathlib import Path

from support import BUILD, PATIENCE, Program, cannot_run, enter_own_network, main, run

SCRIPT = Path(__file__).resolve().parents[1] / "browser" / "pages.mjs"
NODE_FOLDER = BUILD / "node"  # where ./dev test puts playwright-core


def setUpModule():
    enter_own_network()
    socket.setdefaulttimeout(PATIENCE)


class pages(unittest.TestCase):
    def test_in_chromium(self):
        node, chromium = shutil.which("node"), shutil.which("chromium")
        if not node or not chromium or not (NODE_FOLDER / "node_modules/playwright-core").exists():
            cannot_run("no node, no chromium or no playwright-core; ./dev test installs them")
        shots = BUILD / "screenshots"
        shots.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
            folder = Path(home) / "served"
            (folder / "docs").mkdir(parents=True)
            (folder / "b.txt").write_text("b")
            (folder / "c <i>.txt").write_text("cc")
            (folder / "large.bin").write_bytes(bytes(300_000))
            (folder / "picture.svg").write_text(
                '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect/></svg>')
            sent = Path(home) / "sent.txt"
            sent.write_text("sent by a browser")
            with Program("zocalo", "serve", "--upload", "--http", "0", folder) as served:
                base = served.wait_for(r"open (http\S+)/ in a browser; .*")[1]
                done = run(node, SCRIPT, base, sent, shots, patience=180, env={
                    **os.environ, "HOME": home, "ZOCALO_NODE": str(NODE_FOLDER),
                    "ZOCALO_CHROMIUM": chromium})
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertEqual((folder / "docs" / "sent.txt").read_text(), "sent by a browser")
            self.assertEqual((folder / "docs" / "dropped.txt").read_text(), "dropped")
        self.assertEqual(len([line for line in done.stdout.splitlines()
                              if line.startswith("ok ")]), 6)


if __name__ == "__main__":
    main()
