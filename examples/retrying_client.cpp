// SPDX-License-Identifier: MIT
// A client that pays again when no answer came, in a thousand bad networks: `retrying_client` makes
// a new order of it, and pays twice in some of them; `retrying_client same` repeats its order.
#include <iostream>
#include <set>

#include "zocalo/io/connect.hpp"
#include "zocalo/io/listener.hpp"
#include "zocalo/io/reader.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/sim/seeds.hpp"

using namespace zocalo;
using namespace std::chrono_literals;
using orders = std::set<std::string>;

io::task<std::string> line_from(io::stream& peer) {
    io::reader in(peer);
    co_return std::string((co_await io::timeout(2s, in.read_until("\n", 30))).value());
}

io::task<> answer(io::stream client, orders& paid) try {
    paid.insert(co_await line_from(client));
    co_await client.write("paid\n");
} catch (const std::exception&) {  // Passed over: the client has gone.
}

io::task<> serve(net::endpoint at, orders& paid) {
    io::listener listener = co_await io::listen(at);
    for (;;)
        co_await answer(co_await listener.accept(), paid);
}

io::task<bool> order(net::endpoint bank, std::string number) try {
    io::stream server = co_await io::timeout(2s, io::connect(bank));
    co_await server.write(number + '\n');
    co_return co_await line_from(server) == "paid";
} catch (const std::exception&) {
    co_return false;
}

io::task<> pay(net::endpoint bank, sim::random& numbers, bool same) {
    for (auto number = std::to_string(numbers.next()); !co_await order(bank, number);)
        if (!same) number = std::to_string(numbers.next());
}

int main(int count, char**) try {
    sim::for_seeds(1000, [same = count > 1](sim::world& world) {
        orders paid;
        sim::host& bank = world.host("bank");
        bank.on_start([&] { return serve(bank.at(80), paid); });
        world.set_link({.latency = 50ms, .jitter = 20ms, .loss = 0.2});
        world.host("client").run(pay(bank.at(80), world.random(), same));
        if (paid.size() > 1) throw std::runtime_error("the client has paid twice");
    });
    std::cout << "paid once in every one of them\n";
} catch (const std::exception& error) {
    std::cerr << error.what();
    return 1;
}
