// SPDX-License-Identifier: MIT
// Requests in advance, up to a thousand on one connection, with handlers that take now long and now
// short (F6): the answers come in order, and no more of them wait than there is room for.
#include <gmock/gmock.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/io/timeout.hpp"

namespace {

using namespace std::chrono_literals;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;

constexpr std::size_t piece = 1000;

io::task<> say(io::stream& to, const std::string& what, std::size_t& said) {
    for (std::size_t at = 0; at < what.size(); at += piece) {
        const std::string_view next = std::string_view(what).substr(at, piece);
        co_await to.write(next);
        said = at + next.size();
    }
}
io::task<> hear(io::stream& from, std::string& all) {
    io::task<std::string> reading = zocalo::tests::read_all(from);
    all = co_await std::move(reading);
}

/// What stands between < and > in what was heard, in its order.
std::vector<std::string> marks(const std::string& heard) {
    std::vector<std::string> all;
    for (std::size_t at = 0; (at = heard.find('<', at)) != std::string::npos;) {
        const std::size_t end = heard.find('>', at);
        all.push_back(heard.substr(at + 1, end - at - 1));
        at = end;
    }
    return all;
}

class pipelining : public zocalo::tests::in_every_world {
 public:
    pipelining() {
        const auto answers = [this](http::exchange& asked) { return answer(asked); };
        for (const http::method& each : {http::method::get, http::method::post})
            site.routes.add(each, "/{number}", answers);
    }

    /// Every third has content, which every sixth handler reads.
    [[nodiscard]] static std::string request(std::size_t number, bool is_last) {
        const std::string content = number % 3 == 0 ? std::string(number % 700, 'x') : "";
        std::string text = number % 3 == 0 ? "POST /" : "GET /";
        text.append(std::to_string(number)).append(" HTTP/1.1\r\nHost: a\r\n");
        if (number % 3 == 0) text += "Content-Length: " + std::to_string(content.size()) + "\r\n";
        if (is_last) text += "Connection: close\r\n";
        return text + "\r\n" + content;
    }
    [[nodiscard]] std::string ask(std::size_t depth) {
        std::string says;
        for (std::size_t i = 0; i < depth; ++i)
            says += request(i, i + 1 == depth);
        return ask(says);
    }
    [[nodiscard]] std::string ask(const std::string& says) {
        std::string hears;
        serve::server running(site.handler());
        const auto talk = [&](serve::server&, net::endpoint where) -> io::task<> {
            io::stream peer = co_await io::connect(where);
            auto both = io::all(say(peer, says, said), hear(peer, hears));
            co_await std::move(both);
        };
        run(zocalo::tests::with_server(running, talk));
        return hears;
    }

    http::site site;
    std::mt19937 random{1};
    std::size_t said = 0, begun = 0, at_once = 0, most_at_once = 0;

 private:
    io::task<> answer(http::exchange& asked) {
        ++begun;
        most_at_once = std::max(most_at_once, ++at_once);
        const auto pause = std::chrono::microseconds(random() % (is_simulated() ? 50'000 : 500));
        const std::string number = asked.parameter("number");
        if (std::stoul(number) % 6 == 0) {
            io::task<std::string> reading = asked.content(1000);
            const std::string content = co_await std::move(reading);
            EXPECT_EQ(content.size(), std::stoul(number) % 700);
        }
        auto waiting = io::sleep(pause);
        if (random() % 4 != 0) co_await std::move(waiting);
        --at_once;
        asked.reply("<" + number + ">" + std::string(random() % 300, '-'));
    }
};

TEST_P(pipelining, answers_come_in_order) {
    for (const std::size_t depth : {1U, 2U, 10U, 100U, 1000U}) {
        std::vector<std::string> expected;
        for (std::size_t i = 0; i < depth; ++i)
            expected.push_back(std::to_string(i));
        EXPECT_EQ(marks(ask(depth)), expected) << depth;
        EXPECT_EQ(most_at_once, 1U) << depth;
    }
}

ZOCALO_IN_EVERY_WORLD(pipelining);

/// In a simulated network, where it is known how much is on the way: 64 KiB at either end.
class pipelining_in_bounds : public pipelining {
 protected:
    static constexpr std::size_t on_the_way = 2 * 65536;
    static constexpr std::size_t room = 65536;  ///< that the server may take beside it
};

/// While a handler works, the requests behind it wait with the client.
TEST_P(pipelining_in_bounds, requests_wait_with_the_client) {
    std::size_t said_meanwhile = 0;
    site.routes.get("/slow", [&](http::exchange& asked) -> io::task<> {
        auto waiting = io::sleep(5s);
        co_await std::move(waiting);
        said_meanwhile = said;
        EXPECT_EQ(begun, 0U);
        asked.reply("<slow>");
    });
    std::string says = "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n";
    for (std::size_t i = 1; i <= 1000; ++i) {
        std::string next = request(i, i == 1000);
        next.insert(next.find("Host"), "X-Long: " + std::string(4000, 'l') + "\r\n");
        says += next;
    }
    const std::string hears = ask(says);
    EXPECT_GT(said_meanwhile, on_the_way / 2);
    EXPECT_LT(said_meanwhile, on_the_way + room);
    EXPECT_EQ(marks(hears).size(), 1001U);
}

/// Who asks, and does not take the answers, is not worked for.
TEST_P(pipelining_in_bounds, answers_are_not_made_in_advance) {
    constexpr std::size_t size = 4096;
    std::size_t made = 0;
    site.routes.get("/large", [&](http::exchange& asked) {
        ++made;
        asked.reply("<large>" + std::string(size, '-'));
    });
    std::string says;
    for (int i = 0; i < 1000; ++i)
        says += "GET /large HTTP/1.1\r\nHost: a\r\n\r\n";
    says += request(0, true);
    std::size_t made_meanwhile = 0;
    std::string hears;
    serve::server running(site.handler());
    const auto talk = [&](serve::server&, net::endpoint where) -> io::task<> {
        io::stream peer = co_await io::connect(where);
        co_await peer.write(says);
        auto waiting = io::sleep(5s);
        co_await std::move(waiting);
        made_meanwhile = made;
        io::task<> hearing = hear(peer, hears);
        co_await std::move(hearing);
    };
    run(zocalo::tests::with_server(running, talk));
    EXPECT_GT(made_meanwhile, on_the_way / 2 / size);
    EXPECT_LT(made_meanwhile, (on_the_way + room) / size);
    EXPECT_EQ(marks(hears).size(), 1001U);
}

INSTANTIATE_TEST_SUITE_P(in, pipelining_in_bounds, testing::Values(std::nullopt),
                         zocalo::tests::world_name);

}  // namespace
