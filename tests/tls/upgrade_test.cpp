// SPDX-License-Identifier: MIT
#include "zocalo/tls/upgrade.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tls/ends.hpp"
#include "zocalo/io/reader.hpp"

namespace {

using namespace zocalo::tests;
namespace io = zocalo::io;
namespace tls = zocalo::tls;

class upgrades : public in_every_world {};

/// "STARTTLS", the go-ahead, TLS, one line each way. Both may say more than they should.
io::task<> ask(io::stream line, std::string question) {
    io::reader from(line);
    co_await line.write(question);
    EXPECT_EQ(co_await from.read_until("\r\n", 100), "220 go ahead");
    co_await tls::upgrade(line, from, tls::client_context(client_trusting(localhost())),
                          "localhost");
    EXPECT_TRUE(tls::get_info(line).verified);
    co_await line.write("secret\r\n");
    EXPECT_EQ(co_await from.read_until("\r\n", 100), "250 got secret");
}

io::task<> answer(io::stream line, std::string go_ahead) {
    io::reader from(line);
    EXPECT_EQ(co_await from.read_until("\r\n", 100), "STARTTLS");
    co_await line.write(go_ahead);
    co_await tls::upgrade(line, from, tls::server_context(server_as(localhost())));
    const auto heard = co_await from.read_until("\r\n", 100);
    EXPECT_TRUE(heard);
    co_await line.write("250 got " + std::string(heard.value_or("nothing")) + "\r\n");
}

io::task<> talk(std::string question, std::string go_ahead) {
    auto [client, server] = io::stream::pair();
    co_await io::all(ask(std::move(client), question), answer(std::move(server), go_ahead));
}

TEST_P(upgrades, go_on_in_tls) {
    run(talk("STARTTLS\r\n", "220 go ahead\r\n"));
}

template <class Run>
void expect_refusal(Run run) {
    try {
        run();
        ADD_FAILURE() << "plaintext went over into TLS";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), tls::errc::plaintext_buffered) << error.what();
    }
}

TEST_P(upgrades, server_refuses_commands_behind_the_question) {
    expect_refusal([&] { run(talk("STARTTLS\r\nRSET\r\n", "220 go ahead\r\n")); });
    expect_refusal([&] { run(talk("STARTTLS\r\n ", "220 go ahead\r\n")); });
}

TEST_P(upgrades, client_refuses_answers_behind_the_go_ahead) {
    expect_refusal([&] { run(talk("STARTTLS\r\n", "220 go ahead\r\n250 and more\r\n")); });
}

/// What arrives in the clear only after the check is no TLS record, and ends the handshake.
io::task<> late_plaintext(bool& refused) {
    auto [client, server] = io::stream::pair();
    io::reader from(client);
    co_await server.write("220 go ahead\r\n");
    EXPECT_EQ(co_await from.read_until("\r\n", 100), "220 go ahead");
    co_await server.write("250 injected\r\n");
    try {
        co_await tls::upgrade(client, from, tls::client_context(client_trusting(localhost())),
                              "localhost");
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), tls::errc::protocol_broken) << error.what();
        refused = true;
    }
    EXPECT_FALSE(client.is_open());
}

TEST_P(upgrades, plaintext_that_comes_later_is_no_handshake) {
    bool refused = false;
    run(late_plaintext(refused));
    EXPECT_TRUE(refused);
}

ZOCALO_IN_EVERY_WORLD(upgrades);

}  // namespace
