// SPDX-License-Identifier: MIT
// A server for which there is no memory loses that request, and goes on.
#include <gtest/gtest.h>

#include <atomic>

#include "allocations/allocations.hpp"
#include "support/serving.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/connect.hpp"
#include "zocalo/net/server.hpp"
#include "zocalo/net/stop.hpp"
#include "zocalo/serve/server.hpp"

namespace zocalo::net {
namespace {

using namespace std::chrono_literals;

TEST(server_without_memory, loses_one_client_and_goes_on) {
    std::atomic<int> seen{0};
    server_options options;
    options.hooks.verify_request = [&](const endpoint&) {
        tests::allocations::refuse(++seen == 1);
        return true;
    };
    options.hooks.service_actions = [] { tests::allocations::refuse(false); };
    const auto echo = [](connection& client) {
        client.socket().send_all(client.socket().recv(100));
    };
    stream_server server{test::bound_to_loopback(), echo, options};
    const test::serving running{server};

    socket refused = create_connection(server.local_endpoint(), {.timeout = 5s});
    refused.set_timeout(5s);
    EXPECT_EQ(refused.recv(100), "");
    socket served = create_connection(server.local_endpoint(), {.timeout = 5s});
    served.set_timeout(5s);
    served.send_all("still here");
    EXPECT_EQ(served.recv(100), "still here");
    EXPECT_EQ(server.counters().refused, 1U);
}

// --- The same of servers of coroutines, wherever memory ends

io::task<> echo(serve::connection& client) {
    for (;;) {
        const io::chunk got = co_await client.stream().read();
        if (got.empty()) co_return;
        co_await client.stream().write(got.text());
    }
}

/// Nothing, if nobody answered.
io::task<std::string> ask(endpoint where) {
    std::string answer;
    try {
        io::stream server = co_await io::connect(where);
        co_await io::sleep(3ms);  // memory ends while it is taken in
        tests::allocations::refuse(false);
        co_await server.write(std::string_view("here"));
        const io::chunk got = co_await server.read();
        answer = got.text();
    } catch (const stopped&) {
        throw;
    } catch (const std::system_error&) {
        answer.clear();  // it was reset
    } catch (const std::bad_alloc&) {
        answer.clear();  // it ended here
    }
    tests::allocations::refuse(false);
    co_return answer;
}

io::task<> ask_while_memory_ends(serve::server& server, endpoint where, std::size_t& more) {
    bool is_served = false;
    for (; !is_served; ++more) {
        io::task<std::string> asking = ask(where);
        const std::string answer = co_await std::move(asking);
        is_served = answer == "here" && more > 3;  // it had all that it wanted
        EXPECT_LT(more, 50U);
        more = std::min<std::size_t>(more, 50);
    }
    server.stop();
}

io::task<> beside(serve::server& server, std::size_t& more) {
    const endpoint any(address::loopback_v4(), 0);
    const endpoint where = co_await server.listen(any);
    co_await io::all(server.run(), ask_while_memory_ends(server, where, more));
}

TEST(server_of_coroutines_without_memory, loses_clients_and_goes_on) {
    std::size_t more = 0;
    serve::server_options options;
    options.hooks.admit = [&](const serve::peer&) {
        tests::allocations::refuse_after(more);
        return true;
    };
    serve::server server(echo, options);
    io::loop loop(io::backend_kind::epoll);
    EXPECT_NO_THROW(loop.run(beside(server, more)));
    tests::allocations::refuse(false);
    const serve::counters done = server.counters();
    EXPECT_GT(done.exhausted + done.failed, 3U);
    EXPECT_EQ(done.active, 0U);
}

}  // namespace
}  // namespace zocalo::net
