// SPDX-License-Identifier: MIT
// Responses that a server cannot finish, to clients that would take the end of the connection for
// their end: nobody takes the part for the whole.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "tls/ends.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/http/client_connection.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/tls/error.hpp"
#include "zocalo/tls/stream.hpp"

namespace {

using namespace std::chrono_literals;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace tls = zocalo::tls;

/// How an answer ends: what came of it, or why not all did.
io::task<std::string> outcome(http::client_connection& on, http::request_head what) {
    std::string text;
    try {
        on.send(what);
        io::task<> hearing = on.receive();
        co_await std::move(hearing);
        io::task<std::string> reading = on.content(1'000'000);
        text = co_await std::move(reading);
    } catch (const net::stopped&) {
        throw;
    } catch (const zocalo::protocol_error&) {
        text = "cut off";
    } catch (const std::system_error& error) {
        const bool is_reset = error.code() == std::errc::connection_reset;
        const bool is_cut = is_reset || error.code() == tls::errc::truncated;
        text = is_cut ? "reset" : error.what();
    }
    co_return text;
}

io::task<> say_all(http::exchange& asked) {
    asked.begin();
    co_await asked.write("all of it");
}
/// What was flushed has gone, and what was not has not.
io::task<> say_a_part(http::exchange& asked) {
    asked.begin();
    co_await asked.write("a part");
    if (asked.query() != "at-once") co_await asked.flush();
    throw std::runtime_error("no more");
}
io::task<> say_much(http::exchange& asked) {
    const std::string much(300'000, 'x');
    asked.begin();
    co_await asked.write(much);
    throw std::runtime_error("no more");
}
/// Longer than the server has time for.
io::task<> say_slowly(http::exchange& asked) {
    asked.begin();
    co_await asked.write("a part");
    co_await asked.flush();
    co_await io::sleep(1min);
}
io::task<> say_less(http::exchange& asked) {
    asked.begin(100);
    co_await asked.write("a part");
}

class broken_off : public zocalo::tests::in_every_world {
 protected:
    broken_off() {
        site_.routes.get("/all", say_all);
        site_.routes.get("/part", say_a_part);
        site_.routes.get("/much", say_much);
        site_.routes.get("/slow", say_slowly);
        site_.routes.get("/less", say_less);
        limits_.total = 300ms;
    }
    std::string ask(const std::string& target, http::version in = http::version::http_1_0) {
        std::string came;
        http::request_head what{.target = target, .version = in, .fields = {{"Host", "a"}}};
        serve::server running(handler(), {.limits = limits_});
        run(zocalo::tests::with_server(running, [&](serve::server&, net::endpoint where) {
            return call(std::move(where), std::move(what), came);
        }));
        return came;
    }
    io::task<> call(net::endpoint where, http::request_head what, std::string& came) {
        io::stream peer = co_await io::connect(where);
        if (secured_) {
            const tls::client_context ours(
                zocalo::tests::client_trusting(zocalo::tests::localhost()));
            io::task<io::stream> securing = tls::connect(std::move(peer), ours, "localhost");
            peer = co_await std::move(securing);
        }
        http::client_connection on(std::move(peer));
        io::task<std::string> asking = outcome(on, std::move(what));
        came = co_await std::move(asking);
    }
    serve::handler handler() {
        serve::handler talk = site_.handler();
        if (!secured_) return talk;
        const tls::server_context theirs(zocalo::tests::server_as(zocalo::tests::localhost()));
        return [talk, theirs](serve::connection& client) { return secure(client, talk, theirs); };
    }
    static io::task<> secure(serve::connection& client, serve::handler talk,
                             tls::server_context theirs) {
        io::task<> securing = client.secure(std::move(theirs));
        co_await std::move(securing);
        io::task<> talking = talk(client);
        co_await std::move(talking);
    }

    void try_all() {
        EXPECT_EQ(ask("/all"), "all of it");
        EXPECT_EQ(ask("/part"), "reset");
        EXPECT_EQ(ask("/part?at-once"), "reset");
        EXPECT_EQ(ask("/much"), "reset");
        EXPECT_EQ(ask("/slow"), "reset");
    }

    http::site site_;
    serve::limits limits_;
    bool secured_ = false;
};

TEST_P(broken_off, is_a_reset_where_the_end_would_look_whole) {
    try_all();
}

TEST_P(broken_off, is_an_end_without_a_farewell_in_tls) {
    secured_ = true;
    limits_.total = 2s;  // with its handshake
    try_all();
}

TEST_P(broken_off, is_said_by_what_is_around_content_elsewhere) {
    const std::string cut = "cut off";
    EXPECT_EQ(ask("/less"), cut);
    EXPECT_EQ(ask("/all", http::version::http_1_1), "all of it");
    EXPECT_EQ(ask("/part", http::version::http_1_1), cut);
    EXPECT_EQ(ask("/less", http::version::http_1_1), cut);
}

ZOCALO_IN_EVERY_WORLD(broken_off);

}  // namespace
