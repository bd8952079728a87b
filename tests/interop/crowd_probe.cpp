// SPDX-License-Identifier: MIT
// Clients as no server wants them, and one that it wants, for the tests of serve/:
//
//     crowd_probe kill PORT COUNT   connects so often and resets, at another moment each time
//     crowd_probe hello PORT COUNT  the same within a handshake of TLS
//     crowd_probe tls PORT COUNT    the same in a dialogue within TLS: behind each byte that is
//                                   sent or received
//     crowd_probe slow PORT COUNT   so many at once, each of which sends a byte every few seconds;
//                                   "ready" when all are there, the end with that of its input
//     crowd_probe ask PORT COUNT PORT
//                                   connects so often to one and the other in turn, sends a line
//                                   and waits for it; prints both 99th percentiles in microseconds
#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "zocalo/io/any.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/transport.hpp"
#include "zocalo/net/net.hpp"
#include "zocalo/tls/stream.hpp"

namespace {

namespace net = zocalo::net;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

std::uint16_t port_from(const char* text) {
    return static_cast<std::uint16_t>(std::stoul(text));
}

constexpr std::string_view line = "are you there?\n";

net::socket connect(std::uint16_t port) {
    net::socket made = net::create_connection({net::address::loopback_v4(), port});
    made.set(net::option::linger{0s});  // closing resets, and no port is kept waiting
    return made;
}

void expect_line(net::socket& server) {
    std::string answer(line.size(), '\0');
    server.recv_exactly(zocalo::mutable_buffer(answer.data(), answer.size()));
    if (answer != line) throw std::runtime_error("another answer: " + answer);
}

void kill(std::uint16_t port, unsigned long count) {
    for (unsigned long i = 0; i < count; ++i) {
        net::socket server = connect(port);
        if (i % 5 == 0) continue;
        server.send_all(i % 5 == 1 ? line.substr(0, 4) : line);
        if (i % 5 <= 2) continue;
        if (i % 5 == 3) server.shutdown(net::direction::write);
        expect_line(server);
        if (i % 5 == 4) server.send_all(line);  // whose answer meets a reset
    }
}

/// What a client of ours says first.
std::string client_hello() {
    auto [client, server] = zocalo::io::stream::pair();
    zocalo::io::stream ours = std::move(server);
    const zocalo::tls::client_context context;
    std::string said;
    const auto listen = [&]() -> zocalo::io::task<> {
        const zocalo::io::chunk got = co_await ours.read();
        said = got.text();
    };
    zocalo::io::any(zocalo::tls::connect(std::move(client), context, "localhost"), listen()).get();
    return said;
}

void kill_handshakes(std::uint16_t port, unsigned long count) {
    const std::string hello = client_hello();
    for (unsigned long i = 0; i < count; ++i) {
        net::socket server = connect(port);
        server.send_all(std::string_view(hello).substr(0, i % 5 * hello.size() / 4));
        std::string flight(100, '\0');
        if (i % 10 == 4) server.recv_exactly(zocalo::mutable_buffer(flight));
    }
}

/// Bytes that go before the connection is killed, in both directions.
struct cut {
    std::size_t left = SIZE_MAX;
    std::size_t gone = 0;

    std::size_t take(std::size_t size) {
        const std::size_t taken = std::min(size, left - gone);
        gone += taken;
        return taken;
    }
    void check() const {
        if (gone == left) throw std::system_error(std::make_error_code(std::errc::interrupted));
    }
};

class cut_off final : public zocalo::io::transport {
 public:
    cut_off(zocalo::io::stream below, cut& where) : below_(std::move(below)), where_(where) {}

