// SPDX-License-Identifier: MIT
// Faults below what is made of several operations: each of them in turn fails once, and what comes
// out of a look-up or a program is that error or the right answer.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "io/worlds.hpp"
#include "support/dns_server.hpp"
#include "support/streams.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/process.hpp"
#include "zocalo/io/resolver.hpp"
#include "zocalo/net/resolve.hpp"

namespace {

using namespace std::chrono_literals;
using zocalo::test::dns_message;
using zocalo::test::dns_reply;
using zocalo::test::dns_server;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace dns = zocalo::net::dns;

class deep_faults : public zocalo::tests::in_every_world {};

// --- Programs

/// Writes so much to a program that copies it, and reads that.
io::task<std::size_t> copy_through_a_program(std::size_t size) {
    io::process copy({"cat"});
    const std::string much(size, 'x');
    auto [nothing, came] = co_await io::all(
        [](io::stream& to, const std::string& what) -> io::task<> {
            co_await to.write(what);
            to.close();
        }(copy.in, much),
        zocalo::tests::read_all(copy.out));
    EXPECT_EQ(came, much);
    EXPECT_EQ(co_await copy.wait(), 0);
    co_return came.size();
}

TEST_P(deep_faults, each_operation_on_a_program_in_turn) {
    std::string kinds;
    faults = [&](const io::coming_operation& what) {
        kinds += std::string(io::to_text(what.kind)) + ", ";
        return io::fault{};
    };
    EXPECT_EQ(run(copy_through_a_program(1000)), 1000U);
    EXPECT_EQ(kinds.find("send, receive, receive, "), 0U) << kinds;
    EXPECT_NE(kinds.find("wait for readiness, "), std::string::npos) << kinds;
    int failed = 0;
    for (std::uint64_t n = 1;; ++n) {
        faults = io::fail_nth(n, std::errc::no_buffer_space);
        try {
            EXPECT_EQ(run(copy_through_a_program(1000)), 1000U);
            break;
        } catch (const std::system_error& error) {
            EXPECT_EQ(error.code(), std::errc::no_buffer_space) << error.what();
            ++failed;
        }
    }
    EXPECT_GE(failed, 4);
}

TEST_P(deep_faults, bytes_of_a_program_in_pieces) {
    faults = io::in_pieces(7);
    EXPECT_EQ(run(copy_through_a_program(1000)), 1000U);
}

// --- Names

io::task<std::size_t> look_up(io::resolver& names) {
    const dns::answer said = co_await names.ask("www.example", dns::type::a);
    co_return said.all<dns::a>().size();
}

/// Whether it found the name; the error is the one that was told, or that no server was reached.
bool finds(io::task<std::size_t> what, auto run) {
    try {
        EXPECT_EQ(run(std::move(what)), 1U);
        return true;
    } catch (const std::system_error& error) {
        EXPECT_TRUE(error.code() == std::errc::no_buffer_space ||
                    error.code() == net::name_errc::again)
            << error.what();
        return false;
    }
}

/// A lost turn of a look-up is one attempt at most; whatever happened, the next one succeeds.
TEST_P(deep_faults, each_operation_of_a_look_up_in_turn) {
    dns_server server([](const std::string& query, bool) {
        dns_message found(query, dns_message::response);
        found.record(dns::type::a, 300, std::string("\xC0\0\2\1", 4));
        return std::vector<dns_reply>{{found.bytes()}};
    });
    const auto in_world = [this](io::task<std::size_t> what) { return run(std::move(what)); };
    io::resolver names(
        {.servers = {server.where()}, .search = false, .attempt = 10s, .cache_size = 0});
    int disturbed = 0;
    for (std::uint64_t n = 1; n <= 6; ++n) {
        bool is_hit = false;
        faults = [n, &is_hit](const io::coming_operation& what) {
            if (what.number != n) return io::fault{};
            is_hit = true;
            return io::fault{.error = std::errc::no_buffer_space};
        };
        const bool found = finds(look_up(names), in_world);
        EXPECT_TRUE(found || is_hit);
        disturbed += is_hit ? 1 : 0;
        faults = {};
        EXPECT_TRUE(finds(look_up(names), in_world)) << "the fault lasts";
    }
    EXPECT_GE(disturbed, 1) << "no operation was below it";
}

TEST_P(deep_faults, a_look_up_that_is_late_ends_all_the_same) {
    dns_server server([](const std::string& query, bool) {
        dns_message found(query, dns_message::response);
        found.record(dns::type::a, 300, std::string("\xC0\0\2\1", 4));
        return std::vector<dns_reply>{{found.bytes()}};
    });
    io::resolver names({.servers = {server.where()}, .search = false, .attempt = 10s});
    faults = [](const io::coming_operation&) { return io::fault{.delay = 2ms}; };
    EXPECT_EQ(run(look_up(names)), 1U);
}

ZOCALO_ON_EVERY_KERNEL_BACKEND(deep_faults);

}  // namespace
