// SPDX-License-Identifier: MIT
// Drives an echo server of datagrams: so many sockets, each with so many datagrams on their way at
// a time, sent and received in batches, or with --offload as one buffer that the kernel cuts and
// puts together. It prints what echo_load prints.
#include <netinet/udp.h>
#include <poll.h>
#include <sys/socket.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <vector>

#include "load.hpp"

namespace {

using bench::clock_type;
using bench::die;

/// One socket, and what it has on its way.
class talker {
 public:
    talker(std::uint16_t port, std::size_t size, std::size_t depth, bool offload)
        : size_(size),
          offload_(offload),
          data_(size * depth, 'x'),
          room_(data_.size()),
          out_(depth),
          in_(depth),
          pieces_(depth) {
        const sockaddr_in where = bench::loopback(port);
        const auto* const name = reinterpret_cast<const sockaddr*>(&where);
        if (::connect(fd_, name, sizeof where) != 0) die("connect");
        const int cut = static_cast<int>(size);
        const int on = 1;
        if (offload && (::setsockopt(fd_, SOL_UDP, UDP_SEGMENT, &cut, sizeof cut) != 0 ||
                        ::setsockopt(fd_, SOL_UDP, UDP_GRO, &on, sizeof on) != 0)) {
            die("offload");
        }
        for (std::size_t i = 0; i < depth; ++i) {
            pieces_[i] = {room_.data() + i * size, size};
            in_[i].msg_hdr.msg_iov = out_[i].msg_hdr.msg_iov = &pieces_[i];
            in_[i].msg_hdr.msg_iovlen = out_[i].msg_hdr.msg_iovlen = 1;
        }
    }
    [[nodiscard]] int fd() const { return fd_; }
    [[nodiscard]] clock_type::time_point begun() const { return begun_; }

    void begin() {
        left_ = out_.size();
        begun_ = clock_type::now();
        const bool went = offload_ ? ::send(fd_, data_.data(), data_.size(), 0) >= 0
                                   : ::sendmmsg(fd_, out_.data(), batch(), 0) >= 0;
        if (!went) die("send");
    }
    /// True when all are back.
    bool receive() {
        left_ -= std::min(left_, offload_ ? come_together() : come_one_by_one());
        return left_ == 0;
    }

 private:
    [[nodiscard]] unsigned batch() const { return static_cast<unsigned>(out_.size()); }

    std::size_t come_one_by_one() {
        const int got = ::recvmmsg(fd_, in_.data(), batch(), MSG_DONTWAIT, nullptr);
        return static_cast<std::size_t>(std::max(got, 0));
    }
    std::size_t come_together() {
        const ssize_t got = ::recv(fd_, room_.data(), room_.size(), MSG_DONTWAIT);
        return static_cast<std::size_t>(std::max<ssize_t>(got, 0)) / size_;
    }

    int fd_ = ::socket(AF_INET, SOCK_DGRAM, 0);
    std::size_t size_;
    bool offload_;
    std::string data_;
    std::vector<char> room_;
    std::vector<mmsghdr> out_;
    std::vector<mmsghdr> in_;
    std::vector<iovec> pieces_;
    std::size_t left_ = 0;
    clock_type::time_point begun_;
};

class load {
 public:
    load(std::uint16_t port, std::size_t count, std::size_t size, std::size_t depth, bool offload)
        : depth_(depth) {
        talkers_.reserve(count);
        for (std::size_t i = 0; i < count; ++i) {
            talkers_.emplace_back(port, size, depth, offload);
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
        while (clock_type::now() < end) {
            const int ready = ::poll(watched_.data(), watched_.size(), 100);
            if (ready == 0) begin_all();
            for (std::size_t i = 0; ready > 0 && i < talkers_.size(); ++i) {
                if (watched_[i].revents == 0 || !talkers_[i].receive()) continue;
                samples_.add(talkers_[i].begun());
                talkers_[i].begin();
            }
        }
    }

    [[nodiscard]] bench::samples& taken() { return samples_; }
    [[nodiscard]] std::size_t depth() const { return depth_; }

 private:
    std::size_t depth_;
    std::vector<talker> talkers_;
    std::vector<pollfd> watched_;
    bench::samples samples_;
};

}  // namespace

int main(int argc, char** argv) {
    std::uint16_t port = 0;
    std::size_t sockets = 16;
    std::size_t size = 64;
    std::size_t depth = 16;
    double seconds = 1;
    bool offload = false;
    CLI::App options("Drives an echo server of datagrams on 127.0.0.1.");
    options.add_option("--port", port)->required();
    options.add_option("--connections", sockets, "sockets");
    options.add_option("--size", size, "bytes of a datagram");
    options.add_option("--depth", depth, "datagrams on their way on each socket");
    options.add_option("--seconds", seconds);
    options.add_flag("--offload", offload, "UDP segmentation and receive offload");
    CLI11_PARSE(options, argc, argv);

    load load(port, sockets, size, depth, offload);
    load.begin_all();
    bench::drive(load, 0.3, seconds);
}
