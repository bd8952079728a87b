// SPDX-License-Identifier: MIT
// Messages, descriptors and files to and from Python's socket module, over a socket that the Python
// process inherits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <thread>

#include "zocalo/net/file.hpp"
#include "zocalo/net/message.hpp"
#include "zocalo/net/option.hpp"

namespace zocalo::net {
namespace {

using namespace std::chrono_literals;

/// Runs a script with `peer` as the socket `s`; its failure fails the test.
class python {
 public:
    python(socket peer, const std::string& script)
        : runner_([command = command_for(peer, script), peer = std::move(peer)]() mutable {
              EXPECT_EQ(std::system(command.c_str()), 0) << command;
              peer.close();
          }) {}

 private:
    static std::string command_for(socket& peer, const std::string& script) {
        peer.set_inheritable(true);
        return "timeout 20 /usr/bin/python3 -c 'import os, socket; s = socket.socket(fileno=" +
               std::to_string(peer.fileno()) + ")\n" + script + "'";
    }
    std::jthread runner_;
};

std::pair<socket, socket> patient_pair(type type = type::stream) {
    auto ends = socket::pair(type);
    ends.first.set_timeout(20s);
    return ends;
}

TEST(python_peer, takes_our_descriptors_and_sends_its_own) {
    auto [ours, theirs] = patient_pair();
    const python peer(std::move(theirs), R"(
data, fds, flags, _ = socket.recv_fds(s, 100, 4)
assert data == b"one of ours" and len(fds) == 1, (data, fds)
socket.socket(fileno=fds[0]).sendall(b"through your descriptor")
a, b = socket.socketpair()
socket.send_fds(s, [b"two of ", b"mine"], [a.fileno(), b.fileno()])
)");
    auto [near, far] = patient_pair();
    const int fds[] = {far.fileno()};
    send_fds(ours, "one of ours", fds);
    EXPECT_EQ(near.recv(100), "through your descriptor");
    std::array<char, 100> data;
    received_fds came = recv_fds(ours, data, 4);
    EXPECT_EQ(std::string_view(data.data(), came.size), "two of mine");
    ASSERT_EQ(came.fds.size(), 2U);
    socket a = socket::adopt(came.fds[0].release());
    socket b = socket::adopt(came.fds[1].release());
    a.send_all("still open");
    EXPECT_EQ(b.recv(100), "still open");
}

TEST(python_peer, gathers_what_we_scatter_and_vouches_for_itself) {
    auto [ours, theirs] = patient_pair(type::datagram);
    ours.set(option::pass_credentials{true});
    const python peer(std::move(theirs), R"(
parts = [bytearray(5), bytearray(100)]
size, anc, flags, _ = s.recvmsg_into(parts, 100)
assert size == 11 and parts[0] == b"hello" and parts[1][:6] == b" world", parts
assert not flags & socket.MSG_TRUNC
s.sendmsg([b"my pid is ", str(os.getpid()).encode()])
)");
    const std::array<const_buffer, 3> parts{"he", "llo", " world"};
    EXPECT_EQ(ours.send_msg({.data = parts}), 11U);
    incoming_control control;
    std::array<char, 100> data;
    const auto message = ours.recv_msg({.data = data, .control = &control});
    ASSERT_TRUE(control.sender());
    EXPECT_EQ(std::string_view(data.data(), message.size),
              "my pid is " + std::to_string(control.sender()->process));
}

TEST(python_peer, reads_the_packet_info_that_we_send_and_ours_its) {
    socket ours{family::inet, type::datagram};
    ours.bind({"", 0});
    ours.set_timeout(20s);
    receive_destination(ours);
    socket theirs{family::inet, type::datagram};
    theirs.bind({"127.0.0.1", 0});
    theirs.connect(endpoint(address::v4(127, 0, 0, 9), ours.local_endpoint().port()));
    const python peer(std::move(theirs), R"(
s.settimeout(20)
s.send(b"question")
assert s.recv(100) == b"answer from 127.0.0.9"
)");
    incoming_control control;
    std::array<char, 100> data;
    const auto question = ours.recv_msg({.data = data, .control = &control});
    ASSERT_TRUE(control.destination());
    send_reply(ours, "answer from " + control.destination()->ip.to_string(), question.peer,
               control);
}

TEST(python_peer, talks_in_lines_through_makefile) {
    auto [ours, theirs] = patient_pair();
    const python peer(std::move(theirs), R"(
f = s.makefile("rw", newline="\r\n")
for line in f:
    if line == "quit\r\n": break
    f.write(line.upper().rstrip("\r\n") + "\n")
    f.flush()
f.write("bye without an end")
f.flush()
)");
    file lines = make_file(std::move(ours), {.newline = newline::crlf});
    for (const char* word : {"one", "", "three words here"}) {
        lines.write_line(word);
        std::string loud(word);
        for (char& c : loud)
            c = static_cast<char>(std::toupper(c));
        EXPECT_EQ(lines.read_line(), loud);
    }
    lines.write_line("quit");
    EXPECT_EQ(lines.read_line(), "bye without an end");
    EXPECT_FALSE(lines.ended());
    EXPECT_EQ(lines.read_line(), std::nullopt);
}

}  // namespace
}  // namespace zocalo::net
