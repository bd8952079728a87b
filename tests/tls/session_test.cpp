// SPDX-License-Identifier: MIT
// Going on with earlier sessions, and certificates that change while a server runs.
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "tls/outcome.hpp"
#include "tls/pki.hpp"
#include "zocalo/io/timeout.hpp"

namespace {

using namespace std::chrono_literals;
using namespace zocalo::tests;
namespace io = zocalo::io;
namespace tls = zocalo::tls;

/// Whether a connection went on with an earlier session; both ends have to say the same.
io::task<bool> resumes(tls::client_context client, tls::server_context server,
                       std::string host = "localhost", std::uint16_t port = 0) {
    both_ends ends = co_await secure(client, server, host, port);
    co_await greet(ends);
    const bool resumed = tls::get_info(ends.client).resumed;
    EXPECT_EQ(tls::get_info(ends.server).resumed, resumed);
    co_await ends.client.finish();
    co_await ends.server.finish();
    co_return resumed;
}

class sessions : public testing::TestWithParam<tls::version> {
 protected:
    tls::client_options client = [] {
        tls::client_options options = client_trusting(localhost());
        options.highest = GetParam();
        return options;
    }();
    tls::server_options server = server_as(localhost());
};

TEST_P(sessions, are_gone_on_with_and_the_server_is_still_known) {
    const tls::client_context mine(client);
    const tls::server_context theirs(server);
    EXPECT_FALSE(resumes(mine, theirs).get());
    for (int i = 0; i < 5; ++i)
        EXPECT_TRUE(resumes(mine, theirs).get());
    const tls::client_context copy = mine;
    both_ends ends = secure(copy, theirs).get();
    const tls::info info = tls::get_info(ends.client);
    EXPECT_TRUE(info.resumed);
    EXPECT_TRUE(info.verified);
    EXPECT_EQ(info.certificate, localhost().certificate());
    EXPECT_EQ(tls::get_channel_binding(ends.client, tls::channel_binding::server_end_point),
              tls::get_channel_binding(ends.server, tls::channel_binding::server_end_point));
}

TEST_P(sessions, stay_in_their_configuration) {
    const tls::server_context theirs(server);
    tls::client_options blind = client;
    blind.trust = {};
    blind.verify = tls::verify::dangerously_nothing;
    const tls::client_context unverified(blind);
    EXPECT_FALSE(resumes(unverified, theirs).get());
    EXPECT_TRUE(resumes(unverified, theirs).get());

    // The same host and server, but this one looks at certificates: none of those sessions.
    const tls::client_context verified(client);
    EXPECT_FALSE(resumes(verified, theirs).get());
    client.trust = {};
    EXPECT_EQ(try_both(tls::client_context(client), theirs, "localhost").get().client,
              tls::errc::certificate_refused);
}

TEST_P(sessions, belong_to_one_host) {
    const tls::client_context mine(client);
    const tls::server_context theirs(server);
    EXPECT_FALSE(resumes(mine, theirs, "localhost").get());
    EXPECT_FALSE(resumes(mine, theirs, "127.0.0.1").get());
    EXPECT_TRUE(resumes(mine, theirs, "localhost").get());
}

// Behind a proxy the other end of the line is always the same; here it is, too.
TEST_P(sessions, belong_to_one_port_whoever_stands_in_between) {
    const tls::client_context mine(client);
    const tls::server_context theirs(server);
    EXPECT_FALSE(resumes(mine, theirs, "localhost", 443).get());
    EXPECT_FALSE(resumes(mine, theirs, "localhost", 8443).get());
    EXPECT_FALSE(resumes(mine, theirs, "localhost").get());
    EXPECT_TRUE(resumes(mine, theirs, "localhost", 443).get());
    EXPECT_TRUE(resumes(mine, theirs, "localhost", 8443).get());
}

TEST_P(sessions, can_be_turned_off_on_either_end) {
    tls::client_options forgetful = client;
    forgetful.resume = false;
    const tls::client_context mine(forgetful);
    const tls::server_context theirs(server);
    EXPECT_FALSE(resumes(mine, theirs).get());
    EXPECT_FALSE(resumes(mine, theirs).get());
    server.resume = false;
    const tls::client_context remembering(client);
    const tls::server_context forgetting(server);
    EXPECT_FALSE(resumes(remembering, forgetting).get());
    EXPECT_FALSE(resumes(remembering, forgetting).get());
}

TEST_P(sessions, never_stand_for_a_certificate_of_the_client) {
    server.client_certificates = tls::client_certificates::optional;
    server.trust.authorities = {localhost().certificate()};
    const tls::client_context mine(client);
    const tls::server_context theirs(server);
    EXPECT_FALSE(resumes(mine, theirs).get());
    EXPECT_FALSE(resumes(mine, theirs).get());
}

TEST_P(sessions, end_with_the_certificate) {
    plan soon = server_for("DNS:localhost");
    soon.until = 3;
    const issued root(authority_called("root"));
    const issued short_lived(soon, &root);
    client.trust.authorities = {root.certificate()};
    const tls::client_context mine(client);
    const tls::server_context theirs(server_as(short_lived.shown_with()));
    EXPECT_FALSE(resumes(mine, theirs).get());
    EXPECT_TRUE(resumes(mine, theirs).get());
    const auto over = short_lived.certificate().not_after() + 1s;
    std::this_thread::sleep_until(std::chrono::time_point_cast<std::chrono::system_clock::duration>(
        std::chrono::sys_seconds(over)));
    EXPECT_EQ(try_both(mine, theirs, "localhost").get().client, tls::errc::certificate_refused);
}

io::task<> reload(tls::client_options client, tls::server_options server) {
    const tls::credentials renewed = tls::development_certificate({"localhost"});
    client.trust.authorities.push_back(renewed.certificate());
    const tls::client_context mine(client);
    const tls::server_context theirs(server);
    both_ends before = co_await secure(mine, theirs);
    co_await greet(before);
    server.credentials = renewed;
    theirs.replace(server);
    both_ends after = co_await secure(mine, theirs);
    EXPECT_FALSE(tls::get_info(after.client).resumed);
    EXPECT_EQ(tls::get_info(after.client).certificate, renewed.certificate());
    EXPECT_EQ(tls::get_info(before.client).certificate, localhost().certificate());
    co_await greet(before);  // it goes on
    co_await greet(after);

    server.credentials = {};
    EXPECT_THROW(theirs.replace(server), std::invalid_argument);
    both_ends still = co_await secure(mine, theirs);
    EXPECT_EQ(tls::get_info(still.client).certificate, renewed.certificate());
}

TEST_P(sessions, certificates_are_renewed_while_connections_live) {
    reload(client, server).get();
}

INSTANTIATE_TEST_SUITE_P(in, sessions,
                         testing::Values(tls::version::tls_1_2, tls::version::tls_1_3),
                         [](const auto& of) {
                             return of.param == tls::version::tls_1_2 ? "tls12" : "tls13";
                         });

/// How many sessions a client has got from one handshake. These connections read nothing, and so
/// get no further ones.
std::size_t sessions_given(const tls::server_options& options) {
    const tls::client_context mine(client_trusting(localhost()));
    const tls::server_context theirs(options);
    EXPECT_FALSE(resumes(mine, theirs).get());
    std::size_t count = 0;
    while (count < 100 && tls::get_info(secure(mine, theirs).get().client).resumed)
        ++count;
    return count;
}

TEST(session_tickets, are_as_many_as_the_server_wants) {
    tls::server_options server = server_as(localhost());
    EXPECT_EQ(sessions_given(server), 2U);
    for (const std::size_t count : {0U, 1U, 3U, 16U}) {
        server.session_tickets = count;
        EXPECT_EQ(sessions_given(server), count);
    }
    server.session_tickets = 17;
    EXPECT_THROW(tls::server_context{server}, std::invalid_argument);
}

TEST(server_context, is_replaced_while_threads_shake_hands) {
    const tls::client_context mine(client_trusting(localhost()));
    const tls::server_context theirs(server_as(localhost()));
    std::jthread renewing([&](const std::stop_token& stop) {
        while (!stop.stop_requested())
            theirs.replace(server_as(localhost()));
    });
    const auto connect = [&] {
        for (int i = 0; i < 20; ++i)
            EXPECT_TRUE(try_both(mine, theirs, "localhost").get().is_agreed());
    };
    std::jthread one(connect);
    connect();
}

}  // namespace
