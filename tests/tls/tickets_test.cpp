// SPDX-License-Identifier: MIT
// The keys of session tickets change. In TLS 1.2 tickets go over the wire in the clear, and begin
// with the name of their key (RFC 5077 §4): that is how this test sees them.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <thread>

#include "tls/outcome.hpp"

namespace {

using namespace std::chrono_literals;
using namespace zocalo::tests;
namespace io = zocalo::io;
namespace tls = zocalo::tls;

/// A stream that keeps what is written.
class recording final : public io::transport {
 public:
    recording(io::stream below, std::string& into) : below_(std::move(below)), into_(into) {}

    io::task<io::chunk> read() override { co_return co_await below_.read(); }
    io::task<std::size_t> read_some(zocalo::mutable_buffer into) override {
        co_return co_await below_.read_some(into);
    }
    io::task<> write(std::span<const zocalo::const_buffer> pieces) override {
        for (const zocalo::const_buffer& one : pieces)
            into_ += one.text();
        co_await below_.write(pieces);
    }
    io::task<> finish() override { co_await below_.finish(); }

 private:
    io::stream below_;
    std::string& into_;
};

struct connected {
    bool resumed = false;
    unsigned lifetime = 0;                ///< seconds, as the server says
    std::optional<std::string> key_name;  ///< of the ticket that the server gave
};

unsigned number_at(std::string_view bytes, std::size_t place, std::size_t size) {
    unsigned number = 0;
    for (const char each : bytes.substr(place, size))
        number = number << 8 | static_cast<unsigned char>(each);
    return number;
}

/// Looks for a NewSessionTicket (RFC 5077 §3.3) among what a server of TLS 1.2 wrote: a record of a
/// handshake (type 22) that holds a message of type 4.
void find_ticket(std::string_view written, connected& in) {
    for (std::size_t at = 0; at + 5 < written.size(); at += 5 + number_at(written, at + 3, 2)) {
        if (written[at] == 20) return;  // what follows is encrypted
        if (written[at] != 22 || written[at + 5] != 4) continue;
        in.lifetime = number_at(written, at + 9, 4);
        in.key_name = std::string(written.substr(at + 15, 16));
    }
}

io::task<connected> connect(tls::client_context client, tls::server_context server) {
    auto [one, other] = io::stream::pair();
    std::string written;
    io::stream seen(std::make_unique<recording>(std::move(other), written));
    both_ends ends = co_await secure(std::move(one), std::move(seen), client, server);
    co_await greet(ends);
    connected came;
    came.resumed = tls::get_info(ends.client).resumed;
    find_ticket(written, came);
    co_await ends.client.finish();
    co_await ends.server.finish();
    co_return came;
}

tls::client_context client_of(tls::version highest) {
    tls::client_options options = client_trusting(localhost());
    options.highest = highest;
    return tls::client_context(options);
}

tls::server_options server_with(std::chrono::seconds lifetime) {
    tls::server_options options = server_as(localhost());
    options.session_lifetime = lifetime;
    return options;
}

TEST(tickets, say_how_long_they_are_good_and_keep_their_key_meanwhile) {
    const tls::server_context server(server_with(3600s));
    const connected first = connect(client_of(tls::version::tls_1_2), server).get();
    const connected second = connect(client_of(tls::version::tls_1_2), server).get();
    ASSERT_TRUE(first.key_name && second.key_name);
    EXPECT_EQ(first.lifetime, 3600);
    EXPECT_EQ(first.key_name, second.key_name);
}

TEST(tickets, get_new_keys_and_those_of_the_last_one_are_still_taken) {
    const tls::server_context server(server_with(2s));
    const tls::client_context early = client_of(tls::version::tls_1_2);
    const tls::client_context late = client_of(tls::version::tls_1_2);
    const connected first = connect(early, server).get();
    std::this_thread::sleep_for(1100ms);
    EXPECT_FALSE(connect(late, server).get().resumed);  // with the same key, that is old by now
    std::this_thread::sleep_for(1000ms);

    const connected again = connect(late, server).get();
    EXPECT_TRUE(again.resumed);
    ASSERT_TRUE(first.key_name && again.key_name) << "no new ticket with the new key";
    EXPECT_NE(first.key_name, again.key_name);
    std::this_thread::sleep_for(1000ms);
    EXPECT_FALSE(connect(early, server).get().resumed);  // the ticket is more than 2 s old
}

TEST(tickets, of_another_server_mean_nothing) {
    for (const auto version : {tls::version::tls_1_2, tls::version::tls_1_3}) {
        const tls::client_context client = client_of(version);
        const tls::server_context one(server_with(3600s));
        const tls::server_context other(server_with(3600s));
        EXPECT_FALSE(connect(client, one).get().resumed);
        EXPECT_FALSE(connect(client, other).get().resumed);
        EXPECT_TRUE(connect(client, other).get().resumed);
        one.replace(server_with(3600s));
    }
}

TEST(tickets, have_a_lifetime_within_bounds) {
    for (const std::chrono::seconds lifetime : {0s, -1s, std::chrono::seconds(8 * 24h)}) {
        EXPECT_THROW(tls::server_context(server_with(lifetime)), std::invalid_argument)
            << lifetime.count();
    }
    EXPECT_NO_THROW(tls::server_context(server_with(7 * 24h)));
}

TEST(groups, are_chosen_and_checked) {
    tls::client_options client = client_trusting(localhost());
    tls::server_options server = server_as(localhost());
    client.groups = "X25519";
    EXPECT_TRUE(try_handshake(client, server).is_agreed());
    server.groups = "P-384";
    EXPECT_EQ(try_handshake(client, server).server, tls::errc::nothing_in_common);
    client.groups = "P-384:X25519";
    EXPECT_TRUE(try_handshake(client, server).is_agreed());
    client.groups = "no group";
    EXPECT_THROW(tls::client_context{client}, std::system_error);
}

}  // namespace
