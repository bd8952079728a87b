// SPDX-License-Identifier: MIT
// Drives an echo server of datagrams: so many sockets, each with so many datagrams on their way at
// a time, sent and received in batches. It prints what echo_load prints.
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using clock_type = std::chrono::steady_clock;

[[noreturn]] void die(const char* what) {
    std::perror(what);
    std::exit(1);
}

/// One socket and its batch.
class talker {
 public:
    talker(std::uint16_t port, std::size_t size, std::size_t depth)
        : data_(size, 'x'), room_(size * depth), pieces_(depth), out_(depth), in_(depth) {
        sockaddr_in where{};
        where.sin_family = AF_INET;
        where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        where.sin_port = htons(port);
        if (::connect(fd_, reinterpret_cast<sockaddr*>(&where), sizeof where) != 0) die("connect");
        one_ = {data_.data(), data_.size()};
        for (std::size_t i = 0; i < depth; ++i) {
            pieces_[i] = {room_.data() + i * size, size};
            out_[i].msg_hdr.msg_iov = &one_;
            in_[i].msg_hdr.msg_iov = &pieces_[i];
            out_[i].msg_hdr.msg_iovlen = in_[i].msg_hdr.msg_iovlen = 1;
        }
    }
    [[nodiscard]] int fd() const { return fd_; }

    void begin() {
        left_ = out_.size();
        begun_ = clock_type::now();
        if (::sendmmsg(fd_, out_.data(), static_cast<unsigned>(left_), 0) < 0) die("sendmmsg");
    }
    /// True when all are back.
    bool receive() {
        const int got =
            ::recvmmsg(fd_, in_.data(), static_cast<unsigned>(in_.size()), MSG_DONTWAIT, nullptr);
        if (got > 0) left_ -= std::min(left_, static_cast<std::size_t>(got));
        return left_ == 0;
    }
    [[nodiscard]] unsigned microseconds() const {
        return static_cast<unsigned>((clock_type::now() - begun_) / std::chrono::microseconds(1));
    }

 private:
    int fd_ = ::socket(AF_INET, SOCK_DGRAM, 0);
    std::string data_;
    std::vector<char> room_;
    iovec one_{};
    std::vector<iovec> pieces_;
    std::vector<mmsghdr> out_;
    std::vector<mmsghdr> in_;
    std::size_t left_ = 0;
    clock_type::time_point begun_;
};

class load {
 public:
    load(std::uint16_t port, std::size_t count, std::size_t size, std::size_t depth)
        : depth_(depth) {
        talkers_.reserve(count);
        for (std::size_t i = 0; i < count; ++i) {
            talkers_.emplace_back(port, size, depth);
            watched_.push_back({talkers_.back().fd(), POLLIN, 0});
        }
    }

    void begin_all() {
        for (talker& each : talkers_)
            each.begin();
    }

    /// What was lost begins anew when nothing comes any more.
    void run_for(std::chrono::duration<double> span) {
        const auto end = clock_type::now() + span;
        samples_.clear();
        while (clock_type::now() < end) {
            const int ready = ::poll(watched_.data(), watched_.size(), 100);
            if (ready == 0) begin_all();
            for (std::size_t i = 0; ready > 0 && i < talkers_.size(); ++i) {
                if (watched_[i].revents == 0 || !talkers_[i].receive()) continue;
                samples_.push_back(talkers_[i].microseconds());
                talkers_[i].begin();
            }
        }
    }

    void report(double seconds) {
        std::sort(samples_.begin(), samples_.end());
        const auto at = [this](std::size_t percent) {
            return samples_.empty() ? 0U : samples_[(samples_.size() - 1) * percent / 100];
        };
        const std::size_t requests = samples_.size() * depth_;
        std::printf("%.0f %u %u %zu\n", static_cast<double>(requests) / seconds, at(50), at(99),
                    requests);
    }

 private:
    std::size_t depth_;
    std::vector<talker> talkers_;
    std::vector<pollfd> watched_;
    std::vector<unsigned> samples_;
};

}  // namespace

int main(int argc, char** argv) {
    std::uint16_t port = 0;
    std::size_t sockets = 16;
    std::size_t size = 64;
    std::size_t depth = 16;
    double seconds = 1;
    CLI::App options("Drives an echo server of datagrams on 127.0.0.1.");
    options.add_option("--port", port)->required();
    options.add_option("--connections", sockets, "sockets");
    options.add_option("--size", size, "bytes of a datagram");
    options.add_option("--depth", depth, "datagrams on their way on each socket");
    options.add_option("--seconds", seconds);
    CLI11_PARSE(options, argc, argv);

    load load(port, sockets, size, depth);
    load.begin_all();
    load.run_for(std::chrono::duration<double>(0.3));
    std::puts("go");
    std::fflush(stdout);
    const auto begin = clock_type::now();
    load.run_for(std::chrono::duration<double>(seconds));
    load.report(std::chrono::duration<double>(clock_type::now() - begin).count());
}
