// SPDX-License-Identifier: MIT
// What get() costs: round trips of 64 bytes over TCP on loopback, by a thread that blocks, with
// bare send and recv and with io::stream, in slices that take turns. It prints the nanoseconds of
// processor time that the asking thread needs for one: "bare ours ratio", the last the median of
// the slices.
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <thread>
#include <vector>

#include "zocalo/io/stream.hpp"
#include "zocalo/net/connect.hpp"
#include "zocalo/net/listen.hpp"
#include "zocalo/net/option_tcp.hpp"
#include "zocalo/net/socket.hpp"

namespace io = zocalo::io;
namespace net = zocalo::net;

namespace {

constexpr int rounds = 3000;
constexpr int slices = 41;
using message = std::array<char, 64>;

double thread_nanoseconds() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

template <class Talk>
double cost_of(Talk talk) {
    const double begin = thread_nanoseconds();
    for (int i = 0; i < rounds; ++i)
        talk();
    return (thread_nanoseconds() - begin) / rounds;
}

void echo(int fd) {
    message room{};
    while (::recv(fd, room.data(), room.size(), 0) > 0)
        ::send(fd, room.data(), room.size(), MSG_NOSIGNAL);
}

double median(std::vector<double> of) {
    std::nth_element(of.begin(), of.begin() + slices / 2, of.end());
    return of[slices / 2];
}

}  // namespace

int main() {
    net::socket server = net::create_server(net::endpoint::parse("127.0.0.1:0"));
    net::socket here = net::create_connection(server.local_endpoint());
    auto [there, peer] = server.accept();
    here.set(net::option::tcp::no_delay{true});
    there.set(net::option::tcp::no_delay{true});
    const int bare = here.fileno();
    std::thread echoing(echo, there.fileno());
    io::stream ours(std::move(here));
    message room{};
    std::vector<double> bare_costs;
    std::vector<double> our_costs;
    std::vector<double> ratios;
    for (int i = 0; i < slices; ++i) {
        bare_costs.push_back(cost_of([&] {
            ::send(bare, room.data(), room.size(), MSG_NOSIGNAL);
            ::recv(bare, room.data(), room.size(), 0);
        }));
        our_costs.push_back(cost_of([&] {
            ours.write(room).get();
            ours.read_some(room).get();
        }));
        ratios.push_back(our_costs.back() / bare_costs.back());
    }
    std::printf("%.0f %.0f %.3f\n", median(bare_costs), median(our_costs), median(ratios));
    ours.close();
    echoing.join();
}
