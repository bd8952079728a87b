// SPDX-License-Identifier: MIT
// What is io_uring's own: buffers that run out, queues that overflow, connections beyond the limit
// of descriptors, and what a loop leaves behind.
#include <gtest/gtest.h>
#include <linux/io_uring.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "support/cannot_run.hpp"
#include "support/failing_call.hpp"
#include "zocalo/core/unique_fd.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/listener.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/io/scope.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/option_tcp.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;

class uring : public testing::Test {
 protected:
    void SetUp() override {
        try {
            const io::loop probe(io::backend_kind::uring);
        } catch (const std::system_error& error) {
            ZOCALO_CANNOT_RUN(error.what());
        }
    }
    void TearDown() override { ::unsetenv("ZOCALO_URING"); }

    static void set_sizes(const char* sizes) { ::setenv("ZOCALO_URING", sizes, 1); }
    template <class T>
    static T run(io::task<T> what) {
        return io::loop(io::backend_kind::uring).run(std::move(what));
    }
};

using pairs = std::vector<std::pair<io::stream, io::stream>>;

pairs make_pairs(int count) {
    pairs made;
    for (int i = 0; i < count; ++i)
        made.push_back(io::stream::pair());
    return made;
}

/// Keeps its chunk until everybody has one.
io::task<> read_and_keep(io::stream& from, std::size_t& have, std::size_t all) {
    const io::chunk got = co_await from.read();
    EXPECT_EQ(got.text(), "x");
    ++have;
    while (have < all)
        co_await io::sleep(1ms);
}

io::task<> all_keep(pairs& ends) {
    for (auto& [here, there] : ends)
        co_await there.write("x");
    std::size_t have = 0;
    std::vector<io::task<>> readers;
    for (auto& [here, there] : ends)
        readers.push_back(read_and_keep(here, have, ends.size()));
    co_await io::all(std::move(readers));
    EXPECT_EQ(have, ends.size());
}

TEST_F(uring, more_readers_than_buffers_all_get_their_bytes) {
    set_sizes("buffers=4");
    pairs ends = make_pairs(200);
    run(all_keep(ends));
}

TEST_F(uring, queues_that_overflow_lose_nothing) {
    set_sizes("entries=1,buffers=64");
    pairs ends = make_pairs(500);
    run(all_keep(ends));
    run(all_keep(ends));
}

io::task<std::string> read_text(io::stream& from) {
    const io::chunk got = co_await from.read();
    co_return std::string(got.text());
}

io::task<> read_the_first(io::stream& from, io::stream& to) {
    co_await to.write("first");
    EXPECT_EQ(co_await read_text(from), "first");
    co_await to.write("second");
    co_await io::sleep(10ms);  // it arrives, and nobody reads
}

TEST_F(uring, bytes_that_a_loop_leaves_come_first_for_the_next) {
    auto [here, there] = io::stream::pair();
    run(read_the_first(here, there));
    there.write("third").get();
    char room[3];
    EXPECT_EQ(here.read_some(zocalo::mutable_buffer(room)).get(), 3U);
    EXPECT_EQ(std::string(room, 3), "sec");
    EXPECT_EQ(run(read_text(here)), "ond");
    EXPECT_EQ(io::loop(io::backend_kind::epoll).run(read_text(here)), "third");
}

TEST_F(uring, chunk_may_outlive_its_loop) {
    auto [here, there] = io::stream::pair();
    there.write("kept").get();
    io::chunk kept;
    {
        io::loop loop(io::backend_kind::uring);
        kept = loop.run(
            [](io::stream& from) -> io::task<io::chunk> { co_return co_await from.read(); }(here));
    }
    EXPECT_EQ(kept.text(), "kept");
}

io::task<> accept_one_of(io::listener& from, net::endpoint where, std::vector<io::stream>& keep) {
    auto first = io::detail::as_task(from.accept());
    auto [got, one, two, three] = co_await io::all(std::move(first), io::connect(where),
                                                   io::connect(where), io::connect(where));
    keep.push_back(std::move(one));
    keep.push_back(std::move(two));
    keep.push_back(std::move(three));
    co_await io::sleep(10ms);  // the others are accepted, and nobody asked for them
}

