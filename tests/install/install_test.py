# SPDX-License-Identifier: MIT
"""What is installed is enough: a foreign project builds with it, the Debian packages hold it."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from support import BUILD, cannot_run, main

ROOT = Path(__file__).resolve().parents[2]
CONSUMER = Path(__file__).resolve().parent / "consumer"
SAYS = 'hello "a\\nb" [::1]:80 127.0.0.1:80\n'
LIBRARY_ONLY = [f"-DZOCALO_{part}=OFF" for part in ("PROGRAM", "EXAMPLES", "TESTS", "BENCH")]


def call(*command, **options):
    """Runs a command that must work; what it printed."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, check=False, **options)
    if done.returncode != 0:
        raise AssertionError(f"{command}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


class Folder(unittest.TestCase):
    """A folder for all tests of a class, with the prefix that setUpClass() installs to."""

    @classmethod
    def setUpClass(cls):
        folder = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="zocalo-install-"))
        cls.folder = Path(folder)
        cls.prefix = cls.folder / "prefix"


class Consumers:
    """What must hold for archives and for shared libraries."""

    def test_find_package(self):
        for room in ("zocalo::net", "zocalo::zocalo"):
            with self.subTest(room):
                build = self.folder / room.rsplit(":", 1)[-1]
                call("cmake", "-G", "Ninja", "-S", CONSUMER, "-B", build, f"-DROOM={room}",
                     f"-DCMAKE_PREFIX_PATH={self.prefix}")
                call("cmake", "--build", build)
                self.assertEqual(call(build / "consumer"), SAYS)

    def test_find_package_refuses_what_is_not_there(self):
        project = self.folder / "asks"
        project.mkdir()
        (project / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.25)\nproject(asks LANGUAGES CXX)\n"
            "find_package(zocalo REQUIRED COMPONENTS attic)\n")
        with self.assertRaisesRegex(AssertionError, "attic"):
            call("cmake", "-G", "Ninja", "-S", project, "-B", self.folder / "b",
                 f"-DCMAKE_PREFIX_PATH={self.prefix}")

    def test_pkg_config(self):
        # A package that was moved still knows where it is.
        moved = self.folder / "moved"
        shutil.copytree(self.prefix, moved)
        libraries = next(moved.rglob("zocalo.pc")).parents[1]
        environment = dict(os.environ, PKG_CONFIG_PATH=str(libraries / "pkgconfig"),
                           LD_LIBRARY_PATH=str(libraries))
        flags = call("pkg-config", "--cflags", "--libs", "zocalo", env=environment).split()
        self.assertIn(f"-L{libraries}", [os.path.normpath(flag) for flag in flags])
        program = self.folder / "consumer"
        call("g++", "-std=c++20", CONSUMER / "main.cpp", "-o", program, *flags)
        self.assertEqual(call(program, env=environment), SAYS)


class Archives(Consumers, Folder):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        call("cmake", "--install", BUILD, "--prefix", cls.prefix)

    def test_the_program_runs(self):
        self.assertIn("0.1", call(self.prefix / "bin" / "zocalo", "--version"))

    def test_headers_are_all_there(self):
        want = {str(path.relative_to(ROOT)) for path in (ROOT / "include").rglob("*.hpp")}
        have = {str(path.relative_to(self.prefix)) for path in self.prefix.rglob("*.hpp")}
        self.assertEqual(have, want)


class SharedLibraries(Consumers, Folder):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Kept from run to run, and compiled with the flags of the release build: ccache has it all.
        build = BUILD.with_name(BUILD.name + "-shared")
        call("cmake", "-G", "Ninja", "-S", ROOT, "-B", build, "-DBUILD_SHARED_LIBS=ON",
             "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_CXX_COMPILER=g++", "-DZOCALO_WERROR=ON",
             *LIBRARY_ONLY)
        call("cmake", "--build", build)
        call("cmake", "--install", build, "--prefix", cls.prefix)


class DebianPackages(Folder):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for tool in ("dpkg", "dpkg-shlibdeps", "lintian", "gzip"):
            if shutil.which(tool) is None:
                cannot_run(f"{tool} is not installed")
        call("cpack", "-G", "DEB", "-B", cls.folder, "--config", BUILD / "CPackConfig.cmake")
        cls.packages = {path.name.split("_")[0]: path for path in cls.folder.glob("*.deb")}

    def files(self, package):
        target = self.folder / package
        call("dpkg", "-x", self.packages[package], target)
        return target, {str(path.relative_to(target)) for path in target.rglob("*")
                        if path.is_file()}

    def test_the_program(self):
        target, files = self.files("zocalo")
        self.assertLessEqual({"usr/bin/zocalo", "usr/share/doc/zocalo/copyright"}, files)
        self.assertFalse([name for name in files if name.endswith((".hpp", ".a", ".cmake"))])
        self.assertIn("0.1", call(target / "usr/bin/zocalo", "--version"))
        depends = call("dpkg", "-f", self.packages["zocalo"], "Depends")
        for library in ("libc6", "libidn2-0", "libstdc++6"):
            self.assertIn(library, depends)

    def test_the_library(self):
        target, files = self.files("libzocalo-dev")
        self.assertIn("usr/include/zocalo/net/socket.hpp", files)
        names = {name.rsplit("/", 1)[-1] for name in files}
        self.assertLessEqual({"zocalo-config.cmake", "zocalo-config-version.cmake", "zocalo.pc",
                              "zocalo-targets.cmake", "libzocalo_net.a", "libzocalo_core.a"}, names)
        self.assertNotIn("usr/bin/zocalo", files)
        for name in files:
            if name.endswith((".cmake", ".pc")):
                self.assertNotIn(str(ROOT), (target / name).read_text(), name)

    def test_lintian_finds_no_error(self):
        call("lintian", "--allow-root", "--fail-on", "error", *self.packages.values())


if __name__ == "__main__":
    main()
