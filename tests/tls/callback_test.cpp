// SPDX-License-Identifier: MIT
// Callbacks that end or replace the context which has called them.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tls/outcome.hpp"

namespace {

using namespace zocalo::tests;
namespace tls = zocalo::tls;

constexpr tls::version versions[] = {tls::version::tls_1_2, tls::version::tls_1_3};

TEST(callback, that_logs_keys_may_outlive_both_contexts) {
    for (const auto version : versions) {
        std::unique_ptr<tls::client_context> ours;
        std::unique_ptr<tls::server_context> theirs;
        tls::client_options client = client_trusting(localhost());
        client.highest = version;
        client.key_log = [&](std::string_view) { ours.reset(); };
        tls::server_options server = server_as(localhost());
        server.key_log = [&](std::string_view) { theirs.reset(); };
        ours = std::make_unique<tls::client_context>(client);
        theirs = std::make_unique<tls::server_context>(server);
        const outcome came = try_both(*ours, *theirs, "localhost").get();
        EXPECT_TRUE(came.is_agreed()) << came.client_says << "; " << came.server_says;
        EXPECT_EQ(ours, nullptr);
        EXPECT_EQ(theirs, nullptr);
    }
}

/// A server whose callback puts other options in the place of those that it belongs to.
outcome replace_within(tls::version version, bool by_key_log, int& called) {
    std::unique_ptr<tls::server_context> context;
    tls::server_options options;
    options.highest = version;
    const auto replace = [&, mark = std::string(100, 'm')] {
        ++called;
        context->replace(server_as(localhost()));  // these options go, and this function with them
        EXPECT_EQ(mark, std::string(100, 'm'));
    };
    if (by_key_log) {
        options.credentials = localhost();
        options.key_log = [replace](std::string_view) { replace(); };
    } else {
        options.find_credentials = [replace](std::string_view) {
            replace();
            return localhost();
        };
    }
    context = std::make_unique<tls::server_context>(options);
    return try_both(tls::client_context(client_trusting(localhost())), *context, "localhost").get();
}

TEST(callback, may_replace_its_context) {
    for (const auto version : versions) {
        for (const bool by_key_log : {false, true}) {
            int called = 0;
            const outcome came = replace_within(version, by_key_log, called);
            EXPECT_TRUE(came.is_agreed()) << came.client_says << "; " << came.server_says;
            EXPECT_GE(called, 1);
        }
    }
}

}  // namespace
