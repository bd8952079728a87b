// SPDX-License-Identifier: MIT
// tls_by_hand: TLS without a socket. Both ends are tasks; this program carries every byte itself,
// as one does whose bytes go over a serial line, inside of another protocol or through another
// loop.
#include <iostream>

#include "zocalo/io/guest_loop.hpp"
#include "zocalo/io/memory_pair.hpp"
#include "zocalo/io/reader.hpp"
#include "zocalo/tls/stream.hpp"

namespace io = zocalo::io;
namespace tls = zocalo::tls;

io::task<> greet(io::stream line, tls::server_context context) {
    io::stream peer = co_await tls::accept(std::move(line), context);
    io::reader from(peer);
    const auto name = co_await from.read_until("\n", 100);
    co_await peer.write("Hello, " + std::string(name.value_or("nobody")) + "\n");
    co_await peer.finish();
}

io::task<> ask(io::stream line, tls::client_context context) {
    io::stream peer = co_await tls::connect(std::move(line), context, "localhost");
    co_await peer.write("Ada\n");
    io::reader from(peer);
    std::cout << co_await from.read_all(1000);
}

/// One step: what `from` has written so far goes to `to`.
void carry(io::memory_port& from, io::memory_port& to, const char* arrow) {
    const std::string bytes = from.take();
    if (!bytes.empty()) std::cout << arrow << ' ' << bytes.size() << " bytes\n";
    std::string_view rest = bytes;
    while (!rest.empty()) {
        const std::size_t taken = to.feed(rest);
        if (taken == 0) return;  // that end has gone
        rest.remove_prefix(taken);
    }
    if (from.at_end()) to.finish();
}

int main() {
    tls::server_options server;
    server.credentials = tls::development_certificate({"localhost"});
    tls::client_options client;
    client.trust.authorities = {server.credentials.certificate()};

    auto [client_line, client_port] = io::memory_by_hand();
    auto [server_line, server_port] = io::memory_by_hand();
    io::guest_loop tasks;
    tasks.spawn(greet(std::move(server_line), tls::server_context(server)));
    tasks.spawn(ask(std::move(client_line), tls::client_context(client)));
    while (tasks.size() > 0) {
        tasks.run_ready();
        carry(client_port, server_port, "->");
        carry(server_port, client_port, "<-");
    }
}
