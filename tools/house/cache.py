# SPDX-License-Identifier: MIT
"""Commands whose result is remembered as long as nothing that they read has changed."""

import concurrent.futures
import functools
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from .project import includes

CONFIGURATION = (".clang-tidy", "tests/.clang-tidy", ".clang-format",
                 "tools/house/banned_calls.hpp")
SEARCHED = ("include", "src", "tests", "apps/zocalo", "")


@functools.cache
def tool_version(tool):
    """What tells one build of a tool from another, without running it."""
    path = Path(shutil.which(tool) or tool).resolve()
    if not path.exists():
        raise SystemExit(f"{tool} is not installed: ./dev setup")
    status = path.stat()
    return f"{path} {status.st_size} {status.st_mtime_ns}"


class Cache:
    """Passes of commands over single files, as empty files named after the hash of the input."""

    def __init__(self, project, folder):
        self.project = project
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    def forget(self):
        for entry in self.folder.iterdir():
            entry.unlink()

    @functools.cache
    def _closure(self, path):
        """The file and all files of the project that it includes, however deep."""
        seen, todo = set(), [path]
        while todo:
            current = todo.pop()
            if current in seen:
                continue
            seen.add(current)
            for _, _, name in includes(self.project.text(current)):
                for base in (os.path.dirname(current), *SEARCHED):
                    found = os.path.normpath(os.path.join(base, name))
                    if found in self._known:
                        todo.append(found)
                        break
        return sorted(seen)

    @functools.cached_property
    def _known(self):
        return frozenset(self.project.paths)

    @functools.cache
    def _file_hash(self, path):
        return hashlib.sha256((self.project.root / path).read_bytes()).hexdigest()

    def _key(self, path, command):
        parts = [tool_version(command[0]), *command]
        for name in self._closure(path) + [c for c in CONFIGURATION if c in self._known]:
            parts += [name, self._file_hash(name)]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def passes(self, jobs):
        """(path, key) of the jobs that are remembered here."""
        keys = [(path, self._key(path, command)) for path, command, _ in jobs]
        return [(path, key) for path, key in keys if (self.folder / key).exists()]

    def run(self, jobs, recorded=frozenset()):
        """Runs jobs (path, command, judge); judge(exit code, output) returns findings.

        Jobs without findings are remembered. Those whose keys are `recorded` have passed on another
        machine. Returns the findings of the others.
        """
        def one(job):
            path, command, judge = job
            key = self._key(path, command)
            mark = self.folder / key
            if mark.exists() or key in recorded:
                mark.touch()
                return []
            done = subprocess.run(command, cwd=self.project.root, text=True, errors="replace",
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  stdin=subprocess.DEVNULL, check=False)
            found = judge(done.returncode, done.stdout)
            if not found:
                mark.touch()
            return found

        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            return [finding for found in pool.map(one, jobs) for finding in found]