    zocalo::io::task<zocalo::io::chunk> read() override {
        where_.check();
        zocalo::io::chunk got = co_await below_.read();
        if (where_.take(got.size()) < got.size()) where_.check();
        co_return got;
    }
    zocalo::io::task<std::size_t> read_some(zocalo::mutable_buffer into) override {
        where_.check();
        const std::size_t got = co_await below_.read_some(into);
        co_return where_.take(got);
    }
    zocalo::io::task<> write(std::span<const zocalo::const_buffer> pieces) override {
        for (const zocalo::const_buffer& each : pieces) {
            const zocalo::const_buffer some = each.first(where_.take(each.size()));
            if (!some.empty()) co_await below_.write(some);
            where_.check();
        }
    }
    zocalo::io::task<> finish() override { return below_.finish(); }

 private:
    zocalo::io::stream below_;
    cut& where_;
};

zocalo::io::task<> talk_in_tls(std::uint16_t port, zocalo::tls::client_context how, cut& where) {
    const net::endpoint there(net::address::loopback_v4(), port);
    zocalo::io::stream plain = co_await zocalo::io::connect(there);
    plain.set(net::option::linger{0s});
    zocalo::io::stream cutting(std::make_unique<cut_off>(std::move(plain), where));
    zocalo::io::stream server =
        co_await zocalo::tls::connect(std::move(cutting), std::move(how), "localhost");
    for (int i = 0; i < 2; ++i) {
        co_await server.write(line);
        const zocalo::io::chunk got = co_await server.read();
        if (got.text() != line) throw std::runtime_error("another answer");
    }
    co_await server.finish();
}

void kill_in_tls(std::uint16_t port, unsigned long count) {
    zocalo::tls::client_options options;
    options.verify = zocalo::tls::verify::dangerously_nothing;
    options.resume = false;  // else a dialogue is now long and now short
    const zocalo::tls::client_context how(options);
    cut whole;
    talk_in_tls(port, how, whole).get();
    for (unsigned long i = 0; i < count; ++i) {
        cut where{.left = 1 + i % whole.gone};
        try {
            talk_in_tls(port, how, where).get();
        } catch (const std::system_error&) {
            // Passed over: it was killed.
        }
        if (where.gone < where.left && where.left < whole.gone - 8)
            throw std::runtime_error("not killed");
    }
}

void be_slow(std::uint16_t port, unsigned long count) {
    std::vector<net::socket> all;
    for (unsigned long i = 0; i < count; ++i)
        all.push_back(connect(port));
    const std::jthread dripping([&all](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            for (net::socket& one : all) {
                if (stop.stop_requested()) return;
                one.send_all("x");
                std::this_thread::sleep_for(400us);
            }
        }
    });
    std::cout << "ready" << std::endl;
    std::cin.get();
}

std::chrono::nanoseconds time_of_question(std::uint16_t port) {
    const clock::time_point before = clock::now();
    net::socket server = connect(port);
    server.send_all(line);
    expect_line(server);
    return clock::now() - before;
}

auto percentile(std::vector<std::chrono::nanoseconds> times) {
    std::ranges::sort(times);
    const auto p99 = times.at(times.size() * 99 / 100);
    return std::chrono::duration_cast<std::chrono::microseconds>(p99).count();
}

/// One question here, one there: whatever else keeps this machine busy meets both alike.
void ask(std::uint16_t one, std::uint16_t other, unsigned long count) {
    std::vector<std::chrono::nanoseconds> times[2];
    for (unsigned long i = 0; i < count; ++i) {
        times[0].push_back(time_of_question(one));
        times[1].push_back(time_of_question(other));
    }
    std::cout << percentile(times[0]) << ' ' << percentile(times[1]) << '\n';
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc < 4 || argc > 5) {
        throw std::invalid_argument("kill, hello, tls, slow or ask, PORT, COUNT, PORT for ask");
    }
    const std::string what = argv[1];
    const auto port = port_from(argv[2]);
    const unsigned long count = std::stoul(argv[3]);
    if (what == "kill") kill(port, count);
    if (what == "hello") kill_handshakes(port, count);
    if (what == "tls") kill_in_tls(port, count);
    if (what == "slow") be_slow(port, count);
    if (what == "ask") ask(port, port_from(argv[argc - 1]), count);
} catch (const std::exception& error) {
    std::cerr << "crowd_probe: " << error.what() << '\n';
    return 1;
}