TEST_F(uring, connections_that_a_loop_leaves_are_not_lost) {
    io::listener listener(net::create_server(net::endpoint::parse("127.0.0.1:0")));
    std::vector<io::stream> clients;
    run(accept_one_of(listener, listener.local_endpoint(), clients));
    for (int i = 0; i < 2; ++i) {
        const io::stream next = listener.accept().get();
        EXPECT_TRUE(next.peer_endpoint().is_inet());
    }
}

io::task<bool> waits_in_vain(io::stream& from) {
    bool timed_out = false;
    try {
        co_await io::timeout(1ms, from.read());
    } catch (const std::system_error& error) {
        timed_out = error.code() == std::errc::timed_out;
    }
    co_return timed_out;
}

io::task<> close_one_that_receives() {
    for (int i = 0; i < 200; ++i) {
        auto [here, there] = io::stream::pair();
        const bool in_vain = i % 2 != 0 || co_await waits_in_vain(here);
        EXPECT_TRUE(in_vain);
        here.close();
        const io::chunk end = co_await io::timeout(5s, there.read());
        EXPECT_TRUE(end.empty());
    }
}

TEST_F(uring, peer_sees_the_end_of_one_that_was_closed_while_receiving) {
    run(close_one_that_receives());
}

io::task<> use_numbers_again() {
    for (int i = 0; i < 300; ++i) {
        auto [here, there] = io::stream::pair();  // the same descriptors each time
        const std::string text = "connection " + std::to_string(i);
        co_await io::any(read_text(here), io::sleep(0ns));
        co_await there.write(text);
        EXPECT_EQ(co_await io::timeout(5s, read_text(here)), text);
        co_await there.write("nobody reads this");
    }
}

TEST_F(uring, number_that_is_used_again_belongs_to_the_new_connection) {
    run(use_numbers_again());
}

io::task<> write_while_it_goes(io::stream& to, std::size_t& written) {
    const std::string block(4096, 'x');
    for (;;) {
        co_await to.write(block);
        written += block.size();
    }
}

io::task<std::size_t> write_to_nobody(io::stream& from, io::stream& to) {
    std::size_t written = 0;
    EXPECT_TRUE(co_await waits_in_vain(from));
    try {
        co_await io::timeout(200ms, write_while_it_goes(to, written));
    } catch (const std::system_error&) {
    }
    co_return written;
}

TEST_F(uring, what_nobody_reads_stops_the_writer) {
    auto [here, there] = io::stream::pair();
    EXPECT_LT(run(write_to_nobody(here, there)), 2'000'000U);
}

TEST_F(uring, loop_may_be_made_here_and_run_elsewhere) {
    auto [here, there] = io::stream::pair();
    io::loop loop(io::backend_kind::uring);
    for (int i = 0; i < 2; ++i) {
        std::thread([&] {
            there.write("x").get();
            EXPECT_EQ(loop.run(read_text(here)), "x");
        }).join();
    }
}

// --- where it is forbidden

TEST(uring_forbidden, is_an_error_for_who_insists_and_epoll_for_who_does_not) {
    ::setenv("ZOCALO_BACKEND", "uring", 1);
    const bool forbidden = zocalo::test::with_failing_call(SYS_io_uring_setup, EPERM, [] {
        const io::loop instead;
        EXPECT_EQ(instead.backend(), "epoll");
        EXPECT_NE(instead.reason().find("open an io_uring"), std::string_view::npos)
            << instead.reason();
        EXPECT_NE(instead.reason().find("not permitted"), std::string_view::npos)
            << instead.reason();
        try {
            const io::loop insisted(io::backend_kind::uring);
            ADD_FAILURE() << "opened an io_uring";
        } catch (const std::system_error& error) {
            EXPECT_EQ(error.code(), std::errc::operation_not_permitted) << error.what();
        }
    });
    ::unsetenv("ZOCALO_BACKEND");
    if (!forbidden) ZOCALO_CANNOT_RUN("no seccomp filters here");
}

// --- the limit of descriptors

