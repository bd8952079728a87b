// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <signal.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "tls/ends.hpp"
#include "tls/pki.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/net/socket.hpp"

/// Peers that OpenSSL plays by itself, because ours never do what they do.
namespace zocalo::tests {

using context_ptr = std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)>;

inline context_ptr as_client(int version) {
    context_ptr made(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    SSL_CTX_set_max_proto_version(made.get(), version);
    return made;
}

inline const issued& foreign_server() {
    static const issued made(server_for("DNS:localhost"));
    return made;
}

inline context_ptr as_server() {
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

inline void give_tickets(raw_peer& server, int times) {
    for (int i = 0; i < times; ++i) {
        SSL_new_session_ticket(server.ssl());
        if (SSL_do_handshake(server.ssl()) != 1) return;
    }
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
void with_server(Play play, Use use, context_ptr server_as = as_server()) {
    auto [ours, theirs] = net::socket::pair();
    raw_peer server(std::move(theirs), std::move(server_as));
    SSL_set_accept_state(server.ssl());
    const std::jthread peer = playing(std::move(server), play);
    tls::client_options options;
    options.trust.authorities = {foreign_server().certificate()};
    io::stream client =
        tls::connect(io::stream(std::move(ours)), tls::client_context(options), "localhost").get();
    use(client);
}

}  // namespace zocalo::tests
