// SPDX-License-Identifier: MIT
// Streams of events: the same however they were split; what is read is written and read the same.
#include <string>
#include <vector>

#include "linear.hpp"
#include "require.hpp"
#include "zocalo/http/error.hpp"
#include "zocalo/http/event_stream.hpp"

namespace {

namespace http = zocalo::http;

std::vector<http::server_event> read(std::string_view text, std::size_t step,
                                     std::size_t limit = 4096) {
    std::vector<http::server_event> all;
    http::event_stream_reader events(limit);
    try {
        for (std::size_t at = 0; at < text.size(); at += step) {
            for (std::string_view rest = text.substr(at, step); !rest.empty();) {
                const auto got = events.next(rest);
                require(got.used != 0);
                if (got.has_event) all.push_back(events.event());
                rest.remove_prefix(got.used);
            }
        }
    } catch (const http::bad_message&) {
        all.emplace_back();
    }
    return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (size == 0) return 0;
    const auto all = read(text, size);
    require(all == read(text, 1));
    for (const http::server_event& each : all) {
        if (each == http::server_event{}) continue;
        const auto again = read(http::event_text(each), 1000, 65536);
        require(again.size() == 1 && again[0] == each);
    }
    linear::require_linear(text, [](const std::string& many) { (void)read(many, 64); });
    return 0;
}
