// SPDX-License-Identifier: MIT
// Look-ups with a limit, with name servers that do not answer.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "support/cannot_run.hpp"
#include "support/network_namespace.hpp"
#include "zocalo/net/connect.hpp"
#include "zocalo/net/resolve.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::net {
namespace {

using namespace std::chrono_literals;

constexpr int most_left_behind = 64;

/// For this thread and those that it starts: one name server, which is silent until it says no to
/// everything that it was asked.
class name_server {
 public:
    name_server() {
        const std::string path = "/tmp/zocalo-lookup-" + std::to_string(::getpid());
        std::ofstream(path) << "nameserver 127.0.0.1\noptions timeout:20 attempts:1\n";
        ready_ = network_.is_ready() && ::unshare(CLONE_NEWNS) == 0 &&
                 ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                 ::mount(path.c_str(), "/etc/resolv.conf", nullptr, MS_BIND, nullptr) == 0;
        ::unlink(path.c_str());
        if (!ready_) return;
        server_ = socket(family::inet, type::datagram);
        server_.bind({"127.0.0.1", 53});
    }
    [[nodiscard]] bool is_ready() const { return ready_; }

    /// Says no (NXDOMAIN) to everybody, until nobody has asked for a while.
    void refuse_all() {
        server_.set_timeout(300ms);
        std::array<char, 512> query;
        for (;;) {
            received from;
            try {
                from = server_.recv_from(mutable_buffer(query));
            } catch (const std::system_error&) {
                return;
            }
            query[2] = static_cast<char>(query[2] | 0x80);
            query[3] = 3;
            server_.send_to(const_buffer(query).first(from.size), from.peer);
        }
    }

 private:
    test::network_namespace network_;
    bool ready_ = false;
    socket server_;
};

/// In a thread whose namespaces end with it.
template <class Body>
bool with_name_server(Body body) {
    bool ran = false;
    std::jthread([&] {
        name_server server;
        if (!server.is_ready()) return;
        ran = true;
        body(server);
    }).join();
    return ran;
}

std::error_code look_up(timeout limit, const stop_condition* stop = nullptr) {
    try {
        (void)getaddrinfo("no-such-host.example", "80", {.type = type::stream}, limit, stop);
    } catch (const std::system_error& error) {
        return error.code();
    }
    return {};
}

TEST(lookup, ends_with_its_time_or_its_stop) {
    const bool ran = with_name_server([](name_server& server) {
        const auto begin = deadline::clock::now();
        EXPECT_EQ(look_up(30ms), std::errc::timed_out);
        const auto result = try_create_connection({"no-such-host.example", 80}, {.timeout = 30ms});
        EXPECT_EQ(result.error, std::errc::timed_out);
        EXPECT_GE(result.lookup, 30ms);
        EXPECT_TRUE(result.attempts.empty());
        stop_source stop;
        stop.request_stop();
        EXPECT_EQ(look_up(timeout::none(), &stop), std::errc::operation_canceled);
        EXPECT_THROW((void)create_connection({"no-such-host.example", 80}, {.stop = &stop}),
                     stopped);
        EXPECT_LT(deadline::clock::now() - begin, 5s);
        server.refuse_all();
    });
    if (!ran) ZOCALO_CANNOT_RUN("no network and mount namespaces of its own");
}

TEST(lookup, of_a_socket_ends_with_its_time_or_its_stop) {
    const bool ran = with_name_server([](name_server& server) {
        const host_port nobody{"no-such-host.example", 80};
        socket client{family::inet, type::datagram};
        client.set_timeout(30ms);
        const auto code_of = [](auto call) {
            try {
                call();
            } catch (const std::system_error& error) {
                return error.code();
            }
            return std::error_code{};
        };
        EXPECT_EQ(code_of([&] { client.connect(nobody); }), std::errc::timed_out);
        EXPECT_EQ(code_of([&] { client.bind(nobody); }), std::errc::timed_out);
        EXPECT_EQ(code_of([&] { client.send_to("x", nobody); }), std::errc::timed_out);
        stop_source stop;
        stop.request_stop();
        socket stopping{family::inet, type::datagram};
        stopping.stop_with(stop);
        EXPECT_THROW(stopping.connect(nobody), stopped);
        server.refuse_all();
    });
    if (!ran) ZOCALO_CANNOT_RUN("no network and mount namespaces of its own");
}

TEST(lookup, no_more_than_so_many_are_left_behind) {
    const bool ran = with_name_server([](name_server& server) {
        for (int i = 0; i < most_left_behind; ++i)
            ASSERT_EQ(look_up(1ms), std::errc::timed_out) << i;
        EXPECT_EQ(look_up(5s), name_errc::again);
        server.refuse_all();  // and they end
        std::jthread refuses([&] { server.refuse_all(); });
        EXPECT_EQ(look_up(5s), name_errc::no_name);
    });
    if (!ran) ZOCALO_CANNOT_RUN("no network and mount namespaces of its own");
}

TEST(lookup, within_its_limit_finds_what_it_finds_without) {
    EXPECT_EQ(getaddrinfo("localhost", "80", {.type = type::stream}, 5s).size(),
              getaddrinfo("localhost", "80", {.type = type::stream}).size());
}

}  // namespace
}  // namespace zocalo::net
