// SPDX-License-Identifier: MIT
// Drives an echo server: so many connections, each with so many messages on their way at a time,
// and the next ones only when all of those came back. With --churn each connection serves one round
// and another one follows; with --idle it only holds them. With --websocket a message is one frame
// of a WebSocket.
//
// "go" on a line means that all are connected and warm; then it measures for so many seconds and
// prints "requests-per-second p50-µs p99-µs requests".
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "load.hpp"

namespace {

using bench::clock_type;
using bench::die;

struct connection {
    int fd = -1;
    std::size_t to_send = 0;
    std::size_t to_receive = 0;
    bool waits_for_room = false;
    clock_type::time_point begun;
};

/// The head of a frame with a binary message (RFC 6455 §5.2).
std::string frame_head(std::size_t size, bool is_masked) {
    std::size_t code = size;
    int octets = 0;
    if (size >= 126) {
        octets = size < 65536 ? 2 : 8;
        code = octets == 2 ? 126 : 127;
    }
    std::string head{static_cast<char>(0x82), static_cast<char>((is_masked ? 0x80U : 0U) | code)};
    for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8)
        head += static_cast<char>(size >> shift);
    return head;
}

constexpr std::string_view mask = "\x37\xfa\x21\x3d";

/// What is sent in a round, and how much comes back for it.
struct round_trip {
    round_trip(std::size_t size, std::size_t depth, bool in_frames)
        : sent(size * depth, 'x'), answer(sent.size()) {
        if (!in_frames) return;
        std::string frame = frame_head(size, true).append(mask);
        for (std::size_t i = 0; i < size; ++i)
            frame += static_cast<char>('x' ^ mask[i % mask.size()]);
        sent.clear();
        for (std::size_t i = 0; i < depth; ++i)
            sent += frame;
        answer = (frame_head(size, false).size() + size) * depth;
    }

    std::string sent;
    std::size_t answer;
};

/// The handshake, of which nobody checks the key.
void upgrade(int fd) {
    constexpr std::string_view asked =
        "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    if (::send(fd, asked.data(), asked.size(), MSG_NOSIGNAL) < 0) die("send");
    std::string head;
    for (char c = 0; !head.ends_with("\r\n\r\n"); head += c) {
        if (::recv(fd, &c, 1, 0) != 1) die("receive");
    }
    if (!head.starts_with("HTTP/1.1 101")) die("upgrade");
}

class load {
 public:
    load(std::uint16_t port, std::uint32_t first_source, std::size_t count, round_trip data,
         std::size_t depth, bool churn, bool upgrades)
        : port_(port),
          first_source_(first_source),
          depth_(depth),
          churn_(churn),
          upgrades_(upgrades),
          data_(std::move(data)),
          connections_(count) {}

    void connect_all() {
        for (std::size_t i = 0; i < connections_.size(); ++i)
            open(i);
    }

    void begin_all() {
        for (std::size_t i = 0; i < connections_.size(); ++i)
            begin(i);
    }

    void run_for(std::chrono::duration<double> span) {
        const auto end = clock_type::now() + span;
        std::array<epoll_event, 256> events;
        while (clock_type::now() < end) {
            const int count = ::epoll_wait(epoll_, events.data(), int{events.size()}, 100);
            for (int i = 0; i < count; ++i)
                proceed(events[static_cast<std::size_t>(i)]);
        }
    }

    [[nodiscard]] bench::samples& taken() { return samples_; }
    [[nodiscard]] std::size_t depth() const { return depth_; }

