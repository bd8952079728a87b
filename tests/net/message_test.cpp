// SPDX-License-Identifier: MIT
#include "zocalo/net/message.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <filesystem>

#include "zocalo/net/option.hpp"
#include "zocalo/net/option_ip.hpp"
#include "zocalo/net/option_ipv6.hpp"
#include "zocalo/net/option_tcp.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::net {
namespace {

using namespace std::chrono_literals;

std::size_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

socket udp_on(const address& ip) {
    socket udp{ip.family(), type::datagram};
    udp.bind(endpoint(ip, 0));
    udp.set_timeout(2s);
    return udp;
}

TEST(message, gathers_and_scatters) {
    auto [one, other] = socket::pair(type::datagram);
    const std::array<const_buffer, 3> parts{"Thank you", " for ", "connecting"};
    EXPECT_EQ(one.send_msg({.data = parts}), 24U);
    std::array<char, 9> first;
    std::array<char, 100> second;
    const std::array<mutable_buffer, 2> room{mutable_buffer(first), mutable_buffer(second)};
    const received_message message = other.recv_msg({.data = room});
    EXPECT_EQ(message.size, 24U);
    EXPECT_EQ(message.flags, message_flag::none);
    EXPECT_EQ(std::string_view(first.data(), 9), "Thank you");
    EXPECT_EQ(std::string_view(second.data(), 15), " for connecting");
}

TEST(message, as_many_buffers_as_the_kernel_takes) {
    auto [one, other] = socket::pair(type::datagram);
    std::vector<const_buffer> parts(1024, const_buffer("x"));
    EXPECT_EQ(one.send_msg({.data = parts}), 1024U);
    EXPECT_EQ(other.recv(2000), std::string(1024, 'x'));
    parts.emplace_back("x");
    EXPECT_THROW(one.send_msg({.data = parts}), std::invalid_argument);
    EXPECT_EQ(one.send_msg({}), 0U);
    EXPECT_EQ(other.recv(10), "");
}

TEST(message, tells_that_it_was_cut) {
    auto [one, other] = socket::pair(type::datagram);
    one.send("0123456789");
    std::array<char, 4> room;
    const received_message message = other.recv_msg({.data = room});
    EXPECT_EQ(message.size, 4U);
    EXPECT_TRUE(has(message.flags, message_flag::trunc));
}

TEST(message, obeys_time_out_and_stop) {
    auto [one, other] = socket::pair();
    one.set_timeout(10ms);
    std::array<char, 4> room;
    std::error_code error;
    (void)one.try_recv_msg({.data = room}, error);
    EXPECT_EQ(error, std::errc::timed_out);
    stop_source stop;
    stop.request_stop();
    one.stop_with(stop);
    (void)one.try_recv_msg({.data = room}, error);
    EXPECT_EQ(error, std::errc::operation_canceled);
}

TEST(message, descriptors_travel_and_do_not_leak) {
    auto [one, other] = socket::pair();
    const std::size_t before = open_descriptors();
    {
        auto [a, b] = socket::pair();
        const int fds[] = {a.fileno(), b.fileno()};
        EXPECT_EQ(send_fds(one, "two", fds), 3U);
        std::array<char, 10> data;
        received_fds came = recv_fds(other, data, 2);
        EXPECT_EQ(came.size, 3U);
        EXPECT_FALSE(came.lost);
        ASSERT_EQ(came.fds.size(), 2U);
        socket copy = socket::adopt(came.fds[0].release());
        EXPECT_FALSE(copy.get_inheritable());
        copy.send_all("through the copy");
        EXPECT_EQ(b.recv(100), "through the copy");
    }
    EXPECT_EQ(open_descriptors(), before);
}

TEST(message, descriptors_beyond_the_limit_are_closed) {
    auto [one, other] = socket::pair();
    const std::size_t before = open_descriptors();
    const std::vector<int> flood(253, one.fileno());
    std::array<char, 10> data;
    for (const std::size_t limit : {0U, 1U, 2U, 5U, 252U}) {
        send_fds(one, "x", flood);
        const received_fds came = recv_fds(other, data, limit);
        EXPECT_EQ(came.fds.size(), limit);
        EXPECT_TRUE(came.lost) << limit;
        EXPECT_EQ(open_descriptors(), before + came.fds.size());
    }
    send_fds(one, "x", flood);
    const received_fds all = recv_fds(other, data, 1000);
    EXPECT_EQ(all.fds.size(), 253U);
    EXPECT_FALSE(all.lost);
    EXPECT_THROW(send_fds(one, "x", std::vector<int>(254, one.fileno())), std::invalid_argument);
}

TEST(message, room_for_other_things_takes_no_descriptors) {
    auto [one, other] = socket::pair();
    const std::size_t before = open_descriptors();
    const std::vector<int> flood(20, one.fileno());
    send_fds(one, "x", flood);
    incoming_control control(2, 256);
    std::array<char, 10> data;
    other.recv_msg({.data = data, .control = &control});
    EXPECT_EQ(control.descriptors().size(), 2U);
    EXPECT_EQ(control.refused_descriptors(), 18U);
    EXPECT_EQ(open_descriptors(), before + 2);
    send_fds(one, "x", flood);
    other.recv_msg({.data = data});
    EXPECT_EQ(open_descriptors(), before + 2);
    (void)control.prepare();
    EXPECT_EQ(open_descriptors(), before);
}

TEST(message, a_process_without_free_descriptors_is_told) {
    auto [one, other] = socket::pair();
    const std::vector<int> many(8, one.fileno());
    send_fds(one, "x", many);
    rlimit old{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &old), 0);
    const unique_fd lowest_free(::dup(one.fileno()));
    const rlimit tight{static_cast<rlim_t>(lowest_free.get()) + 4, old.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
    std::array<char, 10> data;
    const received_fds came = recv_fds(other, data, 8);
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &old), 0);
    EXPECT_TRUE(came.lost);
    EXPECT_EQ(came.size, 1U);
    EXPECT_EQ(came.fds.size(), 3U);
}

