// SPDX-License-Identifier: MIT
// How many bytes of requests in a second are read by our engine, and by the two parsers of Node
// beside it: http-parser and llhttp, each with callbacks that note where names and values are, as a
// program that wants to look at them has to. Rounds are interleaved; the median of each counts.
//
//     build/bench/http_parser [rounds]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "http_requests.hpp"
#include "zocalo/http/engine.hpp"

#ifdef HAS_HTTP_PARSER
#include <http_parser.h>
#endif

namespace {

namespace http = zocalo::http;

constexpr std::size_t in_one_piece = 16;  // requests in a buffer, as when they are pipelined

void require(bool holds) {
    if (!holds) std::abort();
}

/// What a callback notes.
struct noted {
    std::vector<std::string_view> spans;
    std::size_t messages = 0;
};

// --- Ours: heads are read, and each request is answered so that the next one is.

void ours(std::string_view bytes, std::size_t expected) {
    static http::server_engine engine;
    static const http::response_head none{.status = http::status::no_content};
    std::size_t messages = 0;
    for (;;) {
        const http::incoming got = engine.next(bytes);
        bytes.remove_prefix(got.used);
        if (got.what == http::event::need_data) break;
        if (got.what != http::event::head) continue;
        ++messages;
        engine.send(none);
        engine.send_end();
        engine.output().clear();
    }
    require(messages == expected);
}

// --- http-parser

#ifdef HAS_HTTP_PARSER
int note(http_parser* parser, const char* at, std::size_t size) {
    static_cast<noted*>(parser->data)->spans.emplace_back(at, size);
    return 0;
}
int ended(http_parser* parser) {
    auto& to = *static_cast<noted*>(parser->data);
    ++to.messages;
    to.spans.clear();
    return 0;
}

void nodes_old(std::string_view bytes, std::size_t expected) {
    static noted into;
    static http_parser parser;
    static http_parser_settings settings;
    into.messages = 0;
    http_parser_init(&parser, HTTP_REQUEST);
    http_parser_settings_init(&settings);
    settings.on_url = settings.on_header_field = settings.on_header_value = note;
    settings.on_message_complete = ended;
    parser.data = &into;
    require(http_parser_execute(&parser, &settings, bytes.data(), bytes.size()) == bytes.size());
    require(into.messages == expected);
}
#endif

}  // namespace

#ifdef HAS_LLHTTP
// Its names are the other's, so it lives where that one's header is not seen.
void nodes_new(std::string_view bytes, std::size_t expected);
#endif

namespace {

struct contender {
    const char* name;
    std::function<void(std::string_view, std::size_t)> parse;
    std::vector<double> rates = {};
};

/// Bytes in a nanosecond of this process's own time, whatever else the machine does.
double measure(const contender& who, std::string_view bytes) {
    const std::size_t times = 30'000'000 / bytes.size();
    const std::clock_t begin = std::clock();
    for (std::size_t i = 0; i < times; ++i)
        who.parse(bytes, in_one_piece);
    const auto took = static_cast<double>(std::clock() - begin) * 1e9 / CLOCKS_PER_SEC;
    return static_cast<double>(times * bytes.size()) / took;
}

double median(std::vector<double> all) {
    std::ranges::sort(all);
    return all[all.size() / 2];
}

void compare(const char* what, std::string_view request, int rounds) {
    std::vector<contender> all{{"zocalo", ours}};
#ifdef HAS_HTTP_PARSER
    all.push_back({"http-parser", nodes_old});
#endif
#ifdef HAS_LLHTTP
    all.push_back({"llhttp", nodes_new});
#endif
    std::string bytes;
    for (std::size_t i = 0; i < in_one_piece; ++i)
        bytes += request;
    for (int i = 0; i < rounds; ++i) {
        for (contender& each : all)
            each.rates.push_back(measure(each, bytes));
    }
    for (const contender& each : all)
        std::printf("%-10s %4zu bytes  %-12s %6.2f GB/s %8.0f ns\n", what, request.size(),
                    each.name, median(each.rates),
                    static_cast<double>(request.size()) / median(each.rates));
}

}  // namespace

int main(int count, char** arguments) {
    const int rounds = count > 1 ? std::atoi(arguments[1]) : 5;
    compare("curl", requests::curl, rounds);
    compare("chromium", requests::chromium, rounds);
    compare("firefox", requests::firefox, rounds);
}
