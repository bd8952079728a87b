// SPDX-License-Identifier: MIT
// What a caller does wrong, and what the error says: the operation, the object, the cause.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/fsuid.h>
#include <sys/resource.h>
#include <unistd.h>

#include <exception>
#include <functional>
#include <limits>
#include <thread>
#include <vector>

#include "support/cannot_run.hpp"
#include "zocalo/net/socket.hpp"

namespace zocalo::net {
namespace {

using testing::HasSubstr;
using testing::Not;

struct outcome {
    std::error_code code;
    std::string message;
};

outcome failure_of(const std::function<void()>& call) {
    try {
        call();
    } catch (const std::system_error& e) {
        return {e.code(), e.what()};
    } catch (const std::invalid_argument& e) {
        return {std::make_error_code(std::errc::invalid_argument), e.what()};
    }
    return {{}, "did not fail"};
}

struct wrong_call {
    const char* name;
    std::function<void(socket&)> call;
};

const std::vector<wrong_call>& calls_on_a_socket() {
    static const endpoint somewhere{address::loopback_v4(), 9};
    static const std::vector<wrong_call> calls = {
        {"bind", [](socket& s) { s.bind(somewhere); }},
        {"listen", [](socket& s) { s.listen(); }},
        {"accept", [](socket& s) { (void)s.accept(); }},
        {"connect", [](socket& s) { s.connect(somewhere); }},
        {"shutdown", [](socket& s) { s.shutdown(direction::both); }},
        {"send", [](socket& s) { s.send("x"); }},
        {"send_all", [](socket& s) { s.send_all("x"); }},
        {"send_to", [](socket& s) { s.send_to("x", somewhere); }},
        {"recv", [](socket& s) { (void)s.recv(1); }},
        {"recv_exactly",
         [](socket& s) {
             char one[1];
             s.recv_exactly(one);
         }},
        {"recv_from", [](socket& s) { (void)s.recv_from(1); }},
        {"set the time-out", [](socket& s) { s.set_timeout(std::chrono::seconds(1)); }},
        {"set option 2 of level 1", [](socket& s) { s.set_option(1, 2, 1); }},
        {"get option 2 of level 1", [](socket& s) { (void)s.get_option(1, 2); }},
        {"getsockname", [](socket& s) { (void)s.local_endpoint(); }},
        {"getpeername", [](socket& s) { (void)s.peer_endpoint(); }},
        {"get_inheritable", [](socket& s) { (void)s.get_inheritable(); }},
        {"set_inheritable", [](socket& s) { s.set_inheritable(true); }},
        {"dup", [](socket& s) { (void)s.dup(); }},
    };
    return calls;
}

TEST(misuse, every_call_on_a_closed_socket_says_so) {
    for (const auto& [name, call] : calls_on_a_socket()) {
        socket closed{family::inet};
        closed.close();
        const auto [code, message] = failure_of([&] { call(closed); });
        EXPECT_EQ(code, std::errc::bad_file_descriptor) << name;
        EXPECT_THAT(message, HasSubstr(name));
    }
}

TEST(misuse, every_call_on_a_moved_from_socket_says_so) {
    for (const auto& [name, call] : calls_on_a_socket()) {
        socket first{family::inet};
        const socket second = std::move(first);
        EXPECT_EQ(failure_of([&] { call(first); }).code, std::errc::bad_file_descriptor) << name;
        EXPECT_TRUE(second.is_open());
    }
}

TEST(misuse, ports_and_hosts_out_of_range_are_named) {
    EXPECT_EQ(failure_of([] { host_port("x", 65536); }).message,
              "port 65536: not within 0 to 65535");
    EXPECT_EQ(failure_of([] { host_port("x", -1); }).message, "port -1: not within 0 to 65535");
    EXPECT_EQ(failure_of([] { host_port("x", 1ULL << 63); }).message,
              "port 9223372036854775808: not within 0 to 65535");
    EXPECT_EQ(failure_of([] { host_port(1LL << 32, 1); }).message,
              "host 4294967296: not within 0 to 4294967295");
    EXPECT_EQ(failure_of([] { host_port(-1, 1); }).message, "host -1: not within 0 to 4294967295");
    EXPECT_EQ(host_port("a\n\x1b[2J", "b\r").to_string(), "a\\n\\x1b[2J:b\\r");
}

TEST(misuse, a_host_for_a_family_without_hosts_is_refused) {
    socket local{family::local};
    EXPECT_THAT(failure_of([&] { local.bind({"localhost", 80}); }).message,
                HasSubstr("net::endpoint"));
}

TEST(misuse, unknown_names_are_shown) {
    socket client{family::inet};
    const auto [code, message] =
        failure_of([&] { client.connect({"127.0.0.1", "no-such-service"}); });
    EXPECT_THAT(message, HasSubstr("host \"127.0.0.1\", service \"no-such-service\""));
    EXPECT_EQ(std::string_view(code.category().name()), "zocalo.name");
    EXPECT_THAT(failure_of([&] { client.connect({std::string_view("a\0b", 3), 80}); }).message,
                HasSubstr("host \"a\\x00b\": has a NUL"));
}

TEST(misuse, a_receive_of_an_impossible_size_is_refused_before_it_waits) {
    auto [left, right] = socket::pair();
    for (const std::size_t size :
         {std::size_t{1} << 31, std::size_t{1} << 32, std::numeric_limits<std::size_t>::max()}) {
        EXPECT_THAT(failure_of([&] { (void)left.recv(size); }).message,
                    HasSubstr(std::to_string(size)));
    }
}

TEST(misuse, adopting_what_is_no_socket_leaves_it_alone) {
    const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    EXPECT_EQ(failure_of([&] { (void)socket::adopt(fd); }).code, std::errc::not_a_socket);
    EXPECT_EQ(failure_of([&] { (void)socket::adopt(-1); }).code, std::errc::bad_file_descriptor);
    EXPECT_EQ(close(fd), 0);
}

TEST(misuse, an_unsupported_kind_of_socket_is_described) {
    const auto [code, message] =
        failure_of([] { socket(family::inet, type::stream, protocol::udp); });
    EXPECT_EQ(code, std::errc::protocol_not_supported);
    EXPECT_THAT(message, HasSubstr("socket (inet, stream, udp)"));
}

TEST(misuse, advice_is_given_only_where_it_helps) {
    socket sender{family::inet, type::datagram};
    EXPECT_THAT(failure_of([&] { sender.send_to("x", {"<broadcast>", 9}); }).message,
                HasSubstr("send_to 255.255.255.255:9 (broadcast wants option::broadcast): "));
    outcome refused;
    std::thread([&] {
        setfsuid(65534);  // of this thread alone
        const std::string path = "/root/zocalo-misuse-test.socket";
        refused = failure_of([&] { socket{family::local}.bind(endpoint::local(path)); });
    }).join();
    if (refused.code != std::errc::permission_denied) ZOCALO_CANNOT_RUN("not root, or no /root");
    EXPECT_THAT(refused.message, Not(HasSubstr("ports")));
}

TEST(misuse, an_address_in_use_is_named) {
    socket first{family::inet};
    first.bind({"127.0.0.1", 0});
    first.listen();
    socket second{family::inet};
    const auto [code, message] = failure_of([&] { second.bind(first.local_endpoint()); });
    EXPECT_EQ(code, std::errc::address_in_use);
    EXPECT_THAT(message, HasSubstr("bind " + first.local_endpoint().to_string() +
                                   ": Address already in use"));
}

TEST(misuse, running_out_of_descriptors_gives_the_remedy) {
    rlimit old{};
    ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &old), 0);
    const rlimit tight{32, old.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &tight), 0);
    std::vector<socket> hoard;
    std::exception_ptr refused;
    try {
        for (int i = 0; i < 64; ++i)
            hoard.emplace_back(family::inet);
    } catch (...) {
        refused =
            std::current_exception();  // looked at later: sanitizers want descriptors for that
    }
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &old), 0);
    ASSERT_TRUE(refused);
    const auto [code, message] = failure_of([&] { std::rethrow_exception(refused); });
    EXPECT_EQ(code, std::errc::too_many_files_open);
    EXPECT_THAT(message, HasSubstr("ulimit -n"));
}

}  // namespace
}  // namespace zocalo::net
