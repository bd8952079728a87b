// SPDX-License-Identifier: MIT
// Sends datagrams to itself over loopback, a batch at a time, in four ways taken in turn: bare
// sendmmsg and recvmmsg, zocalo's send_many and recv_many, zocalo's send and recv, and Asio's.
// For each line read it measures one round and prints nanoseconds for a datagram there and back.
#include <sys/socket.h>

#include <array>
#include <asio.hpp>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <string>
#include <vector>

#include "zocalo/net/batch.hpp"
#include "zocalo/net/socket.hpp"

namespace net = zocalo::net;

namespace {

constexpr std::size_t batch_size = 32;
constexpr std::size_t datagram_size = 64;
constexpr int slices = 10;             // the rivals change places after each, so that
constexpr int batches_per_slice = 40;  // what else the machine does hits all of them

using datagram = std::array<char, datagram_size>;

void require(bool holds) {
    if (!holds) std::abort();
}

/// Two sockets that are connected to each other.
struct connected {
    connected() {
        for (net::socket* socket : {&here, &there})
            socket->bind({net::address::loopback_v4(), 0});
        here.connect(there.local_endpoint());
        there.connect(here.local_endpoint());
    }
    net::socket here{net::family::inet, net::type::datagram};
    net::socket there{net::family::inet, net::type::datagram};
};

/// The system calls by hand, with the arrays built once.
class bare {
 public:
    bare() {
        for (std::size_t i = 0; i < batch_size; ++i) {
            vectors_[i] = {bytes_[i].data(), bytes_[i].size()};
            out_[i].msg_hdr.msg_iov = in_[i].msg_hdr.msg_iov = &vectors_[i];
            out_[i].msg_hdr.msg_iovlen = in_[i].msg_hdr.msg_iovlen = 1;
            in_[i].msg_hdr.msg_name = &peers_[i];
        }
    }

    void run() {
        require(::sendmmsg(ends_.here.fileno(), out_.data(), batch_size, MSG_NOSIGNAL) ==
                int{batch_size});
        for (auto& message : in_)
            message.msg_hdr.msg_namelen = sizeof(sockaddr_storage);
        require(::recvmmsg(ends_.there.fileno(), in_.data(), batch_size, MSG_WAITFORONE, nullptr) ==
                int{batch_size});
    }

 private:
    connected ends_;
    std::array<datagram, batch_size> bytes_{};
    std::array<iovec, batch_size> vectors_{};
    std::array<sockaddr_storage, batch_size> peers_{};
    std::array<mmsghdr, batch_size> out_{};
    std::array<mmsghdr, batch_size> in_{};
};

class many {
 public:
    many() {
        for (const datagram& one : bytes_)
            require(out_.add(zocalo::const_buffer(one.data(), one.size())));
    }
    void run() {
        net::send_many(ends_.here, out_);
        require(net::recv_many(ends_.there, in_) == batch_size);
    }

 private:
    connected ends_;
    std::array<datagram, batch_size> bytes_{};
    net::send_batch out_{batch_size};
    net::recv_batch in_{batch_size, datagram_size};
};

class single {
 public:
    void run() {
        for (std::size_t i = 0; i < batch_size; ++i)
            ends_.here.send(zocalo::const_buffer(bytes_.data(), bytes_.size()));
        for (std::size_t i = 0; i < batch_size; ++i)
            require(ends_.there.recv(zocalo::mutable_buffer(bytes_)) == datagram_size);
    }

 private:
    connected ends_;
    datagram bytes_{};
};

class with_asio {
 public:
    with_asio() {
        here_.connect(there_.local_endpoint());
        there_.connect(here_.local_endpoint());
    }
    void run() {
        for (std::size_t i = 0; i < batch_size; ++i)
            here_.send(asio::buffer(bytes_));
        for (std::size_t i = 0; i < batch_size; ++i)
            require(there_.receive(asio::buffer(bytes_)) == datagram_size);
    }

 private:
    using udp = asio::ip::udp;
    asio::io_context context_;
    udp::socket here_{context_, udp::endpoint(asio::ip::address_v4::loopback(), 0)};
    udp::socket there_{context_, udp::endpoint(asio::ip::address_v4::loopback(), 0)};
    datagram bytes_{};
};

/// The time that this thread has had a core, in nanoseconds. Nobody waits here: on a machine with
/// nothing else to do it is the time on the wall.
double now() {
    timespec time{};
    require(::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0);
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

template <class Rival>
double nanoseconds(Rival& rival) {
    const double begin = now();
    for (int i = 0; i < batches_per_slice; ++i)
        rival.run();
    return now() - begin;
}

}  // namespace

int main() {
    bare bare_calls;
    many many_calls;
    single single_calls;
    with_asio asio_calls;
    for (std::string line; std::getline(std::cin, line);) {
        std::array<double, 4> sums{};
        for (int slice = 0; slice < slices; ++slice) {
            // Forth and back, so that none always comes after the same other.
            const bool forth = slice % 2 == 0;
            if (forth) sums[0] += nanoseconds(bare_calls);
            sums[1] += nanoseconds(many_calls);
            if (!forth) sums[0] += nanoseconds(bare_calls);
            sums[2] += nanoseconds(single_calls);
            sums[3] += nanoseconds(asio_calls);
        }
        for (const double sum : sums)
            std::cout << sum / (slices * batches_per_slice * batch_size) << ' ';
        std::cout << std::endl;
    }
}
