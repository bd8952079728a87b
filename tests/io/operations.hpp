// SPDX-License-Identifier: MIT
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <string>
#include <system_error>
#include <utility>

#include "io/outcome.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/datagram.hpp"
#include "zocalo/io/listener.hpp"
#include "zocalo/io/pipe.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/timeout.hpp"

/// Every operation of the engine, with what it works on and what ends its waiting.
namespace zocalo::tests::operations {

using namespace std::chrono_literals;

/// What an operation works on, and the other end of that.
struct ends {
    io::stream stream;
    io::stream other;
    io::listener listener;
    io::datagram packets;
    net::socket peer;
    io::datagram far_away;  ///< the peer of packets in a simulated network
    int number = -1;        ///< of the descriptor that the operation uses
};

inline constexpr std::size_t much = 4'000'000;  // more than the kernel buffers

inline void make_pair(ends& of) {
    auto [one, other] = net::socket::pair();
    of.number = one.fileno();
    of.stream = io::stream(std::move(one));
    of.other = io::stream(std::move(other));
}

inline void make_pipe(ends& of, bool writing) {
    std::array<int, 2> numbers{};
    ASSERT_EQ(::pipe2(numbers.data(), O_CLOEXEC), 0);
    of.number = numbers[writing ? 1 : 0];
    of.stream = io::open_descriptor(unique_fd(of.number));
    of.other = io::open_descriptor(unique_fd(numbers[writing ? 0 : 1]));
}
inline void make_pipe_to_read(ends& of) {
    make_pipe(of, false);
}
inline void make_pipe_to_write(ends& of) {
    make_pipe(of, true);
}

inline void make_listener(ends& of) {
    net::socket server = net::create_server(net::endpoint::parse("127.0.0.1:0"));
    of.number = server.fileno();
    of.listener = io::listener(std::move(server));
}

inline void make_packets(ends& of) {
    auto [one, other] = net::socket::pair(net::type::datagram);
    of.number = one.fileno();
    of.packets = io::datagram(std::move(one));
    of.peer = std::move(other);
}

/// The peer's queue is full.
inline void make_full_packets(ends& of) {
    make_packets(of);
    net::socket& from = of.packets.socket();
    while (!from.try_send("x", net::message_flag::dont_wait).error) {
    }
}

template <void (*make)(ends&)>
io::task<> made_by(ends& of) {
    make(of);
    co_return;
}

// The same in a simulated network, which has no numbers and no pipes of the kernel.

inline io::task<> open_pair(ends& of) {
    auto [one, other] = io::stream::pair();
    of.stream = std::move(one);
    of.other = std::move(other);
    co_return;
}
inline io::task<> open_connection(ends& of) {
    io::listener listener = co_await io::listen(net::endpoint::parse("127.0.0.1:0"));
    auto [accepted, connected] =
        co_await io::all(listener.accept(), io::connect(listener.local_endpoint()));
    of.stream = std::move(accepted);
    of.other = std::move(connected);
}
inline io::task<> open_listener(ends& of) {
    of.listener = co_await io::listen(net::endpoint::parse("127.0.0.1:0"));
}
inline io::task<> open_packets(ends& of) {
    of.packets = co_await io::open_datagram(net::endpoint::parse("127.0.0.1:0"));
    of.far_away = co_await io::open_datagram(net::endpoint::parse("127.0.0.1:0"));
}

// --- the operations, and what ends their waiting

inline io::task<> read(ends& of) {
    EXPECT_EQ((co_await of.stream.read()).text(), "x");
}
template <std::size_t size>
io::task<> read_some(ends& of) {
    std::string room(size, '\0');
    EXPECT_EQ(co_await of.stream.read_some(mutable_buffer(room)), 1U);
}
inline io::task<> write(ends& of) {
    const std::string data(much, 'x');
    co_await of.stream.write(data);
}
inline io::task<> write_pieces(ends& of) {
    const std::string data(much, 'x');
    const std::array<const_buffer, 2> pieces{"y", data};
    co_await of.stream.write(pieces);
}
/// In short ones, which io_uring sends in another way.
inline io::task<> write_short(ends& of) {
    const std::string data(1000, 'x');
    for (std::size_t sent = 0; sent < much; sent += data.size())
        co_await of.stream.write(data);
}
inline io::task<> wait_ready(ends& of) {
    using ready = io::detail::ready_operation;
    io::detail::awaitable<ready> waiting(of.stream.made_of(), ready::direction::read);
    co_await waiting;
}
inline io::task<> accept(ends& of) {
    EXPECT_TRUE((co_await of.listener.accept()).is_open());
}
inline io::task<> receive_packet(ends& of) {
    std::array<char, 10> room{};
    EXPECT_EQ((co_await of.packets.receive_from(room)).size, 1U);
}
inline io::task<> receive_packets(ends& of) {
    net::recv_batch batch(4, 100);
    EXPECT_EQ(co_await of.packets.receive_many(batch), 1U);
}
inline io::task<> send_packet(ends& of) {
    co_await of.packets.send("x");
}
inline io::task<> send_packets(ends& of) {
    net::send_batch batch(1);
    batch.add("x");
    co_await of.packets.send_many(batch);
}

inline io::task<> write_one(ends& of) {
    co_await of.other.write("x");
    co_await io::sleep(timeout::none());
}
inline io::task<> drain(ends& of) {
    for (;;)
        co_await of.other.read();
}
inline io::task<> connect_to(ends& of) {
    of.other = co_await io::connect(of.listener.local_endpoint());
    co_await io::sleep(timeout::none());
}
inline io::task<> send_one(ends& of) {
    of.peer.send("x");
    co_await io::sleep(timeout::none());
}
inline io::task<> receive_all(ends& of) {
    std::array<char, 10> room{};
    while (!of.peer.try_recv(room, net::message_flag::dont_wait).error) {
    }
    co_await io::sleep(timeout::none());
}

inline io::task<> send_one_far_away(ends& of) {
    const net::endpoint where = of.packets.local_endpoint();
    co_await of.far_away.send_to("x", where);
    co_await io::sleep(timeout::none());
}

struct operation {
    const char* name;
    io::task<> (*prepare)(ends&);
    io::task<> (*begin)(ends&);
    io::task<> (*help)(ends&);
};

inline constexpr std::array waiting_operations{
    operation{"read", made_by<make_pair>, read, write_one},
    operation{"read_some", made_by<make_pair>, read_some<100>, write_one},
    operation{"large read_some", made_by<make_pair>, read_some<100'000>, write_one},
    operation{"write", made_by<make_pair>, write, drain},
    operation{"write of pieces", made_by<make_pair>, write_pieces, drain},
    operation{"short writes", made_by<make_pair>, write_short, drain},
    operation{"read of a pipe", made_by<make_pipe_to_read>, read, write_one},
    operation{"read_some of a pipe", made_by<make_pipe_to_read>, read_some<100>, write_one},
    operation{"write to a pipe", made_by<make_pipe_to_write>, write, drain},
    operation{"wait_ready", made_by<make_pair>, wait_ready, write_one},
    operation{"wait_ready of a pipe", made_by<make_pipe_to_read>, wait_ready, write_one},
    operation{"accept", made_by<make_listener>, accept, connect_to},
    operation{"receive_from", made_by<make_packets>, receive_packet, send_one},
    operation{"receive_many", made_by<make_packets>, receive_packets, send_one},
    operation{"send", made_by<make_full_packets>, send_packet, receive_all},
    operation{"send_many", made_by<make_full_packets>, send_packets, receive_all},
};

inline constexpr std::array simulated_operations{
    operation{"read", open_pair, read, write_one},
    operation{"read of a connection", open_connection, read, write_one},
    operation{"read_some", open_connection, read_some<100>, write_one},
    operation{"large read_some", open_connection, read_some<100'000>, write_one},
    operation{"write within a host", open_pair, write, drain},
    operation{"write", open_connection, write, drain},
    operation{"write of pieces", open_connection, write_pieces, drain},
    operation{"short writes", open_connection, write_short, drain},
    operation{"wait_ready", open_connection, wait_ready, write_one},
    operation{"accept", open_listener, accept, connect_to},
    operation{"receive_from", open_packets, receive_packet, send_one_far_away},
    operation{"receive_many", open_packets, receive_packets, send_one_far_away},
};

// --- the same where there is nothing to wait for, and who sees that it was done

inline io::task<> write_x(ends& of) {
    co_await of.stream.write("x");
}
inline io::task<> read_x(ends& of) {
    EXPECT_EQ((co_await of.other.read()).text(), "x") << "and not twice";
}
inline io::task<> send_far_away(ends& of) {
    const net::endpoint where = of.far_away.local_endpoint();
    co_await of.packets.send_to("x", where);
}
inline io::task<> send_many_far_away(ends& of) {
    const net::endpoint where = of.far_away.local_endpoint();
    net::send_batch batch(1);
    batch.add("x", where);
    co_await of.packets.send_many(batch);
}
inline io::task<> receive_far_away(ends& of) {
    std::array<char, 10> room{};
    EXPECT_EQ((co_await of.far_away.receive_from(room)).size, 1U);
    const std::error_code more = co_await outcome_of(
        io::timeout(5ms, [](ends& on, std::array<char, 10>& into) -> io::task<> {
            co_await on.far_away.receive_from(into);
        }(of, room)));
    EXPECT_EQ(more, std::errc::timed_out) << "it was sent twice";
}
inline io::task<> connect_once(ends& of) {
    of.stream = co_await io::connect(of.listener.local_endpoint());
}
inline io::task<> accept_once(ends& of) {
    of.other = co_await of.listener.accept();
    const std::error_code more = co_await outcome_within(5ms, accept(of));
    EXPECT_EQ(more, std::errc::timed_out) << "it was connected twice";
}

inline constexpr std::array quick_operations{
    operation{"write", open_connection, write_x, read_x},
    operation{"send_to", open_packets, send_far_away, receive_far_away},
    operation{"send_many", open_packets, send_many_far_away, receive_far_away},
    operation{"connect", open_listener, connect_once, accept_once},
};

}  // namespace zocalo::tests::operations
