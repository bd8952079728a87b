// SPDX-License-Identifier: MIT
#include "zocalo/http/http2_engine.hpp"

#include <gtest/gtest.h>

#include <new>
#include <optional>
#include <string>
#include <thread>

#include "allocations/allocations.hpp"
#include "http/http2_pair.hpp"

namespace zocalo::http {
namespace {

namespace allocations = tests::allocations;

/// A request and its response, both with content and trailers. All of it was answered.
bool talk(tests::http2_pair& both) {
    request_head asked{.method = method::post, .target = "/"};
    asked.fields.add("Host", "example.org").add("X-Long", std::string(5000, 'x'));
    const std::uint32_t stream = both.client.send(asked, {}, "http");
    both.client.send_data(stream, std::string(20'000, 'x'));
    both.client.send_end(stream, {{"X-Sum", std::string(100, 'x')}});
    both.talk();
    if (!both.server.is_open(stream)) return false;
    both.server.send(stream, {.fields = {{"X-Long", std::string(5000, 'x')}}});
    both.server.send_data(stream, std::string(20'000, 'x'));
    both.server.send_end(stream, {{"X-Sum", std::string(100, 'x')}});
    both.talk();
    return both.client.has_received_all(stream);
}

/// Streams of what is over are let go without memory: destructors do so.
void let_go(http2_engine& engine) {
    if (!engine.is_over() || engine.streams() == 0) return;
    engine.reset(1, http2_error::cancel);
    engine.release(1);
}

/// After so many allocations there are no more. On a new thread, for none to be left of an earlier
/// one. True when it was enough.
bool talk_with(std::size_t allowed) {
    bool is_enough = false;
    std::thread([&] {
        std::optional<tests::http2_pair> both;
        allocations::refuse_after(allowed);
        try {
            both.emplace();
            is_enough = talk(*both);
        } catch (const std::bad_alloc&) {
            is_enough = false;  // declared
        }
        if (both && !is_enough) {
            let_go(both->client);
            let_go(both->server);
        }
        allocations::refuse(false);
    }).join();
    return is_enough;
}

TEST(http2_engine, says_so_when_there_is_no_memory) {
    std::size_t allowed = 0;
    while (allowed < 1000 && !talk_with(allowed))
        ++allowed;
    EXPECT_GT(allowed, 50U);
    EXPECT_LT(allowed, 1000U);
}

}  // namespace
}  // namespace zocalo::http
