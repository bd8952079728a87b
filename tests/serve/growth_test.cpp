// SPDX-License-Identifier: MIT
// Whatever a peer sends in front of a protocol, the time that it takes grows with it and no faster.
#include "support/growth.hpp"

#include <gtest/gtest.h>

#include "zocalo/core/error.hpp"
#include "zocalo/serve/proxy_header.hpp"
#include "zocalo/serve/wire_trace.hpp"

namespace {

namespace serve = zocalo::serve;
using zocalo::tests::burden;
using zocalo::tests::repeated;

/// In pieces of 100 bytes, after each of which the other side says something or not.
void trace(const std::string& text, bool is_interrupted) {
    std::size_t shown = 0;
    const serve::wire_watcher watcher =
        serve::masked([&](serve::flow /*which*/, std::string_view seen) { shown += seen.size(); },
                      serve::hide_after({"PASS", "AUTH PLAIN", "Authorization:"}));
    for (std::size_t at = 0; at < text.size(); at += 100) {
        watcher(serve::flow::received, std::string_view(text).substr(at, 100));
        if (is_interrupted) watcher(serve::flow::sent, "x\n");
    }
    watcher(serve::flow::received, "\n");
    EXPECT_GT(shown, 0U);
}
void trace_alone(const std::string& text) {
    trace(text, false);
}
void trace_interrupted(const std::string& text) {
    trace(text, true);
}

/// The content of a header of version 2, as often as it has room for 60,000 bytes: one header
/// cannot be longer than 64 KiB.
void read_headers(const std::string& content) {
    constexpr std::size_t most = 60'000;
    for (std::size_t at = 0; at < content.size(); at += most) {
        const std::string part = content.substr(at, most);
        std::string bytes("\r\n\r\n\0\r\nQUIT\n\x21\x11", 14);
        bytes += static_cast<char>(part.size() >> 8U);
        bytes += static_cast<char>(part.size() & 0xFFU);
        bytes += part;
        try {
            (void)serve::parse_proxy_header(bytes, {.bytes = 65'536, .fields = 65'536});
        } catch (const zocalo::protocol_error&) {  // cut within a field
        }
    }
}

const burden burdens[] = {
    {"lines", repeated("ordinary words\r\n"), trace_alone},
    {"empty lines", repeated("\n"), trace_alone},
    {"secrets", repeated("PASS x\r\n"), trace_alone},
    {"a line without an end", repeated("a"), trace_alone},
    {"a secret without an end", repeated("a", "PASS "), trace_alone},
    {"lines that are interrupted", repeated("ordinary words\r\n"), trace_interrupted},
    {"a line without an end that is interrupted", repeated("a"), trace_interrupted},
    {"empty fields of PROXY", repeated(std::string("\x04\0\0", 3), std::string(12, 'a')),
     read_headers},
    {"fields of PROXY", repeated(std::string("\xE0\0\4abcd", 7), std::string(12, 'a')),
     read_headers},
};

TEST(growth, of_time_is_that_of_what_came) {
    for (const burden& each : burdens)
        zocalo::tests::expect_linear(each);
}

}  // namespace
