// SPDX-License-Identifier: MIT
#include "zocalo/gopher/engine.hpp"

#include <gmock/gmock.h>

#include <ostream>
#include <stdexcept>
#include <tuple>

#include "zocalo/core/error.hpp"

namespace {

namespace gopher = zocalo::gopher;
using gopher::request;
using gopher::transfer;
using zocalo::protocol_error;

std::optional<request> read(std::string_view bytes, std::size_t size,
                            const gopher::limits& most = {}) {
    gopher::request_reader reader(most);
    for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size()))) {
        if (auto asked = reader.receive(bytes.substr(0, size))) return asked;
    }
    return std::nullopt;
}

std::optional<request> read(std::string_view bytes) {
    const auto at_once = read(bytes, bytes.size() + 1);
    for (std::size_t size = 1; size <= bytes.size(); ++size)
        EXPECT_EQ(read(bytes, size), at_once) << size;
    return at_once;
}

TEST(request, is_one_line) {
    EXPECT_EQ(read("/a b\r\n"), (request{.selector = "/a b"}));
    EXPECT_EQ(read("\r\n"), request());
    EXPECT_EQ(read("\n"), request());
    EXPECT_EQ(read("/find\ttwo words\r\nbehind"), (request{"/find", "two words"}));
    EXPECT_EQ(read("/a\t+\r\n"), (request{"/a", std::nullopt, "+"}));
    EXPECT_EQ(read("/a\t!+VIEWS\t0\r\n"), (request{"/a", std::nullopt, "!+VIEWS"}));
    EXPECT_EQ(read("/a\t$\r\n"), (request{"/a", std::nullopt, "$"}));
    EXPECT_EQ(read("/a\twords\t+\t1\r\n"), (request{"/a", "words", "+"}));
    EXPECT_EQ(read("/a\t+words\t+\r\n"), (request{"/a", "+words", "+"}));
    EXPECT_EQ(read("/a\t\t+\r\n"), (request{"/a", "", "+"}));
    EXPECT_EQ(read("/a\t+\t+\r\n"), (request{"/a", "+", "+"}));
    EXPECT_EQ(read("/a"), std::nullopt);
    EXPECT_EQ(read("/a\r"), std::nullopt);
}

TEST(request, may_look_for_anything) {
    for (const std::string words : {"$100", "+1 -2", "!important", "++", "+i", "$ and !"})
        EXPECT_EQ(read("/find\t" + words + "\r\n"), (request{"/find", words})) << words;
    EXPECT_EQ(read("/find\t$100\t$\r\n"), (request{"/find", "$100", "$"}));
    EXPECT_EQ(read("/find\t$100\t$100\r\n"), (request{"/find", "$100"}));
    EXPECT_EQ(read("/a\t$+ABSTRACT+VIEWS\r\n"), (request{"/a", std::nullopt, "$+ABSTRACT+VIEWS"}));
    EXPECT_EQ(read("/a\t+text/plain Es_ES\t0\r\n"),
              (request{"/a", std::nullopt, "+text/plain Es_ES"}));
}

TEST(request, has_limits) {
    EXPECT_EQ(read("1234\r\n", 1, {.request = 4}), (request{"1234"}));
    EXPECT_THROW((void)read("12345\r\n", 1, {.request = 4}), protocol_error);
    EXPECT_THROW((void)read("a\rb\r\n", 9), protocol_error);
    EXPECT_THROW((void)read(std::string_view("a\0b\r\n", 5), 9), protocol_error);
}

TEST(request, is_read_back) {
    for (const request& asked : {request{"/a"}, request{"", "words"}, request{"/a", "", "+"},
                                 request{"/a", "w", "$"}, request{"/a", std::nullopt, "!"}}) {
        EXPECT_EQ(read(to_line(asked)), asked);
    }
    for (const std::string& bad :
         {std::string("\t"), std::string("\r"), std::string("\n"), std::string(1, '\0')}) {
        EXPECT_THROW((void)to_line(request{"a" + bad}), std::invalid_argument);
        EXPECT_THROW((void)to_line(request{"a", bad + "b"}), std::invalid_argument);
        EXPECT_THROW((void)to_line(request{"a", "b", bad}), std::invalid_argument);
    }
}

// --- Answers

struct outcome {
    std::string data = {};
    bool ended = false;  ///< before the stream did
    bool complete = false;
    bool error = false;
    bool refused = false;
    friend bool operator==(const outcome&, const outcome&) = default;
};
std::ostream& operator<<(std::ostream& out, const outcome& value) {
    return out << testing::PrintToString(
               std::tuple(value.data, value.ended, value.complete, value.error, value.refused));
}

