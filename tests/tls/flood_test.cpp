// SPDX-License-Identifier: MIT
// Peers that OpenSSL plays by itself, because ours never do that: floods of messages without data,
// renegotiation, messages in two records.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <signal.h>

#include <memory>
#include <string>
#include <thread>

#include "tls/ends.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/net/socket.hpp"

namespace {

using namespace zocalo::tests;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace tls = zocalo::tls;

/// A client on a blocking socket.
class raw_client {
 public:
    raw_client(net::socket socket, int version) : socket_(std::move(socket)) {
        SSL_CTX_set_max_proto_version(context_.get(), version);
        ssl_.reset(SSL_new(context_.get()));
        SSL_set_fd(ssl_.get(), socket_.fileno());
    }
    [[nodiscard]] SSL* ssl() const { return ssl_.get(); }
    bool shake_hands() { return SSL_connect(ssl()) == 1; }
    bool send(std::string_view text) {
        return SSL_write(ssl(), text.data(), static_cast<int>(text.size())) > 0;
    }
    std::string receive() {
        char room[256];
        const int got = SSL_read(ssl(), room, sizeof room);
        return {room, static_cast<std::size_t>(std::max(got, 0))};
    }

 private:
    net::socket socket_;
    std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_{SSL_CTX_new(TLS_client_method()),
                                                          SSL_CTX_free};
    std::unique_ptr<SSL, void (*)(SSL*)> ssl_{nullptr, SSL_free};
};

/// Runs our server against what `play` does as its client.
template <class Play, class Serve>
void against(int version, Play play, Serve serve) {
    auto [ours, theirs] = net::socket::pair();
    std::jthread peer([&, socket = std::move(theirs)]() mutable {
        sigset_t broken_pipe;  // OpenSSL writes to sockets as to files
        sigemptyset(&broken_pipe);
        sigaddset(&broken_pipe, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
        raw_client client(std::move(socket), version);
        if (!client.shake_hands()) ADD_FAILURE() << "no handshake";
        play(client);
    });
    io::stream server =
        tls::accept(io::stream(std::move(ours)), tls::server_context(server_as(localhost()))).get();
    serve(server);
}

/// Sends back what comes, up to the end.
void echo(io::stream& server) {
    for (;;) {
        const io::chunk got = server.read().get();
        if (got.empty()) return;
        server.write(zocalo::const_buffer(got.data(), got.size())).get();
    }
}

void update_keys(raw_client& client, int times) {
    for (int i = 0; i < times; ++i) {
        SSL_key_update(client.ssl(), SSL_KEY_UPDATE_REQUESTED);
        if (SSL_do_handshake(client.ssl()) != 1) return;
    }
}

TEST(messages_without_data, are_taken_within_bounds) {
    against(
        TLS1_3_VERSION,
        [](raw_client& client) {
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
    against(
        TLS1_3_VERSION, [](raw_client& client) { update_keys(client, 100'000); },
        [](io::stream& server) {
            try {
                echo(server);
                ADD_FAILURE() << "the flood was taken";
            } catch (const std::system_error& error) {
                EXPECT_EQ(error.code(), tls::errc::too_many_messages) << error.what();
            }
            server.close();
        });
}

TEST(renegotiation, is_refused_and_the_connection_lives) {
    against(
        TLS1_2_VERSION,
        [](raw_client& client) {
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
