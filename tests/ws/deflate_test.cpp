// SPDX-License-Identifier: MIT
#include "zocalo/ws/deflate.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "ws/transcript.hpp"

namespace {

namespace ws = zocalo::ws;
using zocalo::tests::bytes;
using zocalo::tests::frame;
using zocalo::tests::hear;
using zocalo::tests::heard;

// --- RFC 7692 §7.2.3

struct example {
    const char* why;
    std::string frames;  ///< of a server
    heard means;
};

const example examples[] = {
    {"one block", bytes("c1 07 f2 48 cd c9 c9 07 00"), {{"text:Hello"}}},
    {"in fragments", bytes("41 03 f2 48 cd 80 04 c9 c9 07 00"), {{"text:Hello"}}},
    {"the second one refers to the first one",
     bytes("c1 07 f2 48 cd c9 c9 07 00 c1 05 f2 00 11 00 00"),
     {{"text:Hello", "text:Hello"}}},
    {"a block without compression",
     bytes("c1 0b 00 05 00 fa ff 48 65 6c 6c 6f 00"),
     {{"text:Hello"}}},
    {"a block that says that it is the last one",
     bytes("c1 08 f3 48 cd c9 c9 07 00 00"),
     {{"text:Hello"}}},
    {"and what is behind it refers to it",
     bytes("c1 08 f3 48 cd c9 c9 07 00 00 c1 05 f2 00 11 00 00"),
     {{"text:Hello", "text:Hello"}}},
    {"two blocks", bytes("c1 0d f2 48 05 00 00 00 ff ff ca c9 c9 07 00"), {{"text:Hello"}}},
    {"nothing", bytes("c1 01 00"), {{"text:"}}},
    {"not compressed after all", bytes("81 05 48 65 6c 6c 6f"), {{"text:Hello"}}},
    {"a ping between fragments",
     bytes("41 03 f2 48 cd 89 00 80 04 c9 c9 07 00"),
     {{"ping:", "text:Hello"}}},
    {"a compressed continuation", bytes("41 03 f2 48 cd c0 04 c9 c9 07 00"), {{"error 1002"}}},
    {"a compressed ping", bytes("c9 00"), {{"error 1002"}}},
    {"no deflate", bytes("c1 02 ff ff"), {{"error 1007"}}},
    {"no UTF-8", frame(0xC1, bytes("00 01 00 fe ff ff 00")), {{"error 1007"}}},
    {"too far back", bytes("c1 05 f2 00 11 00 00"), {{"error 1007"}}},
};

TEST(deflate, reads_what_the_rfc_shows) {
    for (const example& each : examples) {
        for (std::size_t piece = 1; piece <= each.frames.size(); ++piece) {
            for (const bool into : {false, true}) {
                ws::engine client(ws::role::client, {}, ws::deflate_agreement{});
                EXPECT_EQ(hear(client, each.frames, piece, into), each.means)
                    << each.why << " by " << piece;
            }
        }
    }
}

TEST(deflate, is_refused_when_nobody_has_agreed) {
    ws::engine client(ws::role::client);
    EXPECT_EQ(hear(client, bytes("c1 07 f2 48 cd c9 c9 07 00")), heard{{"error 1002"}});
}

std::string some_text(std::size_t size) {
    std::string text;
    for (unsigned i = 0; text.size() < size; ++i)
        text.append(std::to_string(i * i % 9973)).append(i % 3 == 0 ? " abc " : ",");
    text.resize(size);
    return text;
}

void expect_same_at_other_end(const ws::deflate_agreement& agreed) {
    const ws::deflate_agreement seen{.own_window = agreed.peer_window,
                                     .peer_window = agreed.own_window,
                                     .own_context = agreed.peer_context,
                                     .peer_context = agreed.own_context};
    ws::engine client(ws::role::client, {}, agreed, {.from = 0});
    ws::engine server(ws::role::server, {}, seen, {.from = 0});
    heard sent;
    std::string wire;
    for (const std::size_t size : {0U, 1U, 5U, 300U, 5U, 40'000U, 200'000U, 0U, 300U}) {
        const std::string text = some_text(size);
        client.send({.data = text, .kind = ws::kind::binary}, wire);
        sent.all.push_back("binary:" + text);
        client.begin(ws::kind::text);
        client.send_piece(std::string_view(text).substr(0, size / 2), false, wire);
        client.send_piece({}, false, wire);
        client.send_piece(std::string_view(text).substr(size / 2), true, wire);
        sent.all.push_back("text:" + text);
    }
    EXPECT_EQ(hear(server, wire, 1000), sent);
}

TEST(deflate, goes_there_and_back_with_every_agreement) {
    for (const int window : {8, 9, 12, 15}) {
        expect_same_at_other_end({.own_window = window, .peer_window = window});
        expect_same_at_other_end({.own_window = window, .own_context = false});
    }
    expect_same_at_other_end({.peer_window = 8, .peer_context = false});
}

TEST(deflate, makes_repeated_messages_small) {
    ws::engine server(ws::role::server, {}, ws::deflate_agreement{});
    std::string first;
    std::string second;
    server.send({.data = some_text(3000)}, first);
    server.send({.data = some_text(3000)}, second);
    EXPECT_LT(first.size(), 3000U);
    EXPECT_LT(second.size(), first.size() / 10);
    std::string small;
    server.send({.data = "small"}, small);
    EXPECT_EQ(small, bytes("81 05") + "small");
}

/// What was compressed and never sent is nothing that the peer could be referred to.
TEST(deflate, forgets_what_was_not_sent) {
    ws::engine server(ws::role::server, {}, ws::deflate_agreement{});
    ws::engine client(ws::role::client, {}, ws::deflate_agreement{});
    std::string wire;
    server.send({.data = some_text(3000)}, wire);
    std::string lost;
    server.send({.data = some_text(5000)}, lost);
    server.forget_compressed();
    server.send({.data = some_text(5000)}, wire);
    const heard expected{{"text:" + some_text(3000), "text:" + some_text(5000)}};
    EXPECT_EQ(hear(client, wire), expected);
}

// --- Bombs

std::string bomb(std::size_t size) {
    ws::engine server(ws::role::server, {}, ws::deflate_agreement{});
    std::string wire;
    server.send({.data = std::string(size, 'x')}, wire);
    return wire;
}

TEST(deflate, has_limits_that_a_bomb_passes) {
    const std::string wire = bomb(3'000'000);
    EXPECT_LT(wire.size(), 4000U);
    ws::engine small(ws::role::client, {.message = 2'999'999}, ws::deflate_agreement{});
    EXPECT_EQ(hear(small, wire), heard{{"error 1009"}});
    ws::engine exact(ws::role::client, {.message = 3'000'000}, ws::deflate_agreement{});
    EXPECT_EQ(hear(exact, wire).all.at(0).size(), 3'000'005U);
    ws::engine strict(ws::role::client, {.ratio = 500}, ws::deflate_agreement{});
    EXPECT_EQ(hear(strict, wire), heard{{"error 1009"}}) << "it is compressed too well";
}

TEST(deflate, sends_nothing_that_is_refused_by_default) {
    ws::engine normal(ws::role::client, {}, ws::deflate_agreement{});
    EXPECT_EQ(hear(normal, bomb(15'000'000)).all.at(0).size(), 15'000'005U);
}

/// Each of these blocks is two bytes, and says that it is the last one.
TEST(deflate, does_not_end_for_ever) {
    std::string payload;
    for (int i = 0; i < 1000; ++i)
        payload += bytes("03 00");
    ws::engine client(ws::role::client, {}, ws::deflate_agreement{});
    EXPECT_EQ(hear(client, frame(0xC1, payload)), heard{{"error 1008"}});
}

// --- How two ends agree (§7.1)

struct offered {
    const char* offers;
    const char* answer;  ///< null: none of them
    ws::deflate_agreement agreed = {};
};

const offered table_of_offers[] = {
    {"", nullptr},
    {"x-webkit-deflate-frame", nullptr},
    {"permessage-deflate", "permessage-deflate"},
    {"PerMessage-Deflate", "permessage-deflate"},
    {"permessage-deflate; client_max_window_bits", "permessage-deflate"},
    {"permessage-deflate; client_max_window_bits=10",
     "permessage-deflate; client_max_window_bits=10",
     {.peer_window = 10}},
    {"permessage-deflate; client_max_window_bits=\"8\"",
     "permessage-deflate; client_max_window_bits=8",
     {.peer_window = 8}},
    {"permessage-deflate; server_max_window_bits=10",
     "permessage-deflate; server_max_window_bits=10",
     {.own_window = 10}},
    {"permessage-deflate ;server_no_context_takeover ; client_no_context_takeover",
     "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
     {.own_context = false, .peer_context = false}},
    {"permessage-deflate; server_max_window_bits=8", nullptr},
    {"permessage-deflate; server_max_window_bits=8, permessage-deflate", "permessage-deflate"},
    {"other; a=1, permessage-deflate", "permessage-deflate"},
    {"permessage-deflate; server_max_window_bits", nullptr},
    {"permessage-deflate; server_max_window_bits=7", nullptr},
    {"permessage-deflate; server_max_window_bits=16", nullptr},
    {"permessage-deflate; server_max_window_bits=010", nullptr},
    {"permessage-deflate; server_max_window_bits=9; server_max_window_bits=9", nullptr},
    {"permessage-deflate; client_max_window_bits=x", nullptr},
    {"permessage-deflate; client_max_window_bits; client_max_window_bits", nullptr},
    {"permessage-deflate; server_no_context_takeover=1", nullptr},
    {"permessage-deflate; server_no_context_takeover; server_no_context_takeover", nullptr},
    {"permessage-deflate; unknown", nullptr},
};

TEST(deflate, offers_are_taken_whole_or_not_at_all) {
    for (const offered& each : table_of_offers) {
        const auto got = ws::accept_deflate(each.offers, {});
        ASSERT_EQ(got.has_value(), each.answer != nullptr) << each.offers;
        if (!got) continue;
        EXPECT_EQ(*got, each.agreed) << each.offers;
        EXPECT_EQ(ws::confirm_deflate(*got, each.offers), each.answer) << each.offers;
    }
}

TEST(deflate, offers_that_are_none_are_refused) {
    for (const char* each : {";", "a;", "a b", "permessage-deflate; =1", "a; b=", "a; b=\"c", "@"})
        EXPECT_THROW((void)ws::accept_deflate(each, {}), ws::bad_message) << each;
}

TEST(deflate, servers_have_wishes_too) {
    const ws::deflate_options wish{
        .own_context = false, .peer_context = false, .own_window = 11, .peer_window = 12};
    const char* offers = "permessage-deflate; client_max_window_bits";
    const auto got = ws::accept_deflate(offers, wish);
    ASSERT_TRUE(got);
    EXPECT_EQ(ws::confirm_deflate(*got, offers),
              "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
              "server_max_window_bits=11; client_max_window_bits=12");
    EXPECT_EQ(ws::confirm_deflate({.peer_window = 12}, "other"), "permessage-deflate");
}

TEST(deflate, offer_says_what_is_wished) {
    EXPECT_EQ(ws::offer_deflate({}), "permessage-deflate; client_max_window_bits");
    EXPECT_EQ(
        ws::offer_deflate(
            {.own_context = false, .peer_context = false, .own_window = 10, .peer_window = 11}),
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
        "server_max_window_bits=11; client_max_window_bits=10");
    EXPECT_THROW((void)ws::offer_deflate({.own_window = 8}), std::invalid_argument);
    EXPECT_THROW((void)ws::offer_deflate({.peer_window = 16}), std::invalid_argument);
    EXPECT_THROW((void)ws::offer_deflate({.level = 0}), std::invalid_argument);
    EXPECT_THROW((void)ws::offer_deflate({.level = 10}), std::invalid_argument);
}

TEST(deflate, responses_are_what_was_offered) {
    const ws::deflate_options wish;
    EXPECT_EQ(ws::read_deflate_response("", wish), std::nullopt);
    EXPECT_EQ(ws::read_deflate_response("", std::nullopt), std::nullopt);
    EXPECT_EQ(ws::read_deflate_response("permessage-deflate", wish), ws::deflate_agreement{});
    EXPECT_EQ(ws::read_deflate_response("permessage-deflate; server_no_context_takeover; "
                                        "client_no_context_takeover; client_max_window_bits=8; "
                                        "server_max_window_bits=9",
                                        wish),
              (ws::deflate_agreement{
                  .own_window = 8, .peer_window = 9, .own_context = false, .peer_context = false}));
    for (const char* each : {"permessage-deflate; client_max_window_bits", "permessage-deflate; a",
                             "permessage-deflate, permessage-deflate", "other", "=",
                             "permessage-deflate; server_max_window_bits=8=9"})
        EXPECT_THROW((void)ws::read_deflate_response(each, wish), ws::bad_message) << each;
    EXPECT_THROW((void)ws::read_deflate_response("permessage-deflate", std::nullopt),
                 ws::bad_message);
    const ws::deflate_options forgetful{.peer_context = false};
    EXPECT_THROW((void)ws::read_deflate_response("permessage-deflate", forgetful), ws::bad_message);
    EXPECT_EQ(
        ws::read_deflate_response("permessage-deflate; server_no_context_takeover", forgetful),
        ws::deflate_agreement{.peer_context = false});
    EXPECT_THROW((void)ws::read_deflate_response("permessage-deflate",
                                                 ws::deflate_options{.peer_window = 14}),
                 ws::bad_message);
}

}  // namespace
