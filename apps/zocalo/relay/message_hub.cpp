// SPDX-License-Identifier: MIT
// A site with one route, for all paths. What ends one conversation is told here, because a site
// keeps to itself what its handlers throw.
#include <fmt/core.h>

#include <chrono>
#include <exception>
#include <utility>

#include "file.hpp"
#include "relay/hub.hpp"
#include "relay/websocket_talk.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/net/stop.hpp"
#include "zocalo/ws/server.hpp"

namespace zocalo::program {

namespace {

class message_server {
 public:
    message_server(hub& all, const link_options& link, const websocket_choice& choice,
                   const context& shared)
        : hub_(all), link_(link), choice_(choice), shared_(shared) {
        ws::serve_options how;
        how.terms.subprotocols = choice.subprotocols;
        how.terms.origins = choice.origins;
        how.terms.deflate.emplace();
        how.connection.limits = message_limits();
        how.connection.ping_every = choice.ping_every;
        const auto talking = [this](ws::connection& peer, const http::exchange& asked) {
            return talk(peer, asked);
        };
        ws::add_route(site_.routes, "/{all...}", talking, how);
        site_.answered = [this](const http::exchange& asked, http::status answer) {
            if (http::is_error(answer)) tell_refusal(asked, answer);
        };
        answer_ = site_.handler();
    }

    io::task<> answer(serve::connection& client) {
        io::task<> answering = answer_(client);
        co_await std::move(answering);
        if (error_) std::rethrow_exception(error_);
    }

 private:
    void tell_refusal(const http::exchange& asked, http::status answer) {
        hub_.side().tell(1, fmt::format("{}: {} {} was answered with {}",
                                        asked.client().peer().address.to_string(),
                                        escaped(asked.request().method.text()),
                                        escaped(asked.request().target, 200), number(answer)));
    }

    io::task<> talk(ws::connection& peer, const http::exchange& asked) {
        std::exception_ptr error;
        try {
            io::task<> conversing = converse(peer, asked);
            co_await std::move(conversing);
        } catch (const net::stopped&) {
            throw;
        } catch (...) {
            error = std::current_exception();
        }
        if (error) note(error);
    }

    io::task<> converse(ws::connection& peer, const http::exchange& asked) {
        const std::string whom = asked.client().peer().address.to_string();
        local_side& side = hub_.side();
        local_end mine =
            side.open(asked.client().peer().address, asked.client().local_endpoint(), false);
        websocket_talk talking(link_, choice_, shared_, side, mine.stream, peer, whom);
        std::exception_ptr error;
        try {
            co_await io::any(talking.dialogue(), talking.keep_idle_limit());
        } catch (const net::stopped&) {
            throw;
        } catch (...) {
            error = std::current_exception();
        }
        const double took = std::chrono::duration<double>(talking.moves().age()).count();
        side.tell(1, fmt::format("{} ended after {:.3f} seconds: {} messages received, {} sent",
                                 whom, took, talking.received(), talking.sent()));
        io::task<> parting = side.part(mine);
        co_await std::move(parting);
        if (error) std::rethrow_exception(error);
    }

    /// With others to come, only what is wrong with our input is the end.
    void note(const std::exception_ptr& why) {
        try {
            std::rethrow_exception(why);
        } catch (const file_error&) {
            error_ = why;
        } catch (const std::exception& error) {
            if (!hub_.options().keep) error_ = why;
            if (hub_.options().keep) hub_.side().tell(link_.program() ? 0 : 1, error.what());
        }
    }

    hub& hub_;
    const link_options& link_;
    const websocket_choice& choice_;
    const context& shared_;
    http::site site_;
    serve::handler answer_;
    std::exception_ptr error_;
};

}  // namespace

io::task<> serve_messages(hub& all, net::socket listening,
                          std::optional<tls::server_context> secure, const link_options& link,
                          const websocket_choice& choice, const context& shared) {
    message_server server(all, link, choice, shared);
    const stream_dialogue answering = [&server](serve::connection& client) {
        return server.answer(client);
    };
    io::task<> serving = serve_streams(all, std::move(listening), std::move(secure), answering);
    co_await std::move(serving);
}

}  // namespace zocalo::program