TEST(message, floods_that_nobody_reads_stop_at_the_senders_limit) {
    auto [one, other] = socket::pair(type::datagram);
    one.set_timeout(timeout::zero());
    const std::vector<int> flood(253, one.fileno());
    outgoing_control control;
    control.descriptors(flood);
    std::size_t sent = 0;
    while (sent < 5000 && !one.try_send_msg({.data = "x", .control = &control}).error)
        ++sent;
    EXPECT_LT(sent, 5000U);
    const std::size_t before = open_descriptors();
    for (std::size_t i = 0; i < sent; ++i)
        EXPECT_EQ(other.recv(10), "x");
    EXPECT_EQ(open_descriptors(), before);
}

TEST(message, credentials_are_vouched_for) {
    auto [one, other] = socket::pair();
    other.set(option::pass_credentials{true});
    one.send_all("who?");
    incoming_control control;
    std::array<char, 10> data;
    other.recv_msg({.data = data, .control = &control});
    EXPECT_EQ(control.sender(), (credentials{getpid(), getuid(), getgid()}));

    outgoing_control said;
    said.sender({getpid(), getuid(), getgid()});
    one.send_msg({.data = "me", .control = &said});
    other.recv_msg({.data = data, .control = &control});
    EXPECT_EQ(control.sender(), (credentials{getpid(), getuid(), getgid()}));
}

class datagram : public testing::TestWithParam<address> {};

