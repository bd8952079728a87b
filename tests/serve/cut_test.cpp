// SPDX-License-Identifier: MIT
// Clients that are cut off anywhere: nothing of them stays, and the others are served.
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "serve/dialogue.hpp"
#include "tls/ends.hpp"
#include "zocalo/io/reader.hpp"
#include "zocalo/net/connect.hpp"
#include "zocalo/net/option.hpp"
#include "zocalo/serve/fleet.hpp"

namespace {

using namespace std::chrono_literals;
using namespace zocalo::tests;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace tls = zocalo::tls;
using clock = std::chrono::steady_clock;

std::size_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

/// Until it is so, which it is soon, or the machine has stood still.
template <class Condition>
bool comes_true(Condition is_so) {
    const auto until = clock::now() + 30s;
    while (!is_so()) {
        if (clock::now() > until) return false;
        std::this_thread::sleep_for(1ms);
    }
    return true;
}

/// Greets by name, line by line.
io::task<> greet_lines(serve::connection& client) {
    io::reader from(client.stream());
    for (;;) {
        client.enter(serve::phase::head);
        const auto line = co_await from.read_until("\n", 100);
        if (!line) co_return;
        const std::string greeting = "Hello, " + std::string(*line) + "\n";
        client.enter(serve::phase::body);
        co_await client.stream().write(greeting);
    }
}

/// What a client of ours says first.
std::string client_hello() {
    auto [client, server] = io::stream::pair();
    const tls::client_context ours(client_trusting(localhost()));
    std::string said;
    const auto listen = [&said](io::stream line) -> io::task<> {
        const io::chunk got = co_await line.read();
        said = got.text();
        line.close();
    };
    const auto speak = [&ours](io::stream line) -> io::task<> {
        try {
            const io::stream made = co_await tls::connect(std::move(line), ours, "localhost");
        } catch (const std::system_error&) {
            co_return;  // nobody answers
        }
    };
    io::all(speak(std::move(client)), listen(std::move(server))).get();
    return said;
}

class cuts : public testing::TestWithParam<io::backend_kind> {
 protected:
    void serve(const serve::handler& talk, const serve::limits& limits = {.per_address = 0}) {
        servers_.emplace(
            talk,
            serve::fleet_options{.server = {.limits = limits}, .loops = 1, .backend = GetParam()});
        where_ = servers_->listen({net::address::loopback_v4(), 0});
        servers_->start();
        (void)comes_true([this] { return descriptors_are_steady(); });
    }
    void TearDown() override {
        if (!servers_) return;
        servers_->stop_now();
        servers_->wait();
    }

    [[nodiscard]] net::socket call() const {
        net::socket made = net::create_connection(where_);
        made.set(net::option::linger{0s});  // closing it is a reset
        made.set_timeout(30s);
        return made;
    }
    /// Says the first bytes of that, once for each number of bytes, and resets; then everybody has
    /// gone, and so have their descriptors.
    void cut_everywhere(const std::string& dialogue) {
        const std::size_t before = open_descriptors();
        std::uint64_t callers = 0;
        for (const bool waits : {false, true}) {
            for (std::size_t size = 0; size <= dialogue.size(); ++size, ++callers) {
                net::socket caller = call();
                caller.send_all(std::string_view(dialogue).substr(0, size));
                // Now and then when it has been read.
                if (waits && size % 8 == 0) std::this_thread::sleep_for(1ms);
            }
        }
        EXPECT_TRUE(comes_true([&] { return counted().accepted == callers; }));
        EXPECT_TRUE(comes_true([&] { return counted().active == 0; }));
        EXPECT_TRUE(comes_true([&] { return open_descriptors() <= before; }));
    }
    [[nodiscard]] serve::counters counted() const { return servers_->counters(); }

    net::endpoint where_;

 private:
    bool descriptors_are_steady() {
        const std::size_t now = open_descriptors();
        return std::exchange(seen_, now) == now;
    }

    std::optional<serve::fleet> servers_;
    std::size_t seen_ = 0;
};

TEST_P(cuts, of_a_dialogue_leave_nothing) {
    serve(greet_lines);
    cut_everywhere("Ann\nBertram\r\nsomebody whose name has no end");
    net::socket good = call();
    good.send_all("Ann\n");
    std::string answer(11, '\0');
    good.recv_exactly(zocalo::mutable_buffer(answer));
    EXPECT_EQ(answer, "Hello, Ann\n");
}

/// Speaks TLS with somebody who is cut off.
serve::handler echo_within(const tls::server_context& context) {
    return [context](serve::connection& client) -> io::task<> {
        co_await client.secure(context);
        co_await echo(client);
    };
}

void expect_echo(const net::endpoint& where) {
    const tls::client_context ours(client_trusting(localhost()));
    io::stream plain(net::create_connection(where));
    io::stream good = tls::connect(std::move(plain), ours, "localhost").get();
    EXPECT_EQ(ask(good, "are you there?").get(), "are you there?");
    good.finish().get();
}

TEST_P(cuts, of_a_handshake_leave_nothing) {
    serve(echo_within(tls::server_context(server_as(localhost()))));
    const std::string hello = client_hello();
    ASSERT_GT(hello.size(), 200U);
    // What is behind it is no answer to what this server says, and is cut off all the same.
    cut_everywhere(hello + std::string("\x14\x03\x03\x00\x01\x01\x17\x03\x03\x00\x35", 11) +
                   std::string(60, 'x'));
    expect_echo(where_);
}

TEST_P(cuts, of_nobody_let_handshakes_take_more_places_than_there_are) {
    tls::server_options patient = server_as(localhost());
    patient.limits.handshake = zocalo::timeout::none();
    serve(echo_within(tls::server_context(patient)),
          {.connections = 8, .per_address = 0, .idle = zocalo::timeout::none()});
    const std::string half = client_hello().substr(0, 100);
    std::vector<net::socket> flood;
    for (int i = 0; i < 40; ++i) {
        flood.push_back(call());
        flood.back().send_all(half);
    }
    EXPECT_TRUE(comes_true([&] { return counted().active == 8; }));
    for (int i = 0; i < 50; ++i) {
        EXPECT_LE(counted().active, 8U);
        EXPECT_LE(counted().accepted, 9U);  // one more waits for a place, the others in the kernel
        std::this_thread::sleep_for(1ms);
    }
    flood.clear();
    expect_echo(where_);
}

TEST_P(cuts, of_nobody_let_handshakes_go_on_for_ever) {
    tls::server_options strict = server_as(localhost());
    strict.limits.handshake = 500ms;  // and the good one has until then, too
    serve(echo_within(tls::server_context(strict)), {.connections = 8, .per_address = 0});
    const std::string half = client_hello().substr(0, 100);
    std::vector<net::socket> flood;
    for (int i = 0; i < 24; ++i) {
        flood.push_back(call());
        flood.back().send_all(half);
    }
    EXPECT_TRUE(comes_true([&] { return counted().failed == flood.size(); }));
    EXPECT_TRUE(comes_true([&] { return counted().active == 0; }));
}

INSTANTIATE_TEST_SUITE_P(on, cuts,
                         testing::Values(io::backend_kind::poll, io::backend_kind::epoll,
                                         io::backend_kind::uring),
                         [](const auto& of) {
                             return std::string(of.param == io::backend_kind::poll    ? "poll"
                                                : of.param == io::backend_kind::epoll ? "epoll"
                                                                                      : "uring");
                         });

}  // namespace
