// SPDX-License-Identifier: MIT
// What a handler knows about a client that speaks TLS.
#include <gtest/gtest.h>

#include <string>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "tls/ends.hpp"
#include "tls/pki.hpp"

namespace {

namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace tls = zocalo::tls;
using namespace zocalo::tests;

class secure_peers : public in_every_world {
 protected:
    static const issued& root() {
        static const issued made(authority_called("root"));
        return made;
    }
    static tls::credentials client_called(std::string subject) {
        plan made;
        made.subject = std::move(subject);
        made.with[2].second = "clientAuth";
        return issued(made, &root()).shown_with();
    }
    static tls::server_options asking() {
        tls::server_options options =
            server_as(issued(server_for("DNS:localhost"), &root()).shown_with());
        options.client_certificates = tls::client_certificates::optional;
        options.trust.authorities = {root().certificate()};
        return options;
    }
    static tls::client_context showing(const tls::credentials& who) {
        tls::client_options options;
        options.trust.authorities = {root().certificate()};
        options.credentials = who;
        return tls::client_context(options);
    }
};

/// Tells a client what is known about it.
io::task<> tell_who(serve::connection& client, tls::server_context context) {
    EXPECT_EQ(client.peer().tls, nullptr);
    co_await client.secure(std::move(context));
    const tls::info& known = *client.peer().tls;
    std::string who = known.verified ? known.certificate.subject() : "nobody";
    who += " for " + known.server_name;
    co_await client.stream().write(who);
}

io::task<std::string> ask_who(net::endpoint where, tls::client_context as) {
    io::stream below = co_await io::connect(where);
    io::stream server = co_await tls::connect(std::move(below), std::move(as), "localhost");
    co_return co_await read_all(server);
}

TEST_P(secure_peers, are_known_by_their_certificate) {
    const tls::server_context context(asking());
    serve::server server([&](serve::connection& client) { return tell_who(client, context); });
    run(with_server(server, [](serve::server&, net::endpoint where) -> io::task<> {
        const auto ada = showing(client_called("Ada"));
        EXPECT_EQ(co_await ask_who(where, ada), "CN=Ada for localhost");
        EXPECT_EQ(co_await ask_who(where, showing({})), "nobody for localhost");
    }));
    EXPECT_EQ(server.counters().handled, 2);
}

TEST_P(secure_peers, who_are_strangers_fail_alone) {
    const tls::server_context context(asking());
    serve::server server([&](serve::connection& client) { return tell_who(client, context); });
    run(with_server(server, [](serve::server&, net::endpoint where) -> io::task<> {
        plan own;
        own.subject = "Ada";
        own.with[2].second = "clientAuth";
        const auto stranger = showing(issued(own).shown_with());
        EXPECT_THROW(co_await ask_who(where, stranger), std::system_error);
        EXPECT_EQ(co_await ask_who(where, showing({})), "nobody for localhost");
    }));
    EXPECT_EQ(server.counters().failed, 1);
    EXPECT_EQ(server.counters().handled, 1);
}

ZOCALO_IN_EVERY_WORLD(secure_peers);

}  // namespace
