// SPDX-License-Identifier: MIT
// Ends of streams that the kernel has lost (src/io/backend/uring/renewing.cpp): nobody can make it
// lose one, but whether a request is made again shows in what the kernel tells of the ring.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <system_error>

#include "support/cannot_run.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/listener.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/timeout.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;

/// How many requests the rings of this process have been given, or nothing when the kernel does not
/// say.
std::optional<unsigned> requests_made() {
    std::optional<unsigned> sum;
    for (const auto& each : std::filesystem::directory_iterator("/proc/self/fd")) {
        std::error_code gone;
        const std::string what = std::filesystem::read_symlink(each.path(), gone);
        if (what != "anon_inode:[io_uring]") continue;
        std::ifstream told("/proc/self/fdinfo/" + each.path().filename().string());
        for (std::string word; told >> word;) {
            unsigned count = 0;
            if (word == "SqTail:" && told >> count) sum = sum.value_or(0) + count;
        }
    }
    return sum;
}

io::task<> expect_bytes(io::stream& from) {
    const io::chunk some = co_await from.read();
    EXPECT_EQ(some.text(), "bytes");
    const io::chunk end = co_await from.read();
    EXPECT_TRUE(end.empty());
}

/// Bytes, and then a long silence.
io::task<> talk(io::stream& to, bool& is_renewed) {
    co_await to.write("bytes");
    co_await io::sleep(10ms);
    const unsigned before = requests_made().value_or(0);
    for (int i = 0; i < 1000 && !is_renewed; ++i) {
        co_await io::sleep(10ms);
        is_renewed = requests_made().value_or(0) > before;
    }
    co_await to.finish();
}

io::task<> meet(bool& is_renewed, bool& sleeps_without_requests) {
    io::listener listener = co_await io::listen(net::endpoint::parse("127.0.0.1:0"));
    auto [one, other] = co_await io::all(listener.accept(), io::connect(listener.local_endpoint()));
    for (int i = 0; i < 50 && !sleeps_without_requests; ++i) {
        const auto before = requests_made();
        for (int j = 0; j < 20; ++j)
            co_await io::sleep(10ms);
        sleeps_without_requests = requests_made() == before;
    }
    co_await io::all(expect_bytes(one), talk(other, is_renewed));
}

TEST(uring_renewal, makes_the_request_of_who_fell_silent_again) {
    std::optional<io::loop> loop;
    try {
        loop.emplace(io::backend_kind::uring);
    } catch (const std::system_error&) {
        ZOCALO_CANNOT_RUN("no io_uring");
    }
    if (!requests_made()) ZOCALO_CANNOT_RUN("the kernel does not say what it was asked for");
    bool is_renewed = false;
    bool sleeps_without_requests = false;
    loop->run(meet(is_renewed, sleeps_without_requests));
    EXPECT_TRUE(sleeps_without_requests) << "the count says nothing";
    EXPECT_TRUE(is_renewed);
}

}  // namespace
