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
#include "tls/pki.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/net/socket.hpp"

namespace {

using namespace zocalo::tests;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace tls = zocalo::tls;

using context_ptr = std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)>;

context_ptr as_client(int version) {
    context_ptr made(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    SSL_CTX_set_max_proto_version(made.get(), version);
    return made;
}

const issued& foreign_server() {
    static const issued made(server_for("DNS:localhost"));
    return made;
}

context_ptr as_server() {
    context_ptr made(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    SSL_CTX_use_certificate(made.get(), &foreign_server().x509());
    SSL_CTX_use_PrivateKey(made.get(), &foreign_server().key());
    return made;
}

/// One end on a blocking socket.
class raw_peer {
 public:
    raw_peer(net::socket socket, context_ptr context)
        : socket_(std::move(socket)), context_(std::move(context)), ssl_(SSL_new(context_.get())) {
        SSL_set_fd(ssl(), socket_.fileno());
    }
    [[nodiscard]] SSL* ssl() const { return ssl_.get(); }
    bool send(std::string_view text) {
        return SSL_write(ssl(), text.data(), static_cast<int>(text.size())) > 0;
    }
    std::string receive() {
        char room[256];
        const int got = SSL_read(ssl(), room, sizeof room);
        return {room, static_cast<std::size_t>(std::max(got, 0))};
    }

 private:
    struct freed {
        void operator()(SSL* ssl) const { SSL_free(ssl); }
    };
    net::socket socket_;
    context_ptr context_;
    std::unique_ptr<SSL, freed> ssl_;
};

/// What `play` does in a thread of its own, after a handshake.
template <class Play>
std::jthread playing(raw_peer peer, Play play) {
    return std::jthread([peer = std::move(peer), play]() mutable {
        sigset_t broken_pipe;  // OpenSSL writes to sockets as to files
        sigemptyset(&broken_pipe);
        sigaddset(&broken_pipe, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
        if (SSL_do_handshake(peer.ssl()) != 1) ADD_FAILURE() << "no handshake";
        play(peer);
    });
}

/// Runs our server against what `play` does as its client.
template <class Play, class Serve>
void against(int version, Play play, Serve serve) {
    auto [ours, theirs] = net::socket::pair();
    raw_peer client(std::move(theirs), as_client(version));
    SSL_set_connect_state(client.ssl());
    const std::jthread peer = playing(std::move(client), play);
    io::stream server =
        tls::accept(io::stream(std::move(ours)), tls::server_context(server_as(localhost()))).get();
    serve(server);
}

/// Runs our client against what `play` does as its server.
template <class Play, class Use>
void with_server(Play play, Use use) {
    auto [ours, theirs] = net::socket::pair();
    raw_peer server(std::move(theirs), as_server());
    SSL_set_accept_state(server.ssl());
    const std::jthread peer = playing(std::move(server), play);
    tls::client_options options;
    options.trust.authorities = {foreign_server().certificate()};
    io::stream client =
        tls::connect(io::stream(std::move(ours)), tls::client_context(options), "localhost").get();
    use(client);
}

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

void give_tickets(raw_peer& server, int times) {
    for (int i = 0; i < times; ++i) {
        SSL_new_session_ticket(server.ssl());
        if (SSL_do_handshake(server.ssl()) != 1) return;
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
