// SPDX-License-Identifier: MIT
#include "zocalo/serve/wire_trace.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "zocalo/net/packet/capture_reader.hpp"
#include "zocalo/net/packet/layers.hpp"

namespace {

namespace io = zocalo::io;
namespace net = zocalo::net;
namespace packet = zocalo::net::packet;
namespace serve = zocalo::serve;
using namespace zocalo::tests;

class wire_traces : public in_every_world {};

struct seen {
    serve::flow which;
    std::string bytes;
    friend bool operator==(const seen&, const seen&) = default;
};

io::task<> talk_watched(std::vector<seen>& all) {
    auto [one, other] = io::stream::pair();
    io::stream here = serve::watch(std::move(one), [&](serve::flow which, std::string_view bytes) {
        all.push_back({which, std::string(bytes)});
    });
    co_await here.write("hello");
    co_await other.write("good day");
    std::string room(8, '\0');
    const std::size_t got = co_await here.read_exactly(zocalo::mutable_buffer(room.data(), 8));
    EXPECT_EQ(got, 8);
    co_await other.finish();
    const io::chunk end = co_await here.read();
    EXPECT_TRUE(end.empty());
}

TEST_P(wire_traces, show_both_ways) {
    std::vector<seen> all;
    run(talk_watched(all));
    const std::vector<seen> expected{{serve::flow::sent, "hello"},
                                     {serve::flow::received, "good day"}};
    EXPECT_EQ(all, expected);
}

io::task<> close_when(serve::flow which, std::string& heard) {
    auto [one, other] = io::stream::pair();
    io::stream here;
    auto own = std::make_shared<int>();
    const std::weak_ptr<int> seen_from_outside = own;
    here = serve::watch(std::move(one),
                        [&, which, own = std::move(own)](serve::flow now, std::string_view bytes) {
                            const std::weak_ptr<int>& still_there = seen_from_outside;
                            heard += bytes;
                            if (now != which || !here.is_open()) return;
                            here.close();
                            EXPECT_FALSE(still_there.expired()) << "it has gone under its own feet";
                        });
    const std::array<zocalo::const_buffer, 2> pieces{"hello, ", "world; "};
    co_await here.write(pieces);
    if (here.is_open()) {
        co_await other.write("!");
        const io::chunk got = co_await here.read();
        EXPECT_EQ(got.text(), "!");
    }
    EXPECT_FALSE(here.is_open());
    EXPECT_TRUE(seen_from_outside.expired());
}

TEST_P(wire_traces, may_close_what_they_watch) {
    std::string heard;
    run(close_when(serve::flow::sent, heard));
    EXPECT_EQ(heard, "hello, world; ") << "the rest of what was written, too";
    run(close_when(serve::flow::received, heard));
    EXPECT_EQ(heard, "hello, world; hello, world; !");
}

ZOCALO_IN_EVERY_WORLD(wire_traces);

/// What is seen of a dialogue: "< " before what came, "> " before what was sent.
class shown {
 public:
    shown()
        : watcher_(serve::masked(
              [this](serve::flow which, std::string_view bytes) {
                  text += which == serve::flow::received ? "< " : "> ";
                  text += bytes;
              },
              serve::hide_after({"PASS", "AUTH PLAIN", "Authorization:"}))) {}
    shown& got(std::string_view bytes) {
        watcher_(serve::flow::received, bytes);
        return *this;
    }
    shown& said(std::string_view bytes) {
        watcher_(serve::flow::sent, bytes);
        return *this;
    }

    std::string text;

