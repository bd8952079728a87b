# SPDX-License-Identifier: MIT
"""Whether our pages can be used by everybody: those of `zocalo serve`, that of methods, and that of
the tutorial, in chromium with axe-core. Screenshots are left in the build's folder."""

import os
import re
import shutil
import socket
import tempfile
import unittest
from pathlib import Path

from support import BUILD, PATIENCE, Program, cannot_run, enter_own_network, main, run

SCRIPT = Path(__file__).resolve().parents[1] / "browser" / "access.mjs"
NODE_FOLDER = BUILD / "node"  # where ./dev test puts packages of npm
CHECKS = len(re.findall(r"^  async (\w+)\(url", SCRIPT.read_text(), re.MULTILINE))


def setUpModule():
    enter_own_network()
    socket.setdefaulttimeout(PATIENCE)


class pages(unittest.TestCase):
    def check(self, **urls):
        node, chromium = shutil.which("node"), shutil.which("chromium")
        if not node or not chromium or not (NODE_FOLDER / "node_modules/axe-core").exists():
            cannot_run("no node, no chromium or no axe-core; ./dev test installs them")
        shots = BUILD / "screenshots"
        shots.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
            done = run(node, SCRIPT, shots, *(f"{name}={url}" for name, url in urls.items()),
                       patience=300, env={**os.environ, "HOME": home, "ZOCALO_CHROMIUM": chromium,
                                          "ZOCALO_NODE": str(NODE_FOLDER)})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(done.stdout.count("ok "), CHECKS * len(urls))

    def test_those_of_the_server(self):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory())) / "served"
        (folder / "empty").mkdir(parents=True)
        (folder / "b.txt").write_text("b")
        (folder / ("long-name-" * 20 + ".bin")).write_bytes(bytes(300_000))
        (folder / "picture.svg").write_text(
            '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect/></svg>')
        with Program("zocalo", "serve", "--upload", "--http", "0", folder) as served:
            base = served.wait_for(r"open (http\S+)/ in a browser; .*")[1]
            self.check(listing=base + "/", empty=base + "/empty/", status=base + "/.zocalo/",
                       error=base + "/gone", forbidden=base + "/.hidden")

    def test_that_of_methods(self):
        with Program("examples/rpc_server", "127.0.0.1:0") as server:
            self.check(methods=server.wait_for(r".*(http://\S+).*")[1])

    def test_that_of_the_tutorial(self):
        with Program("examples/browser_server", "8081") as server:
            server.wait_for("open http://127.0.0.1:8081/ in a browser")
            self.check(tutorial="http://127.0.0.1:8081/")


if __name__ == "__main__":
    main()