TEST_P(datagram, tells_everything_about_its_way) {
    const address ip = GetParam();
    const bool is_v6 = ip.is_v6();
    socket receiver = udp_on(ip);
    receive_destination(receiver);
    receiver.set(option::timestamp_ns{true});
    if (is_v6) {
        receiver.set(option::ipv6::receive_hop_limit{true});
        receiver.set(option::ipv6::receive_traffic_class{true});
    } else {
        receiver.set(option::ip::receive_ttl{true});
        receiver.set(option::ip::receive_tos{true});
    }
    socket sender = udp_on(ip);
    outgoing_control control;
    control.hop_limit(ip.family(), 33).traffic_class(ip.family(), 0x2A).source(ip);
    const endpoint to = receiver.local_endpoint();
    const auto start = std::chrono::system_clock::now();
    sender.send_msg({.data = "hello", .to = &to, .control = &control});

    incoming_control came;
    std::array<char, 10> data;
    const received_message message = receiver.recv_msg({.data = data, .control = &came});
    EXPECT_EQ(message.peer, sender.local_endpoint());
    ASSERT_TRUE(came.destination());
    EXPECT_EQ(came.destination()->ip, ip);
    EXPECT_EQ(came.destination()->local, ip);
    EXPECT_EQ(came.destination()->interface, 1U);
    EXPECT_EQ(came.hop_limit(), 33);
    EXPECT_EQ(came.traffic_class(), 0x2A);
    ASSERT_TRUE(came.time());
    EXPECT_LT(std::chrono::abs(*came.time() - start), 2s);
    EXPECT_FALSE(came.hardware_time());
    EXPECT_FALSE(came.error());
    EXPECT_FALSE(came.segment_size());
}

TEST_P(datagram, is_answered_from_the_address_it_came_to) {
    const bool is_v6 = GetParam().is_v6();
    socket server{GetParam().family(), type::datagram};
    server.bind(endpoint(is_v6 ? address::any_v6() : address::any_v4(), 0));
    server.set_timeout(2s);
    receive_destination(server);
    // Not the address that the routes would choose.
    const address asked_at = is_v6 ? GetParam() : address::v4(127, 0, 0, 77);
    socket client{GetParam().family(), type::datagram};
    client.set_timeout(2s);
    client.connect(endpoint(asked_at, server.local_endpoint().port()));
    client.send("question");

    incoming_control control;
    std::array<char, 100> data;
    const auto question = server.recv_msg({.data = data, .control = &control});
    send_reply(server, "answer", question.peer, control);
    EXPECT_EQ(client.recv(100), "answer");
}

TEST_P(datagram, errors_wait_in_a_queue) {
    socket client = udp_on(GetParam());
    if (GetParam().is_v6()) {
        client.set(option::ipv6::receive_errors{true});
    } else {
        client.set(option::ip::receive_errors{true});
    }
    endpoint nobody;
    {
        const socket closed = udp_on(GetParam());
        nobody = closed.local_endpoint();
    }
    client.send_to("anybody?", nobody);
    incoming_control control;
    std::array<char, 100> data;
    const auto message =
        client.recv_msg({.data = data, .control = &control}, message_flag::errqueue);
    EXPECT_EQ(std::string_view(data.data(), message.size), "anybody?");
    EXPECT_TRUE(has(message.flags, message_flag::errqueue));
    EXPECT_EQ(message.peer, nobody);
    const auto report = control.error();
    ASSERT_TRUE(report);
    EXPECT_EQ(report->error, ECONNREFUSED);
    EXPECT_EQ(report->origin, GetParam().is_v6() ? error_report::origin_type::icmp6
                                                 : error_report::origin_type::icmp);
    EXPECT_EQ(report->offender.ip(), GetParam());
}

INSTANTIATE_TEST_SUITE_P(v4, datagram, testing::Values(address::loopback_v4()));
INSTANTIATE_TEST_SUITE_P(v6, datagram, testing::Values(address::loopback_v6()));

TEST(message, a_dual_stack_server_answers_ipv4_from_the_right_address) {
    socket server{family::inet6, type::datagram};
    server.set(option::ipv6::v6_only{false});
    server.bind(endpoint(address::any_v6(), 0));
    server.set_timeout(2s);
    receive_destination(server);
    socket client{family::inet, type::datagram};
    client.set_timeout(2s);
    client.connect(endpoint(address::v4(127, 0, 0, 78), server.local_endpoint().port()));
    client.send("question");
    incoming_control control;
    std::array<char, 100> data;
    const auto question = server.recv_msg({.data = data, .control = &control});
    ASSERT_TRUE(control.destination());
    EXPECT_EQ(control.destination()->ip.unmapped(), address::v4(127, 0, 0, 78));
    send_reply(server, "answer", question.peer, control);
    EXPECT_EQ(client.recv(100), "answer");
}

