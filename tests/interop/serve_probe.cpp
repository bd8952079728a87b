// SPDX-License-Identifier: MIT
// serve_probe SETTINGS: a server that repeats lines, for the tests of serve/. SETTINGS is a file of
// lines, which SIGHUP has it read again:
//
//     connections 20000         the limits of that name
//     per_address 2
//     loops 4                   threads
//     patience 600              seconds for a head, and for a peer that says nothing
//     certificate CHAIN KEY     speaks TLS
//     staple ANSWER.der         shows that with its certificate
//
// Two lines are not repeated: the answer to "held?" is how many bytes the process has allocated,
// that to "loop?" which thread it is.
#include <malloc.h>
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "zocalo/io/reader.hpp"
#include "zocalo/serve/run.hpp"

namespace {

namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace tls = zocalo::tls;
using namespace std::chrono_literals;

std::string content(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path);
    return {std::istreambuf_iterator<char>(file), {}};
}

struct settings {
    explicit settings(const std::string& path) {
        limits.head = 1min;
        std::istringstream lines(content(path));
        for (std::string line; std::getline(lines, line);) {
            std::istringstream words(line);
            std::string name;
            words >> name;
            if (name == "connections") {
                words >> limits.connections;
            } else if (name == "per_address") {
                words >> limits.per_address;
            } else if (name == "loops") {
                words >> loops;
            } else if (name == "patience") {
                unsigned seconds = 0;
                words >> seconds;
                limits.head = limits.idle = std::chrono::seconds(seconds);
            } else if (name == "certificate") {
                std::string chain;
                std::string key;
                words >> chain >> key;
                credentials = tls::credentials::load(chain, key);
            } else if (name == "staple") {
                std::string answer;
                words >> answer;
                credentials = credentials.stapled(content(answer));
            } else {
                throw std::runtime_error("what is " + name + "?");
            }
        }
    }

    [[nodiscard]] tls::server_options for_tls() const {
        tls::server_options options;
        options.credentials = credentials;
        return options;
    }

    std::size_t loops = 0;  ///< as many as there are processors
    serve::limits limits;
    tls::credentials credentials;
};

/// In all arenas, and what was mapped.
std::size_t held() {
    const struct mallinfo2 now = ::mallinfo2();
    return now.uordblks + now.hblkhd;
}

std::string answer_to(std::string_view line) {
    if (line == "held?") return std::to_string(held()) + '\n';
    if (line == "loop?") return std::to_string(::gettid()) + '\n';
    return std::string(line) + '\n';
}

io::task<> repeat_lines(serve::connection& client, std::optional<tls::server_context> context) {
    if (context) co_await client.secure(*context);
    io::reader from(client.stream());
    for (;;) {
        client.enter(serve::phase::head);
        const auto line = co_await from.read_until("\n", 4096);
        if (!line) co_return;
        const std::string answer = answer_to(*line);
        client.enter(serve::phase::body);
        co_await client.stream().write(answer);
    }
}

}  // namespace

int main(int argc, char** argv) try {
    std::cout << std::unitbuf;
    const std::string path = argc > 1 ? argv[1] : "/dev/null";
    const settings first(path);
    std::optional<tls::server_context> context;
    if (!first.credentials.empty()) context.emplace(first.for_tls());

    serve::run_options options;
    options.addresses = {net::endpoint::parse("127.0.0.1:0")};
    options.fleet.loops = first.loops;
    options.fleet.server.limits = first.limits;
    options.fleet.server.hooks.farewell = [](const serve::peer&, serve::ending why,
                                             const net::endpoint&) {
        return "421 " + std::to_string(static_cast<int>(why)) + "\r\n";
    };
    options.ready = [](std::span<const net::endpoint> where) {
        std::cout << "serving at " << where.front() << '\n';
    };
    options.reload = [&](serve::fleet& servers) {
        const settings next(path);
        if (context) context->replace(next.for_tls());
        servers.replace(next.limits);
        std::cout << "reloaded\n";
    };
    serve::run([&](serve::connection& client) { return repeat_lines(client, context); }, options);
} catch (const std::exception& error) {
    std::cerr << "serve_probe: " << error.what() << '\n';
    return 1;
}
