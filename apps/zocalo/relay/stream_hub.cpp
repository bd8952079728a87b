// SPDX-License-Identifier: MIT
#include <utility>

#include "relay/hub.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/listener.hpp"
#include "zocalo/net/stop.hpp"
#include "zocalo/serve/server.hpp"

namespace zocalo::program {

namespace {

/// The server of a hub whose clients come over connections.
class stream_server {
 public:
    stream_server(hub& all, net::socket listening, std::optional<tls::server_context> secure,
                  stream_dialogue how)
        : hub_(all),
          secure_(std::move(secure)),
          talk_(std::move(how)),
          server_([this](serve::connection& client) { return talk(client); }, options()) {
        server_.add(io::listener(std::move(listening)));
    }

    io::task<> run() {
        co_await io::any(server_.run(), stop_on_request());
        if (error_) std::rethrow_exception(error_);
    }

 private:
    /// The relay has limits of its own, and says goodbye by itself.
    serve::server_options options() const {
        serve::server_options options;
        options.limits.connections = hub_.options().most;
        options.limits.per_address = 0;
        options.limits.idle = options.limits.total = options.limits.drain = timeout::none();
        options.limits.linger = timeout::zero();
        options.proxies.from = hub_.options().proxies;
        options.hooks.failed = [this](const serve::connection&, const std::exception_ptr& error) {
            tell_of(error);
        };
        options.hooks.admit = [this](const serve::peer& who) { return hub_.admits(who.address); };
        return options;
    }

    /// Of a proxy that does not say what it has to: what happens in talk() stays there.
    void tell_of(const std::exception_ptr& error) const {
        try {
            std::rethrow_exception(error);
        } catch (const std::exception& why) {
            hub_.side().tell(1, why.what());
        }
    }

    io::task<> stop_on_request() {
        co_await hub_.side().stop().wait();
        server_.stop();
        co_await io::sleep(timeout::none());
    }

    io::task<> talk(serve::connection& client) {
        const net::endpoint peer = client.peer().address;
        // Whoever comes now is refused at once; a dialogue would take that for its end.
        if (!hub_.options().keep && !talk_) server_.stop();
        hub_.side().tell(1, "connection from " + peer.to_string());
        try {
            const bool ready = co_await secure(client);
            if (!ready) co_return;
            relay_rules rules = hub_.side().rules();
            io::task<> talking = talk_ ? talk_(client)
                                       : hub_.converse(client.stream(), peer,
                                                       client.local_endpoint(), std::move(rules));
            co_await std::move(talking);
            if (!hub_.options().keep) server_.stop();
        } catch (const net::stopped&) {
            throw;
        } catch (...) {
            error_ = std::current_exception();
            server_.stop_now();
        }
    }

    /// The handshake, where there is one; false when it failed.
    io::task<bool> secure(serve::connection& client) {
        if (!secure_) co_return true;
        try {
            co_await io::any(client.secure(*secure_), hub_.side().stop().wait());
        } catch (const net::stopped&) {
            throw;
        } catch (const std::system_error& error) {
            hub_.pass_over(error, 1);
            co_return false;
        }
        co_return client.peer().tls != nullptr;
    }

    hub& hub_;
    const std::optional<tls::server_context> secure_;
    const stream_dialogue talk_;
    std::exception_ptr error_;
    serve::server server_;
};

}  // namespace

io::task<> serve_streams(hub& all, net::socket listening, std::optional<tls::server_context> secure,
                         stream_dialogue talk) {
    stream_server server(all, std::move(listening), std::move(secure), std::move(talk));
    co_await server.run();
}

}  // namespace zocalo::program
