// SPDX-License-Identifier: MIT
// The greeting in a simulated network, where the server crashes: the client keeps asking until it
// is thanked. The same number gives the same day, event by event.
//
//     greeting_world [NUMBER]
#include <stdexcept>

#include "greeting.hpp"

#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/sim/world.hpp"

namespace io = zocalo::io;
namespace net = zocalo::net;
namespace sim = zocalo::sim;
using namespace std::chrono_literals;

namespace {

io::task<std::string> ask_until_thanked(net::endpoint server, sim::world& world) {
    for (auto pause = 100ms;; pause *= 2) {
        try {
            std::string words = co_await io::timeout(1s, greeting::ask(server));
            if (words == "Thank you for connecting") co_return words;  // and not a part of it
        } catch (const net::stopped&) {
            throw;
        } catch (const std::system_error& error) {
            world.note(error.what());
        }
        co_await io::sleep(pause);
    }
}

}  // namespace

int main(int argc, char** argv) try {
    const auto seed = zocalo::from_digits<std::uint64_t>(argc > 1 ? argv[1] : "1");
    if (!seed) throw std::invalid_argument("not a number: " + zocalo::quoted(argv[1]));
    sim::world world{*seed};
    world.set_link({.latency = 20ms, .jitter = 10ms, .loss = 0.2});
    sim::host& server = world.host("server");
    sim::host& client = world.host("client");

    server.on_start([&] { return greeting::serve(server.at(40674)); });
    server.crash();                              // the power is away from the start ...
    world.after(5s, [&] { server.restart(); });  // ... for five seconds
    std::cout << client.run(ask_until_thanked(server.at(40674), world)) << '\n';
    std::cout << world.trace();
    return 0;
} catch (const std::exception& error) {
    std::cerr << "greeting_world: " << error.what() << '\n';
    return 1;
}
