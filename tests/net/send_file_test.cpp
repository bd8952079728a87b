// SPDX-License-Identifier: MIT
#include "zocalo/net/send_file.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <limits>
#include <numeric>
#include <thread>

#include "zocalo/net/file.hpp"
#include "zocalo/net/option.hpp"
#include "zocalo/net/zero_copy.hpp"

namespace zocalo::net {
namespace {

using namespace std::chrono_literals;

std::string pattern(std::size_t size) {
    std::string data(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        data[i] = static_cast<char>(i % 251);
    return data;
}

unique_fd file_with(const std::string& content) {
    unique_fd fd(::memfd_create("content", MFD_CLOEXEC));
    EXPECT_EQ(::write(fd.get(), content.data(), content.size()),
              static_cast<ssize_t>(content.size()));
    return fd;
}

std::pair<socket, socket> tcp_pair() {
    socket server{family::inet};
    server.bind({"127.0.0.1", 0});
    server.listen(1);
    socket client{family::inet};
    client.connect(server.local_endpoint());
    return {std::move(client), server.accept().client};
}

/// What arrives while `send` runs on the other end.
template <class Send>
std::string received_from(std::pair<socket, socket> ends, Send send) {
    std::string data;
    std::jthread reader([&, from = std::move(ends.second)]() mutable {
        data = make_file(std::move(from)).read_all(100'000'000);
    });
    send(ends.first);
    ends.first.close();
    reader.join();
    return data;
}

TEST(send_file, a_pipe_that_went_out_in_part_is_counted_to_the_byte) {
    auto [one, other] = socket::pair();
    one.set(option::send_buffer{1});
    one.set_timeout(20ms);
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const unique_fd out(ends[0]);
    const unique_fd in(ends[1]);
    const std::string content = pattern(60'000);  // what a pipe has room for
    ASSERT_EQ(::write(in.get(), content.data(), content.size()), 60'000);
    const transfer done = try_send_file(one, out.get());
    EXPECT_EQ(done.error, std::errc::timed_out);
    EXPECT_GT(done.size, 0U);
    one.close();
    EXPECT_EQ(make_file(std::move(other)).read_all(100'000), content.substr(0, done.size));
}

TEST(send_file, sends_ranges_of_a_file) {
    const std::string content = pattern(3'000'000);
    const unique_fd fd = file_with(content);
    const auto sent = [&](const file_range& range) {
        return received_from(tcp_pair(), [&](socket& to) { send_file(to, fd.get(), range); });
    };
    EXPECT_EQ(sent({}), content);
    EXPECT_EQ(sent({.offset = 1}), content.substr(1));
    EXPECT_EQ(sent({.offset = 10, .count = 100'001}), content.substr(10, 100'001));
    EXPECT_EQ(sent({.count = 0}), "");
    EXPECT_EQ(sent({.offset = 2'999'999, .count = 5}), content.substr(2'999'999));
    EXPECT_EQ(sent({.offset = 3'000'000}), "");
    EXPECT_EQ(sent({.offset = std::uint64_t{std::numeric_limits<off_t>::max()}}), "");
    auto [one, other] = tcp_pair();
    EXPECT_THROW(send_file(one, fd.get(), {.offset = std::uint64_t{1} << 63}),
                 std::invalid_argument);
    EXPECT_EQ(sent({.offset = 1, .count = std::numeric_limits<std::uint64_t>::max()}),
              content.substr(1));
}

TEST(send_file, sends_what_comes_out_of_a_pipe) {
    const std::string content = pattern(300'000);
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    unique_fd out(ends[0]);
    std::jthread writer([&, in = unique_fd(ends[1])] {
        EXPECT_EQ(::write(in.get(), content.data(), content.size()),
                  static_cast<ssize_t>(content.size()));
    });
    EXPECT_EQ(received_from(tcp_pair(), [&](socket& to) { send_file(to, out.get()); }), content);
    auto [one, other] = tcp_pair();
    EXPECT_EQ(try_send_file(one, out.get(), {.offset = 1}).error, std::errc::invalid_seek);
}

TEST(send_file, one_time_out_for_all_of_it) {
    const unique_fd fd = file_with(pattern(20'000'000));
    auto [one, other] = tcp_pair();
    one.set_timeout(50ms);
    const transfer done = try_send_file(one, fd.get());
    EXPECT_EQ(done.error, std::errc::timed_out);
    EXPECT_GT(done.size, 0U);
    EXPECT_LT(done.size, 20'000'000U);
}

TEST(send_file, a_peer_that_went_away_is_an_error_and_no_signal) {
    const unique_fd fd = file_with(pattern(5'000'000));
    auto [one, other] = tcp_pair();
    other.set(option::linger{0s});
    other.close();
    EXPECT_TRUE(try_send_file(one, fd.get()).error);
    EXPECT_EQ(try_send_file(one, fd.get()).error, std::errc::broken_pipe);
    socket datagrams{family::inet, type::datagram};
    EXPECT_THROW(send_file(datagrams, fd.get()), std::invalid_argument);
    EXPECT_EQ(try_send_file(one, -1).error, std::errc::bad_file_descriptor);
}

TEST(zero_copy, data_arrive_and_tickets_are_done) {
    const std::string content = pattern(1'000'000);
    bool avoided = true;
    const std::string came = received_from(tcp_pair(), [&](socket& to) {
        to.set_timeout(5s);
        zero_copy_sender sender(to);
        const auto first = sender.send_all(content);
        const auto second = sender.send_all(content);
        sender.wait(first);
        EXPECT_TRUE(sender.is_done(first));
        sender.wait(second);
        sender.wait_all();
        avoided = sender.avoids_copies();
        EXPECT_TRUE(sender.is_done(sender.send_all({})));
    });
    EXPECT_EQ(came, content + content);
    EXPECT_FALSE(avoided) << "loopback has begun to avoid copies: good, say so in zero_copy.hpp";
}

TEST(zero_copy, sockets_without_it_copy) {
    const std::string content = pattern(100'000);
    EXPECT_EQ(received_from(socket::pair(),
                            [&](socket& to) {
                                zero_copy_sender sender(to);
                                EXPECT_FALSE(sender.avoids_copies());
                                EXPECT_TRUE(sender.is_done(sender.send_all(content)));
                                sender.wait_all();
                            }),
              content);
}

TEST(zero_copy, memory_is_released_when_the_peer_resets) {
    auto [one, other] = tcp_pair();
    one.set_timeout(2s);
    zero_copy_sender sender(one);
    const std::string content = pattern(100'000);
    const auto sent = sender.send_all(content);
    other.set(option::linger{0s});
    other.close();
    EXPECT_NO_THROW(sender.wait(sent));
}

}  // namespace
}  // namespace zocalo::net
