# SPDX-License-Identifier: MIT
"""docs/python-http.md held against Python's http and urllib, and against our headers."""

import http
import http.client
import http.cookiejar
import http.cookies
import http.server
import unittest
import urllib.error
import urllib.parse
import urllib.request
import urllib.response
import urllib.robotparser

from python_page import ROOMS, ROOT, claim, compiles, headers_of, holds_names, rows, with_members
from python_socket_test import naming

PAGE = "python-http.md"
MODULES = (http, http.client, http.server, http.cookies, http.cookiejar, urllib.request,
           urllib.response, urllib.error, urllib.parse, urllib.robotparser)
UNLISTED = {"Morsel"}  # public in fact, but not in __all__
# In no __all__, and what they look for first who come from there: members that only instances have.
MORE = {"HTTP_PORT", "HTTPS_PORT", "HTTPMessage", "parse_headers", "RequestRate", "proxy_bypass",
        "proxy_bypass_environment", "getproxies_environment", "parse_http_list", "parse_keqv_list",
        "request_host", "splittype", "splithost", "splituser", "splitpasswd", "splitport",
        "splitnport", "splitquery", "splittag", "splitattr", "splitvalue"}
INSTANCES = {
    "BaseHTTPRequestHandler": "path command headers request_version requestline raw_requestline "
                              "rfile wfile client_address close_connection server",
    "HTTPServer": "server_name server_port",
    "HTTPConnection": "sock host port timeout source_address debuglevel",
    "HTTPResponse": "status reason version headers msg length chunked will_close closed",
    "Request": "headers type host selector unredirected_hdrs origin_req_host unverifiable",
    "SplitResult": "scheme netloc path query fragment hostname port username password",
}
# gopherlib is in no Python that still runs.
GOPHER = {"A_TEXT": "0", "A_MENU": "1", "A_CSO": "2", "A_ERROR": "3", "A_MACBINHEX": "4",
          "A_PCBINHEX": "5", "A_UUENCODED": "6", "A_INDEX": "7", "A_TELNET": "8", "A_BINARY": "9",
          "A_DUPLICATE": "+", "A_SOUND": "s", "A_EVENT": "e", "A_CALENDAR": "c", "A_HTML": "h",
          "A_TN3270": "T", "A_MIME": "M", "A_IMAGE": "I", "A_WHOIS": "w", "A_WWW": "w",
          "A_QUERY": "q", "A_GIF": "g", "A_PLUS_IMAGE": ":", "A_PLUS_MOVIE": ";",
          "A_PLUS_SOUND": "<"}
GOPHER_NAMES = {"send_selector", "send_query", "get_directory", "get_textfile", "get_alt_textfile",
                "get_binary", "get_alt_binary", "type_to_name", "DEF_SELECTOR", "DEF_HOST",
                "DEF_PORT", "CRLF", "TAB"}


def public_names():
    for module in MODULES:
        for name in module.__all__:
            yield from with_members(name, getattr(module, name))


def claims():
    """Yields (names, C++) for each spelling of the page."""
    for index, (names, spelling, _) in enumerate(rows(PAGE)):
        letter = GOPHER.get(names[0])
        if spelling and letter:
            yield names, f"static_assert(static_cast<char>({spelling}) == '{letter}');"
        elif spelling:
            yield names, claim(index, spelling)


class the_lists_by_hand(unittest.TestCase):
    def test_are_of_names_that_python_has(self):
        for name in MORE | set(INSTANCES):
            self.assertTrue(any(hasattr(module, name) for module in MODULES), name)


class python_http(holds_names, unittest.TestCase):
    page = PAGE

    def wanted(self):
        names = set(public_names()) | UNLISTED | set(GOPHER) | GOPHER_NAMES | MORE
        names |= {f"{of}.{name}" for of, all in INSTANCES.items() for name in all.split()}
        self.assertGreater(len(names), 200)
        return names

    def test_every_spelling_compiles(self):
        code = "\n".join(f"{code}  // {names[0]}" for names, code in claims())
        result = compiles(code, headers_of((*ROOMS, "opener")))
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_a_wrong_spelling_would_be_found(self):
        headers = [ROOT / "include/zocalo/gopher/types.hpp"]
        right = "static_assert(static_cast<char>(gopher::item_type::text) == '0');"
        self.assertEqual(compiles(right, headers).returncode, 0)
        for wrong in (right.replace("'0'", "'1'"), naming(0, "gopher::menu::no_such()"),
                      naming(0, "gopher::item::naem"), "namespace n0 { using gopher::itme; }"):
            self.assertNotEqual(compiles(wrong, headers).returncode, 0, wrong)


if __name__ == "__main__":
    unittest.main()
