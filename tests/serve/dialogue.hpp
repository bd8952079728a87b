// SPDX-License-Identifier: MIT
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <utility>

#include "support/streams.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/serve/server.hpp"

/// Handlers and clients that the tests of servers share.
namespace zocalo::tests {

/// Sends back what comes.
inline io::task<> echo(serve::connection& client) {
    for (;;) {
        const io::chunk got = co_await client.stream().read();
        if (got.empty()) co_return;
        co_await client.stream().write(got.text());
    }
}

/// Everything up to the end of the stream.
using zocalo::tests::read_all;

/// What an exception says.
inline std::string text_of(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& what) {
        return what.what();
    }
}

/// Whether the peer has ended the connection, in whatever way.
inline io::task<bool> has_ended(io::stream& from) {
    try {
        const std::string rest = co_await read_all(from);
        co_return rest.empty();
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        co_return true;
    }
}

/// What comes back for a line, on a connection that is there.
inline io::task<std::string> ask(io::stream& server, std::string what) {
    co_await server.write(what);
    std::string answer(what.size(), '\0');
    const mutable_buffer room(answer.data(), answer.size());
    answer.resize(co_await server.read_exactly(room));
    co_return answer;
}

/// A server that tells everybody why, in numbers.
inline std::string goodbye(serve::ending why) {
    return "goodbye " + std::to_string(static_cast<int>(why)) + "\r\n";
}
inline serve::server_options saying(const serve::limits& limits) {
    serve::server_options options;
    options.limits = limits;
    options.hooks.farewell = [](const serve::peer&, serve::ending why, const net::endpoint&) {
        return goodbye(why);
    };
    return options;
}

/// Runs `clients` beside a server, stops the server when they have ended, and waits for it.
inline io::task<> stop_after(serve::server& server, io::task<> clients) {
    co_await std::move(clients);
    server.stop();
}
inline io::task<> beside(serve::server& server, io::task<> clients) {
    co_await io::all(server.run(), stop_after(server, std::move(clients)));
}

/// The same for a server that listens at a port of this machine, or of a simulated host.
template <class Client>
io::task<> with_server(serve::server& server, Client client) {
    const net::endpoint any(net::address::loopback_v4(), 0);
    const net::endpoint where = co_await server.listen(any);
    co_await beside(server, client(server, where));
}

}  // namespace zocalo::tests
