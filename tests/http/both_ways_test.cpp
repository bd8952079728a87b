// SPDX-License-Identifier: MIT
// A request that is sent while its response is awaited, and a connection that breaks meanwhile.
#include <gmock/gmock.h>

#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#include "http/http2_frames.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/io/transport.hpp"
#include "zocalo/net/stop.hpp"
#include "zocalo/sim/world.hpp"

namespace {

using namespace std::chrono_literals;
using namespace zocalo::tests::http2;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace sim = zocalo::sim;

constexpr auto stall = 2s;

/// Reads what its window lets come, opens that wide, and reads no more.
io::task<> opens_and_sleeps(serve::connection& client) {
    io::stream& line = client.stream();
    for (std::size_t got = 0; got < 65'535;) {
        const io::chunk more = co_await line.read();
        if (more.empty()) co_return;
        got += more.size();
    }
    co_await line.write(frame(settings, 0, 0) + frame(settings, 1, 0));
    const std::string more = number(10'000'000, 4);
    co_await line.write(frame(window_update, 0, 0, more) + frame(window_update, 0, 1, more));
    co_await io::sleep(zocalo::timeout::none());
}

/// A server that takes all, and says nothing.
io::task<> hears(serve::connection& client) {
    for (bool goes_on = true; goes_on;) {
        const io::chunk got = co_await client.stream().read();
        goes_on = !got.empty();
    }
}

/// Says in a second what the kernel says of a connection whose other end has gone without a word.
class gone_in_a_second final : public io::transport {
 public:
    explicit gone_in_a_second(io::stream inner) : inner_(std::move(inner)) {}
    io::task<io::chunk> read() override {
        io::task<> failing = fail();
        co_await std::move(failing);
        co_return io::chunk();
    }
    io::task<std::size_t> read_some(zocalo::mutable_buffer /*into*/) override {
        io::task<> failing = fail();
        co_await std::move(failing);
        co_return 0;
    }
    io::task<> write(std::span<const zocalo::const_buffer> pieces) override {
        co_await inner_.write(pieces);
    }
    io::task<> finish() override { co_await inner_.finish(); }

 private:
    static io::task<> fail() {
        co_await io::sleep(1s);
        throw std::system_error(std::make_error_code(std::errc::timed_out), "read");
    }
    io::stream inner_;
};

struct outcome {
    std::error_code why;
    io::time_point::duration took = {};
};

io::task<> send(http::response_stream& to) {
    io::task<> sending = to.send();
    co_await std::move(sending);
}

io::task<> receive(http::response_stream& from) {
    io::task<> hearing = from.receive();
    co_await std::move(hearing);
}

/// Twice what the window lets go, and nothing more for long.
io::task<> say_much(http::body_writer& to) {
    const std::string piece(60'000, 'x');
    for (int i = 0; i < 2; ++i) {
        io::task<> writing = to.write(zocalo::const_buffer(piece));
        co_await std::move(writing);
    }
    co_await io::sleep(zocalo::timeout::none());
}

io::task<> say_little_by_little(http::body_writer& to) {
    for (;;) {
        io::task<> writing = to.write(std::string_view("x"));
        co_await std::move(writing);
        io::task<> flushing = to.flush();
        co_await std::move(flushing);
        co_await io::sleep(300ms);
    }
}

enum class order { sends_first, hears_first };

io::task<outcome> talk(http::client_options options, http::body what, order which,
                       std::string url) {
    http::client asks(std::move(options));
    http::request request{.method = http::method::post, .url = std::move(url)};
    request.body = std::move(what);
    const io::time_point began = co_await io::now();
    outcome came;
    try {
        io::task<http::response_stream> asking = asks.begin(std::move(request));
        http::response_stream there = co_await std::move(asking);
        auto both = which == order::sends_first ? io::all(send(there), receive(there))
                                                : io::all(receive(there), send(there));
        co_await std::move(both);
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error& error) {
        came.why = error.code();
    }
    const io::time_point ended = co_await io::now();
    came.took = ended - began;
    co_return came;
}

http::client_options of_http_2(zocalo::timeout patience) {
    http::client_options options;
    options.versions = http::versions::http_2;
    options.stall = patience;
    return options;
}

using handler = io::task<> (*)(serve::connection&);

outcome play(handler server, const http::client_options& options, const http::body& what,
             order which) {
    outcome came;
    serve::server running(server);
    sim::world world(1, {.send_buffer = 16'384, .receive_buffer = 16'384});
    const auto asks = [&](serve::server&, net::endpoint where) -> io::task<> {
        io::task<outcome> talking = talk(options, what, which, "http://" + where.to_string());
        came = co_await std::move(talking);
    };
    world.host("here").run(zocalo::tests::with_server(running, asks));
    return came;
}

class both_ways : public testing::TestWithParam<order> {};

TEST_P(both_ways, end_with_a_server_that_opens_its_window_and_does_not_read) {
    const outcome came =
        play(opens_and_sleeps, of_http_2(stall), http::body::stream(say_much), GetParam());
    EXPECT_EQ(came.why, std::errc::timed_out);
    EXPECT_GE(came.took, stall);
    EXPECT_LT(came.took, 2 * stall + 1s);
}

TEST_P(both_ways, end_with_a_connection_that_the_system_gives_up) {
    for (const zocalo::timeout patience : {zocalo::timeout(60s), zocalo::timeout::none()}) {
        http::client_options options = of_http_2(patience);
        options.over = [](io::stream made) {
            return io::stream(std::make_unique<gone_in_a_second>(std::move(made)));
        };
        const outcome came =
            play(hears, options, http::body::stream(say_little_by_little), GetParam());
        EXPECT_EQ(came.why, std::errc::timed_out);
        EXPECT_LT(came.took, 2s);
    }
}

INSTANTIATE_TEST_SUITE_P(whoever, both_ways,
                         testing::Values(order::sends_first, order::hears_first));

}  // namespace
