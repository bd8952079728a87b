// SPDX-License-Identifier: MIT
// Peers that OpenSSL plays by itself, because ours never do that: floods of messages without data,
// renegotiation.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tls/raw_peer.hpp"

namespace {

using namespace zocalo::tests;
namespace io = zocalo::io;
namespace tls = zocalo::tls;

/// Sends back what comes, up to the end.
void echo(io::stream& server) {
    for (;;) {
        const io::chunk got = server.read().get();
        if (got.empty()) return;
        server.write(zocalo::const_buffer(got.data(), got.size())).get();
    }
}

void update_keys(raw_peer& peer, int times) {
    for (int i = 0; i < times; ++i) {
        SSL_key_update(peer.ssl(), SSL_KEY_UPDATE_REQUESTED);
        if (SSL_do_handshake(peer.ssl()) != 1) return;
    }
}

/// Reads up to the end, which has to be that of our patience.
void expect_flood(io::stream& from) {
    try {
        echo(from);
        ADD_FAILURE() << "the flood was taken";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), tls::errc::too_many_messages) << error.what();
    }
    from.close();
}

TEST(messages_without_data, are_taken_within_bounds) {
    against(
        TLS1_3_VERSION,
        [](raw_peer& client) {
            update_keys(client, 20);
            EXPECT_TRUE(client.send("hello"));
            EXPECT_EQ(client.receive(), "hello");
            update_keys(client, 20);
            EXPECT_TRUE(client.send("again"));
            EXPECT_EQ(client.receive(), "again");
            SSL_shutdown(client.ssl());
        },
        echo);
}

TEST(messages_without_data, are_no_flood) {
    against(TLS1_3_VERSION, [](raw_peer& client) { update_keys(client, 100'000); }, expect_flood);
}

TEST(messages_without_data, of_a_server_are_taken_within_bounds) {
    with_server(
        [](raw_peer& server) {
            give_tickets(server, 20);
            update_keys(server, 20);
            EXPECT_TRUE(server.send("hello"));
            EXPECT_EQ(server.receive(), "hello");
            SSL_shutdown(server.ssl());
        },
        echo);
}

TEST(messages_without_data, of_a_server_are_no_flood) {
    with_server([](raw_peer& server) { give_tickets(server, 100'000); }, expect_flood);
    with_server([](raw_peer& server) { update_keys(server, 100'000); }, expect_flood);
}

TEST(renegotiation, is_refused_and_the_connection_lives) {
    against(
        TLS1_2_VERSION,
        [](raw_peer& client) {
            EXPECT_TRUE(client.send("hello"));
            EXPECT_EQ(client.receive(), "hello");
            SSL_renegotiate(client.ssl());
            EXPECT_NE(SSL_do_handshake(client.ssl()), 1);
        },
        [](io::stream& server) {
            try {
                echo(server);
            } catch (const std::system_error& error) {
                // The client that we have here gives up when it is refused.
                EXPECT_TRUE(error.code() == tls::errc::truncated ||
                            error.code() == tls::errc::refused_by_peer)
                    << error.what();
            }
        });
}

}  // namespace
