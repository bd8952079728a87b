# SPDX-License-Identifier: MIT
"""Who may include whom."""

import re

from .project import Finding, includes

STANDARD = frozenset("""
    algorithm any array atomic barrier bit bitset cassert cctype cerrno cfenv cfloat charconv chrono
    cinttypes climits clocale cmath codecvt compare complex concepts condition_variable coroutine
    csetjmp csignal cstdarg cstddef cstdint cstdio cstdlib cstring ctime cuchar cwchar cwctype deque
    exception execution filesystem format forward_list fstream functional future initializer_list
    iomanip ios iosfwd iostream istream iterator latch limits list locale map memory memory_resource
    mutex new numbers numeric optional ostream queue random ranges ratio regex scoped_allocator
    semaphore set shared_mutex source_location span sstream stack stdexcept stop_token streambuf
    string string_view strstream syncstream system_error thread tuple type_traits typeindex typeinfo
    unordered_map unordered_set utility valarray variant vector version""".split())

# The rooms, and those that each may include beside itself. Rooms of one row do not see each other.
_BELOW_PROTOCOLS = ("core", "net", "io", "tls", "sim", "text", "mime", "url", "sasl", "serve")
ROOMS = {
    "sys": ("core",),  # values only: include_direction() sees to it
    "core": ("sys",),
    "net": ("sys", "core"),
    "io": ("sys", "core", "net"),
    **{room: ("sys", "core", "net", "io")
       for room in ("tls", "sim", "text", "mime", "url", "sasl")},
    "serve": ("sys",) + _BELOW_PROTOCOLS[:-1],
    **{room: ("sys",) + _BELOW_PROTOCOLS
       for room in ("http", "ftp", "smtp", "pop3", "imap", "nntp", "telnet", "gopher")},
    **{room: ("sys",) + _BELOW_PROTOCOLS + ("http",) for room in ("rpc", "ws")},
    # What opens any URL sees all protocols that have one.
    "opener": ("sys",) + _BELOW_PROTOCOLS + ("http", "gopher"),
}

# What the rooms above may see of a room beside its public headers: there is one of each thing.
# src/sim/ is a backend of the engine in a room of its own, so it sees the contract.
SHARED = {"net/accept_next.hpp", "net/admission.hpp", "net/ascii_host.hpp", "net/fail.hpp",
          "net/io_vector.hpp", "net/wake_up.hpp", "io/backend/contract.hpp",
          "io/backend/descriptor.hpp", "io/backend/file_operation.hpp", "io/misuse.hpp",
          "io/names/name_source.hpp", "http/page.hpp", "http/value_scanner.hpp", "http/lists.hpp",
          "http/websocket_key.hpp", "serve/rate_limit.hpp"}

# What a folder outside src/ may include beside public headers and the standard library. What the
# program needs of the cellar, and why the library does not have that, is in docs/layout.md.
GUESTS = {
    "apps/": r"CLI/.*|fmt/.*|nlohmann/.*|toml\+\+/.*"
             r"|sys/(file|process|terminal)\.hpp",
    "examples/": r"nlohmann/.*",
    # inet_pton() is an oracle; the program has parsers of its own, and io reads two of the system's
    # files, whose paths nobody can choose.
    "fuzz/": r"arpa/inet\.h|CLI/CLI\.hpp|fetch/(links|mirror_names|option_file|url_pattern)\.hpp"
             r"|serve/request\.hpp|io/names/(hosts_file|resolv_conf)\.hpp",
}


def room_of(path):
    """The room that a file belongs to, or None outside include/ and src/."""
    match = re.match(r"(?:include/zocalo|src)/(\w+)/", path)
    return match[1] if match else None


def _target_room(name):
    """The room that an include names: "zocalo/net/socket.hpp", "net/fail.hpp"."""
    parts = name.removeprefix("zocalo/").split("/")
    return parts[0] if len(parts) > 1 else None


def include_direction(project):
    """Rooms include downwards only."""
    for path in project.cpp(under=("include/", "src/")):
        room = room_of(path)
        if room is None:
            continue
        if room not in ROOMS:
            yield Finding(path, 1, f"the room {room} has no place in tools/house/include_rules.py")
            continue
        for line, quoted, name in includes(project.text(path)):
            target = _target_room(name) if quoted else None
            if target is not None and target != room and target not in ROOMS[room]:
                yield Finding(path, line, f"{room} must not include {target}: {name}")
            if room == "sys" and target == "core" and not name.startswith("zocalo/"):
                yield Finding(path, line, f"sys may see core's public values only: {name}")


def private_headers(project):
    """A header of src/<room>/ is included by its room only; those of src/sys/ by src/ only."""
    for path in project.cpp(under=("src/",)):
        for line, quoted, name in includes(project.text(path)):
            if not quoted or name.startswith("zocalo/") or name in SHARED:
                continue
            target = _target_room(name)
            if target not in (None, room_of(path), "sys", "core"):
                yield Finding(path, line, f"{name} is private to {target}")


def public_headers_are_pure(project):
    """Public headers include the standard library and public headers only."""
    for path in project.public_headers():
        for line, quoted, name in includes(project.text(path)):
            pure = name.startswith("zocalo/") if quoted else name in STANDARD
            if not pure:
                yield Finding(path, line, f"a public header must not include {name}")


def _is_local(project, path, name):
    """Whether a quoted include stands beside the file, or in the folder that its tests test."""
    bases = [path.rsplit("/", 1)[0], path.split("/")[0]]
    if path.startswith(("tests/program/", "apps/zocalo/")):
        bases.append("apps/zocalo")
    return any((project.root / base / name).is_file() for base in bases)


def outsiders_use_public_headers(project):
    """apps/, examples/ and fuzz/ are written against public headers, as our users' programs are."""
    for folder, guests in GUESTS.items():
        for path in project.cpp(under=(folder,)):
            for line, quoted, name in includes(project.text(path)):
                if name.startswith("zocalo/") or name in STANDARD or re.fullmatch(guests, name):
                    continue
                if quoted and _is_local(project, path, name):
                    continue
                yield Finding(path, line, f"{folder} must not include {name}")


def tests_stay_outside(project):
    """Tests and benchmarks see public headers only: no private header of src/."""
    for path in project.cpp(under=("tests/", "bench/")):
        for line, quoted, name in includes(project.text(path)):
            if quoted and not name.startswith("zocalo/") and not _is_local(project, path, name):
                yield Finding(path, line, f"{name} is no public header")


RULES = (include_direction, private_headers, public_headers_are_pure,
         outsiders_use_public_headers, tests_stay_outside)
