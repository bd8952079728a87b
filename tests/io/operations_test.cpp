// SPDX-License-Identifier: MIT
// Every operation that can wait, on every backend: begun in a cancelled task, cancelled while it
// waits, and on a descriptor that somebody else closed.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <span>
#include <string>
#include <utility>

#include "io/worlds.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/datagram.hpp"
#include "zocalo/io/listener.hpp"
#include "zocalo/io/pipe.hpp"
#include "zocalo/io/scope.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/timeout.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;

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

constexpr std::size_t much = 4'000'000;  // more than the kernel buffers

void make_pair(ends& of) {
    auto [one, other] = net::socket::pair();
    of.number = one.fileno();
    of.stream = io::stream(std::move(one));
    of.other = io::stream(std::move(other));
}

void make_pipe(ends& of, bool writing) {
    std::array<int, 2> numbers{};
    ASSERT_EQ(::pipe2(numbers.data(), O_CLOEXEC), 0);
    of.number = numbers[writing ? 1 : 0];
    of.stream = io::open_descriptor(zocalo::unique_fd(of.number));
    of.other = io::open_descriptor(zocalo::unique_fd(numbers[writing ? 0 : 1]));
}
void make_pipe_to_read(ends& of) {
    make_pipe(of, false);
}
void make_pipe_to_write(ends& of) {
    make_pipe(of, true);
}

void make_listener(ends& of) {
    net::socket server = net::create_server(net::endpoint::parse("127.0.0.1:0"));
    of.number = server.fileno();
    of.listener = io::listener(std::move(server));
}

void make_packets(ends& of) {
    auto [one, other] = net::socket::pair(net::type::datagram);
    of.number = one.fileno();
    of.packets = io::datagram(std::move(one));
    of.peer = std::move(other);
}

