// SPDX-License-Identifier: MIT
// When the process has no descriptor left: connecting is an error that says so, hangs nowhere, and
// works as soon as there is one again; a loop that is there goes on hearing from other threads.
#ifndef ZOCALO_SANITIZED  // a sanitizer needs descriptors too
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <thread>
#include <vector>

#include "io/worlds.hpp"
#include "zocalo/core/unique_fd.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/io/mailbox.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/listen.hpp"
#include "zocalo/net/socket.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;

/// While it lives the process has no descriptor to spare.
class full_table {
 public:
    full_table() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const rlimit less{200, before_.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &less);
        for (int next = ::dup(0); next >= 0; next = ::dup(0))
            all_.emplace_back(next);
        EXPECT_EQ(errno, EMFILE);
    }
    full_table(const full_table&) = delete;
    full_table& operator=(const full_table&) = delete;
    ~full_table() {
        all_.clear();
        ::setrlimit(RLIMIT_NOFILE, &before_);
    }
    void give_some_back() { all_.resize(all_.size() - std::min<std::size_t>(all_.size(), 20)); }

 private:
    rlimit before_{};
    std::vector<zocalo::unique_fd> all_;
};

io::task<std::error_code> try_endpoint(net::endpoint where) {
    std::error_code outcome;
    try {
        const io::stream made = co_await io::connect(where);
    } catch (const std::system_error& error) {
        outcome = error.code();
    }
    co_return outcome;
}

io::task<std::error_code> try_name(const char* host, std::uint16_t port) {
    io::connect_options with;
    with.timeout = 60s;
    const io::connect_result result = co_await io::try_connect({host, port}, with);
    EXPECT_EQ(result.stream.is_open(), !result.error);
    co_return result.error;
}

io::task<> connect_without_descriptors(net::endpoint where) {
    full_table full;
    for (int i = 0; i < 3; ++i) {
        const std::error_code bare = co_await try_endpoint(where);
        EXPECT_EQ(bare, std::errc::too_many_files_open) << bare.message();
        const std::error_code named = co_await try_name("127.0.0.1", where.port());
        EXPECT_EQ(named, std::errc::too_many_files_open) << named.message();
    }
    full.give_some_back();
    const std::error_code bare = co_await try_endpoint(where);
    EXPECT_FALSE(bare) << bare.message();
    const std::error_code named = co_await try_name("127.0.0.1", where.port());
    EXPECT_FALSE(named) << named.message();
}

class full_tables : public zocalo::tests::in_every_world {};

TEST_P(full_tables, say_so_and_connect_when_there_is_room_again) {
    const net::socket server = net::create_server(net::endpoint::parse("127.0.0.1:0"));
    run(connect_without_descriptors(server.local_endpoint()));
}

TEST_P(full_tables, leave_a_loop_its_ear_for_other_threads) {
    io::loop loop(*GetParam());
    io::mailbox<int> box(1);
    const full_table full;
    const std::jthread other([&box] { box.send(7).get(); });
    EXPECT_EQ(loop.run(box.receive()), 7);
}

ZOCALO_ON_EVERY_KERNEL_BACKEND(full_tables);

}  // namespace

#endif