 private:
    /// Addresses 127.0.x.1 in turn: a single one has ports for 28,000 connections, and those of the
    /// dead are not free at once.
    void open(std::size_t which) {
        const std::uint32_t source = first_source_ + (churn_ ? opened_ % 200 : opened_ / 16'000);
        ++opened_;
        connections_[which].fd = open_one(port_, source);
        if (upgrades_) upgrade(connections_[which].fd);
        watch(which, EPOLL_CTL_ADD, EPOLLIN);
    }

    static int open_one(std::uint16_t port, std::uint32_t source) {
        const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
        if (fd < 0) die("socket");
        const sockaddr_in here = bench::loopback(0, source);
        const sockaddr_in there = bench::loopback(port);
        const int on = 1;
        ::setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
        const auto as_name = [](const sockaddr_in& name) {
            return reinterpret_cast<const sockaddr*>(&name);
        };
        if (::bind(fd, as_name(here), sizeof here) != 0) die("bind");
        if (::connect(fd, as_name(there), sizeof there) != 0) die("connect");
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        return fd;
    }

    void watch(std::size_t which, int how, std::uint32_t events) const {
        epoll_event wanted{};
        wanted.events = events;
        wanted.data.u64 = which;
        if (::epoll_ctl(epoll_, how, connections_[which].fd, &wanted) != 0) die("epoll_ctl");
    }

    void begin(std::size_t which) {
        connection& one = connections_[which];
        one.to_send = data_.sent.size();
        one.to_receive = data_.answer;
        one.begun = clock_type::now();
        send_some(which);
    }

    void send_some(std::size_t which) {
        connection& one = connections_[which];
        const char* const from = data_.sent.data() + (data_.sent.size() - one.to_send);
        const ssize_t sent = ::send(one.fd, from, one.to_send, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN) die("send");
        if (sent > 0) one.to_send -= static_cast<std::size_t>(sent);
        if (one.waits_for_room == (one.to_send > 0)) return;
        one.waits_for_room = one.to_send > 0;
        watch(which, EPOLL_CTL_MOD, one.waits_for_room ? EPOLLIN | EPOLLOUT : EPOLLIN);
    }

    void receive_some(std::size_t which) {
        connection& one = connections_[which];
        const ssize_t got = ::recv(one.fd, room_.data(), room_.size(), MSG_DONTWAIT);
        if (got < 0 && errno == EAGAIN) return;
        if (got <= 0 || static_cast<std::size_t>(got) > one.to_receive) die("receive");
        one.to_receive -= static_cast<std::size_t>(got);
        if (one.to_receive > 0) return;
        samples_.add(one.begun);
        if (churn_) {
            ::close(one.fd);
            open(which);
        }
        begin(which);
    }

    void proceed(const epoll_event& event) {
        const auto which = static_cast<std::size_t>(event.data.u64);
        if ((event.events & EPOLLOUT) != 0) send_some(which);
        if ((event.events & ~EPOLLOUT) != 0) receive_some(which);
    }

    int epoll_ = ::epoll_create1(0);
    std::uint16_t port_;
    std::uint32_t first_source_;
    std::uint32_t opened_ = 0;
    std::size_t depth_;
    bool churn_;
    bool upgrades_;
    round_trip data_;
    std::vector<connection> connections_;
    bench::samples samples_;
    std::array<char, 262'144> room_{};
};

}  // namespace

int main(int argc, char** argv) {
    std::uint16_t port = 0;
    std::size_t connections = 64;
    std::size_t size = 64;
    std::size_t depth = 1;
    double seconds = 1;
    double warm_up = 0.3;
    bool idle = false;
    bool churn = false;
    bool upgrades = false;
    std::uint32_t source = 0;
    CLI::App options("Drives an echo server on 127.0.0.1.");
    options.add_option("--port", port)->required();
    options.add_option("--connections", connections);
    options.add_option("--size", size, "bytes of a message");
    options.add_option("--depth", depth, "messages on their way on each connection");
    options.add_option("--seconds", seconds);
    options.add_option("--warm-up", warm_up, "seconds before that");
    options.add_flag("--websocket", upgrades, "messages of a WebSocket at /");
    options.add_flag("--churn", churn, "a new connection after each round");
    options.add_option("--source", source, "x of the first address to connect from");
    options.add_flag("--idle", idle, "connect and send nothing");
    CLI11_PARSE(options, argc, argv);

    load load(port, source, connections, round_trip(size, depth, upgrades), depth, churn, upgrades);
    load.connect_all();
    if (!idle) load.begin_all();
    bench::drive(load, warm_up, seconds);
}