/// What another process does: makes so many connections, several at once, and gets its byte back on
/// each one.
[[noreturn]] void be_clients(const net::endpoint& where, std::size_t count, std::size_t at_once) {
    std::vector<net::socket> all;
    bool good = true;
    for (std::size_t i = 0; i < count; ++i) {
        all.emplace_back(where.family());
        all.back().connect(where);
        all.back().send_all("x");
        if (all.size() % at_once != 0) continue;
        for (std::size_t each = all.size() - at_once; each < all.size(); ++each) {
            char back = 0;
            good = good && all[each].recv(zocalo::mutable_buffer(&back, 1)) == 1 && back == 'x';
        }
    }
    ::_exit(good ? 0 : 1);
}

io::task<> echo_once(io::stream peer, const net::endpoint& where) {
    peer.set(net::option::tcp::no_delay{true});
    EXPECT_EQ(peer.local_endpoint(), where);
    EXPECT_TRUE(peer.peer_endpoint().is_inet());
    const io::chunk got = co_await peer.read();
    co_await peer.write(got.text());
    EXPECT_TRUE((co_await peer.read()).empty());
}

io::task<> serve(io::listener& listener, io::scope& clients, const net::endpoint& where,
                 int count) {
    for (int i = 0; i < count; ++i)
        clients.spawn(echo_once(co_await listener.accept(), where));
}

/// The process's limit of descriptors, lower for a while.
class lowered_limit {
 public:
    explicit lowered_limit(rlim_t soft) {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const rlimit less{soft, before_.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &less);
    }
    lowered_limit(const lowered_limit&) = delete;
    lowered_limit& operator=(const lowered_limit&) = delete;
    ~lowered_limit() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
    rlimit before_{};
};

void serve_so_many(std::size_t count, std::size_t at_once) {
    net::socket server = net::create_server(net::endpoint::parse("127.0.0.1:0"), {.backlog = 1000});
    const net::endpoint where = server.local_endpoint();
    const pid_t child = ::fork();
    if (child == 0) be_clients(where, count, at_once);

    {
        const lowered_limit few(128);
        io::listener listener(std::move(server));
        io::scope clients;
        io::loop(io::backend_kind::uring)
            .run(clients.run(serve(listener, clients, where, static_cast<int>(count))));
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0) << "a client did not get its byte back";
}

TEST_F(uring, holds_more_connections_than_descriptors) {
    serve_so_many(400, 20);
}

#ifndef ZOCALO_SANITIZED  // the sanitizer needs descriptors too
TEST_F(uring, survives_a_burst_that_takes_all_descriptors) {
    serve_so_many(400, 400);
}
#endif

/// The rings of this process.
std::vector<int> rings() {
    std::vector<int> all;
    for (const auto& each : std::filesystem::directory_iterator("/proc/self/fd")) {
        std::error_code gone;
        const auto what = std::filesystem::read_symlink(each.path(), gone);
        if (what == "anon_inode:[io_uring]") all.push_back(std::stoi(each.path().filename()));
    }
    return all;
}

/// What the kernel says to a ring that is to tell an eventfd of what it does.
int watch(int ring) {
    const zocalo::unique_fd bell(::eventfd(0, EFD_CLOEXEC));
    int number = bell.get();
    const long result =
        ::syscall(SYS_io_uring_register, ring, IORING_REGISTER_EVENTFD, &number, 1U);
    return result < 0 ? errno : 0;
}

io::task<std::vector<int>> watch_all() {
    std::vector<int> said;
    for (const int each : rings())
        said.push_back(watch(each));
    co_return said;
}

TEST_F(uring, may_do_nothing_but_what_loops_need) {
    EXPECT_EQ(run(watch_all()), std::vector{EACCES});
}

/// That is the restriction and not the ring.
TEST_F(uring, would_do_more_without_its_restrictions) {
    io_uring_params asked{};
    const zocalo::unique_fd free(static_cast<int>(::syscall(SYS_io_uring_setup, 8U, &asked)));
    ASSERT_TRUE(free);
    EXPECT_EQ(watch(free.get()), 0);
}

}  // namespace
