// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>

#include "http/smuggling_table.hpp"
#include "http/transcript.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/engine.hpp"

namespace {

namespace tests = zocalo::tests;

const std::string next_request = "GET /next HTTP/1.1 | Host: a\n";

/// What is refused is refused before anything of it, or after it, is taken for a request that it
/// does not contain; what is a request ends where it says.
TEST(smuggling, finds_nobody_who_can_be_fooled) {
    std::size_t refused = 0;
    for (const tests::suspect& each : tests::suspects()) {
        const std::string said = tests::server_hears(each.bytes + tests::smuggling::follower);
        const std::string shown = zocalo::escaped(each.bytes, 300) + "\n" + said;
        const bool reaches_next = said.find(next_request) != std::string::npos;
        if (each.verdict == 0) {
            EXPECT_TRUE(reaches_next || said.ends_with("\nend\nclosed\n")) << shown;
            EXPECT_EQ(said.find("refused"), std::string::npos) << shown;
        } else {
            ++refused;
            EXPECT_FALSE(reaches_next) << shown;
            EXPECT_TRUE(said.ends_with("refused " + std::to_string(each.verdict) + "\n")) << shown;
        }
    }
    EXPECT_GT(refused, 350U);
    EXPECT_GT(tests::suspects().size(), 400U);
}

TEST(smuggling, is_refused_at_every_split) {
    for (const tests::suspect& each : tests::suspects()) {
        if (each.bytes.size() > 300) continue;
        const std::string bytes = each.bytes + tests::smuggling::follower;
        const std::string whole = tests::server_hears(bytes);
        for (std::size_t at = 1; at < bytes.size(); ++at) {
            zocalo::http::server_engine engine;
            tests::listener hears(engine);
            hears.hear(bytes.substr(0, at));
            hears.hear(bytes.substr(at), true);
            ASSERT_EQ(hears.said(), whole) << zocalo::escaped(bytes) << " at " << at;
        }
    }
}

}  // namespace