/// The peer's queue is full.
void make_full_packets(ends& of) {
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

io::task<> open_pair(ends& of) {
    auto [one, other] = io::stream::pair();
    of.stream = std::move(one);
    of.other = std::move(other);
    co_return;
}
io::task<> open_connection(ends& of) {
    io::listener listener = co_await io::listen(net::endpoint::parse("127.0.0.1:0"));
    auto [accepted, connected] =
        co_await io::all(io::detail::as_task(listener.accept()),
                         io::detail::as_task(io::connect(listener.local_endpoint())));
    of.stream = std::move(accepted);
    of.other = std::move(connected);
}
io::task<> open_listener(ends& of) {
    of.listener = co_await io::listen(net::endpoint::parse("127.0.0.1:0"));
}
io::task<> open_packets(ends& of) {
    of.packets = co_await io::open_datagram(net::endpoint::parse("127.0.0.1:0"));
    of.far_away = co_await io::open_datagram(net::endpoint::parse("127.0.0.1:0"));
}

// --- the operations, and what ends their waiting

io::task<> read(ends& of) {
    EXPECT_EQ((co_await of.stream.read()).text(), "x");
}
template <std::size_t size>
io::task<> read_some(ends& of) {
    std::string room(size, '\0');
    EXPECT_EQ(co_await of.stream.read_some(zocalo::mutable_buffer(room)), 1U);
}
io::task<> write(ends& of) {
    const std::string data(much, 'x');
    co_await of.stream.write(data);
}
io::task<> write_pieces(ends& of) {
    const std::string data(much, 'x');
    const std::array<zocalo::const_buffer, 2> pieces{"y", data};
    co_await of.stream.write(pieces);
}
/// In short ones, which io_uring sends in another way.
io::task<> write_short(ends& of) {
    const std::string data(1000, 'x');
    for (std::size_t sent = 0; sent < much; sent += data.size())
        co_await of.stream.write(data);
}
io::task<> accept(ends& of) {
    EXPECT_TRUE((co_await of.listener.accept()).is_open());
}
io::task<> receive_packet(ends& of) {
    std::array<char, 10> room{};
    EXPECT_EQ((co_await of.packets.receive_from(room)).size, 1U);
}
io::task<> receive_packets(ends& of) {
    net::recv_batch batch(4, 100);
    EXPECT_EQ(co_await of.packets.receive_many(batch), 1U);
}
io::task<> send_packet(ends& of) {
    co_await of.packets.send("x");
}
io::task<> send_packets(ends& of) {
    net::send_batch batch(1);
    batch.add("x");
    co_await of.packets.send_many(batch);
}

io::task<> write_one(ends& of) {
    co_await of.other.write("x");
    co_await io::sleep(zocalo::timeout::none());
}
io::task<> drain(ends& of) {
    for (;;)
        co_await of.other.read();
}
io::task<> connect_to(ends& of) {
    of.other = co_await io::connect(of.listener.local_endpoint());
    co_await io::sleep(zocalo::timeout::none());
}
io::task<> send_one(ends& of) {
    of.peer.send("x");
    co_await io::sleep(zocalo::timeout::none());
}
io::task<> receive_all(ends& of) {
    std::array<char, 10> room{};
    while (!of.peer.try_recv(room, net::message_flag::dont_wait).error) {
    }
    co_await io::sleep(zocalo::timeout::none());
}

io::task<> send_one_far_away(ends& of) {
    const net::endpoint where = of.packets.local_endpoint();
    co_await of.far_away.send_to("x", where);
    co_await io::sleep(zocalo::timeout::none());
}

struct operation {
    const char* name;
    io::task<> (*prepare)(ends&);
    io::task<> (*begin)(ends&);
    io::task<> (*help)(ends&);
};

constexpr std::array operations{
    operation{"read", made_by<make_pair>, read, write_one},
    operation{"read_some", made_by<make_pair>, read_some<100>, write_one},
    operation{"large read_some", made_by<make_pair>, read_some<100'000>, write_one},
    operation{"write", made_by<make_pair>, write, drain},
    operation{"write of pieces", made_by<make_pair>, write_pieces, drain},
    operation{"short writes", made_by<make_pair>, write_short, drain},
    operation{"read of a pipe", made_by<make_pipe_to_read>, read, write_one},
    operation{"read_some of a pipe", made_by<make_pipe_to_read>, read_some<100>, write_one},
    operation{"write to a pipe", made_by<make_pipe_to_write>, write, drain},
    operation{"accept", made_by<make_listener>, accept, connect_to},
    operation{"receive_from", made_by<make_packets>, receive_packet, send_one},
    operation{"receive_many", made_by<make_packets>, receive_packets, send_one},
    operation{"send", made_by<make_full_packets>, send_packet, receive_all},
    operation{"send_many", made_by<make_full_packets>, send_packets, receive_all},
};

constexpr std::array simulated_operations{
    operation{"read", open_pair, read, write_one},
    operation{"read of a connection", open_connection, read, write_one},
    operation{"read_some", open_connection, read_some<100>, write_one},
    operation{"large read_some", open_connection, read_some<100'000>, write_one},
    operation{"write within a host", open_pair, write, drain},
    operation{"write", open_connection, write, drain},
    operation{"write of pieces", open_connection, write_pieces, drain},
    operation{"short writes", open_connection, write_short, drain},
    operation{"accept", open_listener, accept, connect_to},
    operation{"receive_from", open_packets, receive_packet, send_one_far_away},
    operation{"receive_many", open_packets, receive_packets, send_one_far_away},
};

using operation_test = io::task<> (*)(const operation&, ends&);

io::task<> with_new_ends(operation_test test, const operation& what) {
    ends of;
    co_await what.prepare(of);
    co_await test(what, of);
}

class operations_of_the_engine : public zocalo::tests::in_every_world {
 protected:
    /// Each operation with new ends, and its name beside what fails.
    void for_each(operation_test test) {
        const std::span<const operation> all =
            is_simulated() ? std::span<const operation>(simulated_operations)
                           : std::span<const operation>(operations);
        for (const operation& each : all) {
            SCOPED_TRACE(each.name);
            run(with_new_ends(test, each));
        }
    }
};

/// What the task ended with: no error for success.
io::task<std::error_code> outcome_of(io::task<> what) {
    try {
        co_await std::move(what);
    } catch (const std::system_error& error) {
        co_return error.code();
    }
    co_return std::error_code{};
}
io::task<std::error_code> outcome_within(std::chrono::milliseconds limit, io::task<> what) {
    return outcome_of(io::timeout(limit, std::move(what)));
}

io::task<> works(const operation& what, ends& of) {
    const auto first =
        co_await outcome_within(60'000ms, [](const operation& each, ends& on) -> io::task<> {
            co_await io::any(each.begin(on), each.help(on));
        }(what, of));
    EXPECT_FALSE(first) << first.message();
}

io::task<> begin_in_cancelled_scope(io::scope& in, io::task<> what) {
    in.cancel();
    const std::error_code outcome = co_await outcome_of(std::move(what));
    EXPECT_EQ(outcome, std::errc::operation_canceled) << outcome.message();
}

TEST_P(operations_of_the_engine, do_not_begin_when_cancelled) {
    for_each([](const operation& what, ends& of) -> io::task<> {
        {
            io::scope scope;
            co_await scope.run(begin_in_cancelled_scope(scope, what.begin(of)));
        }
        co_await works(what, of);
    });
}

TEST_P(operations_of_the_engine, end_when_cancelled_and_may_begin_again) {
    for_each([](const operation& what, ends& of) -> io::task<> {
        for (int i = 0; i < 3; ++i) {
            const std::error_code outcome = co_await outcome_within(2ms, what.begin(of));
            EXPECT_EQ(outcome, std::errc::timed_out) << outcome.message();
        }
        co_await works(what, of);
    });
}

/// Somebody else closes a descriptor; later the number belongs to yet another file.
class closed_number {
 public:
    explicit closed_number(int number) noexcept : number_(number) { ::close(number); }
    closed_number(const closed_number&) = delete;
    closed_number& operator=(const closed_number&) = delete;
    ~closed_number() {
        const int other = ::open("/dev/null", O_RDWR | O_CLOEXEC);
        if (other == number_) return;
        ::dup3(other, number_, O_CLOEXEC);
        ::close(other);
    }

 private:
    int number_;
};

TEST_P(operations_of_the_engine, fail_on_a_descriptor_that_is_closed) {
    if (is_simulated()) return;  // nobody has a number to close
    for_each([](const operation& what, ends& of) -> io::task<> {
        const closed_number closed(of.number);
        const std::error_code outcome = co_await outcome_within(60'000ms, what.begin(of));
        EXPECT_EQ(outcome, std::errc::bad_file_descriptor) << outcome.message();
    });
}

/// Closes the descriptor under the operation.
io::task<> close_soon(int number) {
    co_await io::sleep(1ms);
    const closed_number closed(number);
    co_await io::sleep(20ms);
}

/// The kernel does not tell those who wait, on any backend but poll; what matters is that nothing
/// else breaks, and that a time-out ends it.
TEST_P(operations_of_the_engine, end_by_time_out_when_closed_while_waiting) {
    if (is_simulated()) return;
    for_each([](const operation& what, ends& of) -> io::task<> {
        ends bystander;
        make_pair(bystander);
        co_await outcome_of([](const operation& each, ends& on) -> io::task<> {
            co_await io::any(each.begin(on), close_soon(on.number));
        }(what, of));
        co_await works({"", nullptr, read, write_one}, bystander);
    });
}

// --- connections that are made

/// A server that answers nobody: its queue is full.
class deaf_server {
 public:
    deaf_server() {
        for (net::socket& each : queue_) {
            each.set_blocking(false);
            EXPECT_EQ(each.try_connect(where()), std::errc::operation_in_progress);
        }
    }
    [[nodiscard]] net::endpoint where() const { return listening_.local_endpoint(); }

 private:
    net::socket listening_ =
        net::create_server(net::endpoint::parse("127.0.0.1:0"), {.backlog = 0});
    std::array<net::socket, 4> queue_{
        net::socket(net::family::inet), net::socket(net::family::inet),
        net::socket(net::family::inet), net::socket(net::family::inet)};
};

io::task<> connect_in_vain(net::endpoint where) {
    co_await io::connect(where);
}

TEST_P(operations_of_the_engine, connect_ends_when_cancelled) {
    if (is_simulated()) {
        const net::endpoint nobody = net::endpoint::parse("10.99.99.99:7");
        const auto outcome = run(outcome_within(5ms, connect_in_vain(nobody)));
        EXPECT_EQ(outcome, std::errc::timed_out) << outcome.message();
        return;
    }
    const deaf_server server;
    const int before = ::dup(0);
    ::close(before);
    for (int i = 0; i < 3; ++i) {
        const auto outcome = run(outcome_within(5ms, connect_in_vain(server.where())));
        EXPECT_EQ(outcome, std::errc::timed_out) << outcome.message();
    }
    run([](net::endpoint where) -> io::task<> {
        io::scope scope;
        co_await scope.run(begin_in_cancelled_scope(scope, connect_in_vain(where)));
    }(server.where()));
    const int after = ::dup(0);
    ::close(after);
    EXPECT_EQ(after, before) << "a descriptor was left open";
}

ZOCALO_IN_EVERY_WORLD(operations_of_the_engine);

}  // namespace