 private:
    serve::wire_watcher watcher_;
};

TEST(masked_traces, show_no_secret) {
    shown trace;
    trace.got("USER me\r\npass hunter2\r\n").said("230 welcome\r\n");
    trace.got("AUTH PLAIN AGZvbwBiYXI=\nauthorization:Basic Zm9v\r\nPASSION fruit\r\nPASS\r\n");
    EXPECT_EQ(trace.text,
              "< USER me\r\n< pass ***\r\n> 230 welcome\r\n< AUTH PLAIN ***\n"
              "< authorization: ***\r\n< PASSION fruit\r\n< PASS\r\n");
}

TEST(masked_traces, show_no_secret_however_it_was_cut) {
    const std::string dialogue = "USER me\r\nPASS hunter2\r\nQUIT\r\n";
    for (std::size_t one = 0; one <= dialogue.size(); ++one) {
        for (std::size_t two = one; two <= dialogue.size(); ++two) {
            shown trace;
            trace.got(dialogue.substr(0, one)).got(dialogue.substr(one, two - one));
            trace.got(dialogue.substr(two));
            ASSERT_EQ(trace.text, "< USER me\r\n< PASS ***\r\n< QUIT\r\n") << one << ' ' << two;
        }
    }
}

TEST(masked_traces, show_no_secret_that_the_other_side_interrupts) {
    shown trace;
    trace.got("PASS hun").said("421 too slow\r\n").got("ter2\r\nQUIT\r\n");
    EXPECT_EQ(trace.text, "< PASS ***> 421 too slow\r\n< QUIT\r\n");
    shown prompt;
    prompt.said("login: ").got("me\r\n");
    EXPECT_EQ(prompt.text, "> login: < me\r\n");
}

TEST(masked_traces, show_no_secret_whose_word_the_other_side_interrupts) {
    const std::string line = "PASS hunter2\r\n";
    for (std::size_t cut = 1; cut < line.size(); ++cut) {
        shown trace;
        trace.got(line.substr(0, cut)).said("* news\r\n").got(line.substr(cut));
        EXPECT_EQ(trace.text.find_first_of("ht2"), std::string::npos) << trace.text;
        EXPECT_NE(trace.text.find("***"), std::string::npos) << trace.text;
    }
    shown typed;
    for (const char each : line)
        typed.got(std::string(1, each)).said("+");
    EXPECT_EQ(typed.text.find_first_of("hunter2"), std::string::npos) << typed.text;
    shown open;
    open.got("US").said("+").got("ER me\r\n").said("+").got("PASS x\r\n");
    EXPECT_EQ(open.text, "< US> +< ER me\r\n> +< PASS ***\r\n");
}

TEST(masked_traces, show_no_secret_of_any_length_and_keep_nothing) {
    shown trace;
    trace.got("PASS ");
    for (int i = 0; i < 100; ++i)
        trace.got(std::string(1000, 's'));
    trace.got("\r\nQUIT\r\n");
    EXPECT_EQ(trace.text.find('s'), std::string::npos);
    EXPECT_TRUE(trace.text.ends_with("< QUIT\r\n")) << trace.text;
    shown plain;
    const std::string line = std::string(20'000, 'x') + "\r\n";
    plain.got(line);
    EXPECT_EQ(plain.text.size(), line.size() + 3 * 2);
}

/// The file that a dialogue between the two makes.
std::string capture_of(const std::string& local, const std::string& peer) {
    std::ostringstream file;
    packet::pcapng_writer writer(file);
    packet::capture_interface raw;
    raw.first = packet::link_type::raw_ip;
    const std::uint32_t interface = writer.add_interface(raw);
    serve::dialogue_capture capture(writer, interface, net::endpoint::parse(local),
                                    net::endpoint::parse(peer));
    capture.add(serve::flow::received, "EHLO there\r\n");
    capture.add(serve::flow::sent, std::string(20'000, 'x'));
    return file.str();
}

void expect_dialogue(const std::string& local, const std::string& peer) {
    std::istringstream file(capture_of(local, peer));
    packet::capture_reader reader(file);
    std::string received;
    std::string sent;
    std::size_t packets = 0;
    while (const auto one = reader.next()) {
        ++packets;
        const zocalo::const_buffer frame(one->data);
        const std::vector<packet::layer> all = packet::dissect(frame, one->first);
        ASSERT_GE(all.size(), 2);
        ASSERT_EQ(all[1].name, "TCP");
        const std::string text = packet::describe_layers(frame, one->first);
        EXPECT_EQ(text.find("wrong"), std::string::npos) << text;
        const std::string_view payload = frame.without(all[1].offset + all[1].size).text();
        (one->outgoing == true ? sent : received) += payload;
    }
    EXPECT_EQ(packets, 6);
    EXPECT_EQ(received, "EHLO there\r\n");
    EXPECT_EQ(sent, std::string(20'000, 'x'));
}

TEST(dialogue_captures, are_read_as_tcp) {
    expect_dialogue("127.0.0.1:25", "192.0.2.1:4711");
    expect_dialogue("[::1]:25", "[2001:db8::1]:4711");
    expect_dialogue("unix:/run/x", "[2001:db8::1]:4711");
}

}  // namespace
