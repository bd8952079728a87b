// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Requests that two programs behind each other could understand differently, and what we make of
/// them: about 450, made from a compact table (threats F1 to F7).
namespace zocalo::tests {

struct suspect {
    std::string bytes;
    /// 0: it is a request, and everything up to its last byte belongs to it. Otherwise the answer.
    unsigned verdict;
};

namespace smuggling {

inline const std::string follower = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";

inline std::string request(std::string_view fields, std::string_view content = {},
                           std::string_view line = "POST / HTTP/1.1") {
    std::string text(line);
    text.append("\r\nHost: a\r\n").append(fields).append("\r\n").append(content);
    return text;
}

/// What a Content-Length may not be, and what a chunk's size may not be (F2).
inline void add_numbers(std::vector<suspect>& all) {
    const std::vector<std::string> wrong{"+5",
                                         "-5",
                                         "0x5",
                                         "5_0",
                                         "5 0",
                                         "5,",
                                         ",5",
                                         "5, 5",
                                         "5,6",
                                         "5;",
                                         "5.0",
                                         "5e0",
                                         "\"5\"",
                                         "'5'",
                                         "5\v",
                                         "\v5",
                                         "5\f",
                                         "five",
                                         "0b1",
                                         "0o5",
                                         "",
                                         std::string("5\0", 2),
                                         "\xD9\xA5",
                                         "\xEF\xBC\x95",
                                         "99999999999999999999",
                                         "18446744073709551616",
                                         "00000000000000000005",
                                         "--5",
                                         "5-"};
    for (const std::string& each : wrong)
        all.push_back({request("Content-Length: " + each + "\r\n", "hello"), 400});
    for (const char* good : {"5", "05", "0000000000000000005", "5 ", " 5", "\t5\t"})
        all.push_back({request(std::string("Content-Length:") + good + "\r\n", "hello"), 0});
    for (const std::string& each : wrong) {
        if (each != "5;" && each != "5e0" && each != "0b1")  // right where numbers are hexadecimal
            all.push_back(
                {request("Transfer-Encoding: chunked\r\n", each + "\r\nhello\r\n0\r\n\r\n"), 400});
    }
    for (const char* size : {" 5", "5 ", "\t5", "5\t", "5 ;a", "0x5", "5h", "g", "5\r", "\n5",
                             "10000000000000000", "00000000000000005", "ffffffffffffffffff"})
        all.push_back({request("Transfer-Encoding: chunked\r\n",
                               std::string(size) + "\r\nhello\r\n0\r\n\r\n"),
                       400});
    for (const char* good : {"5", "05", "0000000000000005", "5;a", "5;a=b", "5;a=\"b;c\"", "5;"})
        all.push_back({request("Transfer-Encoding: chunked\r\n",
                               std::string(good) + "\r\nhello\r\n0\r\n\r\n"),
                       0});
}

/// Two ways to say where a message ends (F1).
inline void add_conflicts(std::vector<suspect>& all) {
    const std::string chunks = "5\r\nhello\r\n0\r\n\r\n";
    const std::string te = "Transfer-Encoding: chunked\r\n";
    for (const char* length : {"0", "5", "6", "15", "999"}) {
        const std::string cl = std::string("Content-Length: ") + length + "\r\n";
        all.push_back({request(te + cl, chunks), 400});
        all.push_back({request(cl + te, chunks), 400});
        all.push_back({request(cl + cl, "hello"), 400});
        all.push_back({request(cl + "X: y\r\ncontent-length: 5\r\n", "hello"), 400});
        all.push_back({request(cl + "Content-Length: 5, " + length + "\r\n", "hello"), 400});
    }
    all.push_back({request(te + te, chunks), 400});
    all.push_back({request(te + "transfer-encoding: identity\r\n", chunks), 400});
    all.push_back({request("Transfer-Encoding: identity\r\n" + te, chunks), 400});
    all.push_back({request(te, chunks, "POST / HTTP/1.0"), 400});
    all.push_back({request("Content-Length: 0\r\n", "", "CONNECT a:1 HTTP/1.1"), 400});
    all.push_back({request(te, "0\r\n\r\n", "CONNECT a:1 HTTP/1.1"), 400});
}

/// What a Transfer-Encoding may be: `chunked`, and nothing else (F1).
inline void add_codings(std::vector<suspect>& all) {
    const std::string chunks = "5\r\nhello\r\n0\r\n\r\n";
    for (const char* good : {"chunked", "CHUNKED", "Chunked", "chunked ", " \tchunked\t "})
        all.push_back({request(std::string("Transfer-Encoding:") + good + "\r\n", chunks), 0});
    for (const char* coding : {"",
                               "identity",
                               "xchunked",
                               "chunkedx",
                               "chunked,",
                               ",chunked",
                               "chunked, chunked",
                               "chunked, identity",
                               "chunked;q=1",
                               "\"chunked\"",
                               "'chunked'",
                               "chun ked",
                               "gzip",
                               "chunked, gzip",
                               "chunked\v",
                               "\vchunked",
                               "chunk",
                               "cow",
                               "x y",
                               "chunked\x01",
                               "identity;chunked",
                               "gzip, chunked, chunked",
                               "\xC5\xBF"
                               "chunked",
                               "chunKed\xE2"})
        all.push_back({request(std::string("Transfer-Encoding: ") + coding + "\r\n", chunks), 400});
    for (const char* coding : {"gzip, chunked", "deflate,chunked", "identity, chunked",
                               "br, gzip, chunked", "x, CHUNKED"})
        all.push_back({request(std::string("Transfer-Encoding: ") + coding + "\r\n", chunks), 501});
}

/// Line ends and white space (F3): each place where some reader is lenient.
inline void add_laxness(std::vector<suspect>& all) {
    const std::string te = "Transfer-Encoding: chunked\r\n";
    for (const char* end : {"\n", "\r", "\r\r\n", "\n\r", "\r\n \r\n", "\v\r\n", "\r\n\t\r\n"}) {
        const std::string e = end;
        all.push_back({"GET / HTTP/1.1" + e + "Host: a\r\n\r\n", 400});
        all.push_back({"GET / HTTP/1.1\r\nHost: a" + e + "X: y\r\n\r\n", 400});
        all.push_back({"GET / HTTP/1.1\r\nHost: a\r\nX: y" + e + "\r\n", 400});
        all.push_back({request(te, "5" + e + "hello\r\n0\r\n\r\n"), 400});
        all.push_back({request(te, "5\r\nhello" + e + "0\r\n\r\n"), 400});
        all.push_back({request(te, "5\r\nhello\r\n0" + e + "\r\n"), 400});
        all.push_back({request(te, "5\r\nhello\r\n0\r\nX: y" + e + "\r\n"), 400});
    }
    const std::vector<std::string> names{
        "Content-Length ",
        " Content-Length",
        "Content-Length\t",
        "\tContent-Length",
        "Content Length",
        "Content-Length\v",
        "Content-Length\x7F",
        "(Content-Length)",
        "Content-Length,",
        "Content-Length;",
        "\"Content-Length\"",
        "Content-Length\xA0",
        "\xEF\xBB\xBF"
        "Content-Length",
        "",
        "Content-Length=5",
        "[Content-Length]",
        "Content/Length",
        "Content-Length?",
        "@Content-Length",
        "Content\\Length",
        std::string("Content-Length\0", 15),
        "{Content-Length}",
        "Content-Length\r",
    };
    for (const std::string& name : names)
        all.push_back({request(name + ": 5\r\n", "hello"), 400});
    for (const std::string& name : names)
        all.push_back({request(name + ": chunked\r\n"), 400});
    all.push_back({request("NoColon\r\n"), 400});
    all.push_back({request("X: y\r\n folded\r\n"), 400});
    all.push_back({request("X: y\r\n\tfolded\r\n"), 400});
    all.push_back({"GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400});
    for (int c = 0; c < 0x20; ++c) {
        const std::string one(1, static_cast<char>(c));
        all.push_back({request("X: a" + one + "b\r\n"), c == '\t' ? 0U : 400U});
        all.push_back({request("", "", "GET /" + one + " HTTP/1.1"), 400});
    }
    all.push_back({request("X: a\x7F"
                           "b\r\n"),
                   400});
    all.push_back({request("X: a\x80\xFF"
                           "b\r\n"),
                   0});
}

/// The first line.
inline void add_first_lines(std::vector<suspect>& all) {
    for (const char* line : {"GET",
                             "GET /",
                             "GET  / HTTP/1.1",
                             "GET / HTTP/1.1 ",
                             " GET / HTTP/1.1",
                             "GET /\tHTTP/1.1",
                             "GET\t/ HTTP/1.1",
                             "GET / /b HTTP/1.1",
                             "GET / http/1.1",
                             "GET / HTTP/1",
                             "GET / HTTP/1.",
                             "GET / HTTP/1.10",
                             "GET / HTTP/11",
                             "GET / HTTP/+1.1",
                             "GET / HTTP/1,1",
                             "GET / HTTPS/1.1",
                             "GET / ICAP/1.0",
                             "GET / HTTP 1.1",
                             "GET a HTTP/1.1",
                             "GET  HTTP/1.1",
                             "GET * HTTP/1.1",
                             "GET #a HTTP/1.1",
                             "GET /#a HTTP/1.1",
                             "GET /\"a HTTP/1.1",
                             "GET /<a> HTTP/1.1",
                             "GET /\x7F HTTP/1.1",
                             "GET /\xC3\xA4 HTTP/1.1",
                             "GET a:80 HTTP/1.1",
                             "GET ://a/ HTTP/1.1",
                             "GET http:/ HTTP/1.1",
                             "GET http:// HTTP/1.1",
                             "GET ht@tp://a/ HTTP/1.1",
                             "CONNECT / HTTP/1.1",
                             "CONNECT a HTTP/1.1",
                             "CONNECT a: HTTP/1.1",
                             "CONNECT :80 HTTP/1.1",
                             "CONNECT a:65536 HTTP/1.1",
                             "CONNECT u@a:80 HTTP/1.1",
                             "CONNECT http://a:80 HTTP/1.1",
                             "CONNECT [::1:80 HTTP/1.1",
                             "G(T / HTTP/1.1",
                             "G\xC3\x84T / HTTP/1.1",
                             "GET,POST / HTTP/1.1",
                             ": / HTTP/1.1",
                             "\x16\x03\x01",
                             "\x80",
                             "OPTIONS ** HTTP/1.1",
                             "GET / HTTP/:.1",
                             "GET / HTTP/1:1",
                             "GET / HTTP/1./",
                             "GET / HTTP/1.:"})
        all.push_back({request("", "", line), 400});
    for (const char* line :
         {"GET / HTTP/2.0", "GET / HTTP/0.9", "GET / HTTP/3.0", "PRI * HTTP/2.0"})
        all.push_back({request("", "", line), 505});
    all.push_back({request("", "", std::string(24, 'M') + " / HTTP/1.1"), 501});
    for (const char* line : {"GET / HTTP/1.1", "GET / HTTP/1.0", "GET / HTTP/1.2", "get / HTTP/1.1",
                             "M-SEARCH / HTTP/1.1", "OPTIONS * HTTP/1.1", "GET http://a/ HTTP/1.1",
                             "GET h+t-t.p://a HTTP/1.1", "GET //evil HTTP/1.1",
                             "GET /a?b=[c]|{d}&e^`f\\ HTTP/1.1", "GET /%00 HTTP/1.1"})
        all.push_back({request("", "", line), 0});
}

/// Whom a request is for.
inline void add_hosts(std::vector<suspect>& all) {
    const auto with = [](const std::string& hosts, const char* version = "1.1") {
        return std::string("GET / HTTP/") + version + "\r\n" + hosts + "\r\n";
    };
    all.push_back({with(""), 400});
    all.push_back({with("", "1.0"), 0});
    all.push_back({with("Host: a\r\nHost: a\r\n"), 400});
    all.push_back({with("Host: a\r\nhost: b\r\n"), 400});
    all.push_back({with("Host: a\r\nHost: a\r\n", "1.0"), 400});
    for (const char* host :
         {"a b",  "a/b", "u@a",   "a,b",      "a\tb",   "a#b",     "a?b",    "a\\b",
          "[::1", "::1", "[::g]", "[]",       "a:b",    "a:80:80", "a:-1",   "a:65536",
          ":80",  "<a>", "a\"",   "\xC3\xA4", "[::1]x", "[::1]:x", "x[::1]", "[::1%25eth0]"})
        all.push_back({with(std::string("Host: ") + host + "\r\n"), 400});
    for (const char* host : {"", "a", "a:", "a:80", "A.example", "127.0.0.1:65535", "[::1]",
                             "[::1]:80", "a_b", "%41", "[::ffff:1.2.3.4]:"})
        all.push_back({with(std::string("Host: ") + host + "\r\n"), 0});
}

/// Chunks that lie, and what hides in extensions and trailers (F4).
inline void add_chunks(std::vector<suspect>& all) {
    const auto with = [](const std::string& content) {
        return request("Transfer-Encoding: chunked\r\n", content);
    };
    for (const char* content :
         {"5\r\nhell\r\n0\r\n\r\n", "5\r\nhello!\r\n0\r\n\r\n", "5\r\nhello0\r\n\r\n", "\r\n",
          "5\r\nhello\r\n\r\n0\r\n\r\n", "5;\x01\r\nhello\r\n0\r\n\r\n", "0\r\nX y\r\n\r\n",
          "0\r\n : y\r\n\r\n", "0\r\nX: \x01\r\n\r\n", "5\rhello\r\n0\r\n\r\n", "0\r\n\rX",
          "0;a\nb\r\n\r\n", "5;a\rb\r\nhello\r\n0\r\n\r\n"})
        all.push_back({with(content), 400});
    all.push_back({with("1;" + std::string(4095, 'x') + "\r\na\r\n0\r\n\r\n"), 0});
    all.push_back({with("1;" + std::string(4096, 'x') + "\r\na\r\n0\r\n\r\n"), 400});
    std::string many;
    for (int i = 0; i < 2049; ++i)
        many += "1;x\r\na\r\n";
    all.push_back({with(many + "0\r\n\r\n"), 400});
    for (const char* content :
         {"0\r\n\r\n", "00\r\n\r\n", "5\r\nhello\r\n0\r\nX: y\r\n\r\n",
          "5\r\n\r\n\r\n\r\r\n0\r\n\r\n", "0;a=b\r\nContent-Length: 999\r\nHost: evil\r\n\r\n"})
        all.push_back({with(content), 0});
}

/// Sizes at the edges (F5).
inline void add_sizes(std::vector<suspect>& all) {
    for (const std::size_t size : {255U, 256U, 16000U})
        all.push_back({request(std::string(size, 'n') + ": v\r\n"), 0});
    for (const std::size_t size : {16384U, 65535U, 65536U, 70000U})
        all.push_back({request(std::string(size, 'n') + ": v\r\n"), 431});
    all.push_back({request("", "", "GET /" + std::string(16000, 'a') + " HTTP/1.1"), 0});
    all.push_back({request("", "", "GET /" + std::string(17000, 'a') + " HTTP/1.1"), 414});
    const auto fields = [](int count, const std::string& value) {
        std::string text;
        for (int i = 0; i < count; ++i)
            text += "X: " + value + "\r\n";
        return text;
    };
    all.push_back({request(fields(127, "")), 0});
    all.push_back({request(fields(128, "")), 431});
    all.push_back({request(fields(5, std::string(15000, 'v'))), 431});
    all.push_back({request("Expect: 100-continue\r\n"), 0});
    all.push_back({request("Expect: 200-ok\r\n"), 417});
}

}  // namespace smuggling

inline std::vector<suspect> suspects() {
    std::vector<suspect> all;
    smuggling::add_numbers(all);
    smuggling::add_conflicts(all);
    smuggling::add_codings(all);
    smuggling::add_laxness(all);
    smuggling::add_first_lines(all);
    smuggling::add_hosts(all);
    smuggling::add_chunks(all);
    smuggling::add_sizes(all);
    return all;
}

}  // namespace zocalo::tests