TEST(message, drops_are_counted) {
    socket receiver = udp_on(address::loopback_v4());
    receiver.set(option::count_drops{true});
    receiver.set(option::receive_buffer{1});
    socket sender = udp_on(address::loopback_v4());
    for (int i = 0; i < 50; ++i)
        sender.send_to(std::string(500, 'x'), receiver.local_endpoint());
    std::array<char, 1000> data;
    incoming_control control;
    receiver.recv_msg({.data = data, .control = &control});
    sender.send_to("later", receiver.local_endpoint());
    std::uint32_t drops = 0;
    receiver.set_timeout(timeout::zero());
    std::error_code error;
    while (!error) {
        drops = std::max(drops, control.drops().value_or(0));
        (void)receiver.try_recv_msg({.data = data, .control = &control}, error);
    }
    EXPECT_GT(drops, 10U);
}

TEST(message, a_stream_tells_how_much_more_waits) {
    socket server{family::inet};
    server.bind({"127.0.0.1", 0});
    server.listen(1);
    socket client{family::inet};
    client.connect(server.local_endpoint());
    auto connection = server.accept().client;
    connection.set(option::tcp::report_queue{true});
    client.send_all("0123456789");
    std::array<char, 4> data;
    incoming_control control;
    connection.recv_msg({.data = data, .control = &control});
    EXPECT_EQ(control.queued_bytes(), 6U);
}

TEST(control, ancillary_data_that_did_not_fit_is_told) {
    socket receiver = udp_on(address::loopback_v4());
    receive_destination(receiver);
    receiver.set(option::ip::receive_ttl{true});
    socket sender = udp_on(address::loopback_v4());
    sender.send_to("x", receiver.local_endpoint());
    incoming_control control(0, 24);  // one item of an int
    std::array<char, 10> data;
    const auto message = receiver.recv_msg({.data = data, .control = &control});
    EXPECT_TRUE(has(message.flags, message_flag::ctrunc));
    EXPECT_FALSE(control.destination() && control.hop_limit());
}

TEST(control, survives_every_cut_and_every_wrong_length) {
    outgoing_control made;
    made.add(1, 2, "abc").add(3, 4, "").add(5, 6, "0123456789abcdef");
    const const_buffer whole = made.bytes();
    const auto count = [](const_buffer bytes) {
        std::size_t items = 0;
        control_view(bytes).for_each([&](const control_item& item) {
            EXPECT_GE(item.data.data(), bytes.data());
            EXPECT_LE(item.data.data() + item.data.size(), bytes.data() + bytes.size());
            ++items;
        });
        return items;
    };
    EXPECT_EQ(count(whole), 3U);
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_LE(count(whole.first(size)), 3U);
    for (const std::uint64_t length :
         {std::uint64_t{0}, std::uint64_t{15}, std::uint64_t{1} << 31, std::uint64_t{1} << 32,
          std::uint64_t{1} << 63, ~std::uint64_t{0}, ~std::uint64_t{0} - 7}) {
        std::vector<std::byte> wrong(whole.data(), whole.data() + whole.size());
        std::memcpy(wrong.data(), &length, sizeof length);
        EXPECT_EQ(count(wrong), 0U);
    }
    EXPECT_EQ(control_view(whole).find(5, 6)->text(), "0123456789abcdef");
    EXPECT_FALSE(control_view(whole).find(5, 7));
}

TEST(control, short_values_are_no_values) {
    outgoing_control made;
    made.add(0, 8, "abc").add(41, 50, "abc").add(0, 2, "a").add(1, 2, "ab").add(0, 11, "0123");
    const control_view view(made.bytes());
    EXPECT_FALSE(view.destination());
    EXPECT_FALSE(view.hop_limit());
    EXPECT_FALSE(view.sender());
    EXPECT_FALSE(view.error());
    EXPECT_FALSE(view.time());
}

}  // namespace
}  // namespace zocalo::net