outcome read(std::string_view bytes, std::size_t size, transfer how, bool plus,
             const gopher::limits& most) {
    gopher::answer_reader reader(how, plus, most);
    outcome all;
    try {
        for (; !bytes.empty() && !reader.has_ended();
             bytes.remove_prefix(std::min(size, bytes.size()))) {
            reader.receive(bytes.substr(0, size));
            all.data += reader.take();
        }
        all.ended = reader.has_ended();
        reader.end_of_stream();
        all.data += reader.take();
    } catch (const protocol_error&) {
        all.refused = true;
        all.data.clear();  // how much came before is chance
    }
    all.complete = reader.is_complete();
    all.error = reader.is_error();
    return all;
}

outcome read(std::string_view bytes, transfer how, bool plus = false,
             const gopher::limits& most = {}) {
    const outcome at_once = read(bytes, bytes.size() + 1, how, plus, most);
    for (std::size_t size = 1; size <= bytes.size(); ++size)
        EXPECT_EQ(read(bytes, size, how, plus, most), at_once) << size;
    return at_once;
}

TEST(answer, of_text_ends_in_a_dot) {
    const outcome whole{.data = "one\n.two\n", .ended = true, .complete = true};
    EXPECT_EQ(read("one\r\n..two\r\n.\r\n", transfer::text), whole);
    EXPECT_EQ(read("one\n..two\n.\n", transfer::menu), whole);
    EXPECT_EQ(read("one\n.two\n.\nbehind", transfer::menu), whole);
    EXPECT_EQ(read(".\r\n", transfer::text), (outcome{.ended = true, .complete = true}));
}

TEST(answer, without_a_dot_is_not_complete) {
    EXPECT_EQ(read("one\r\ntwo", transfer::text), (outcome{.data = "one\ntwo"}));
    EXPECT_EQ(read("one\r\n", transfer::text), (outcome{.data = "one\n"}));
    EXPECT_EQ(read("", transfer::menu), outcome());
    EXPECT_EQ(read("one\r\n.", transfer::text), (outcome{.data = "one\n"}));
    EXPECT_EQ(read("one\r\n..", transfer::text), (outcome{.data = "one\n."}));
    EXPECT_EQ(read("one\r\n.two", transfer::text), (outcome{.data = "one\n.two"}));
}

TEST(answer, of_bytes_ends_with_the_stream) {
    EXPECT_EQ(read("a\r\n.\r\nb", transfer::bytes), (outcome{.data = "a\r\n.\r\nb"}));
    EXPECT_EQ(read("3what?", transfer::nothing), (outcome{.data = "3what?"}));
}

TEST(answer, of_gopher_plus_says_how_long_it_is) {
    EXPECT_EQ(read("+3\r\nabcd", transfer::text, true),
              (outcome{.data = "abc", .ended = true, .complete = true}));
    EXPECT_EQ(read("+0\r\n", transfer::bytes, true), (outcome{.ended = true, .complete = true}));
    EXPECT_EQ(read("+-1\r\na\r\n.\r\n", transfer::bytes, true),
              (outcome{.data = "a\n", .ended = true, .complete = true}));
    EXPECT_EQ(read("+-2\r\na\r\n.\r\n", transfer::text, true), (outcome{.data = "a\r\n.\r\n"}));
    EXPECT_EQ(read("--1\r\n1 a\r\nno\r\n.\r\n", transfer::text, true),
              (outcome{.data = "1 a\nno\n", .ended = true, .complete = true, .error = true}));
    EXPECT_EQ(read("-2\r\nno", transfer::text, true),
              (outcome{.data = "no", .ended = true, .complete = true, .error = true}));
}

TEST(answer, of_gopher_plus_has_to_be_one) {
    for (const auto bytes : {"", "+3", "+3\r\nab", "3\r\nabc", "\r\n", "+-3\r\n", "+x\r\n", "+\r\n",
                             "+99999999999999999999\r\n"}) {
        EXPECT_TRUE(read(bytes, transfer::text, true).refused) << bytes;
    }
}

TEST(answer, is_not_changed_by_what_follows_it) {
    gopher::answer_reader reader(transfer::text, false, {});
    reader.receive("one\n.\n");
    reader.receive("two\n");
    EXPECT_EQ(reader.take(), "one\n");
    EXPECT_TRUE(reader.is_complete());
}

TEST(answer, has_limits) {
    EXPECT_FALSE(read("1234\n.\n", transfer::text, false, {.line = 4, .answer = 7}).refused);
    EXPECT_TRUE(read("12345\n.\n", transfer::text, false, {.line = 4}).refused);
    EXPECT_TRUE(read("1234\n.\n", transfer::text, false, {.answer = 6}).refused);
    EXPECT_TRUE(read("1234567", transfer::bytes, false, {.answer = 6}).refused);
    EXPECT_TRUE(read("+000000000003\r\nabc", transfer::text, true, {.request = 9}).refused);
}

}  // namespace
