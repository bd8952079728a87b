// SPDX-License-Identifier: MIT
// Handshakes that go wrong on their way: cut anywhere, in single bytes, with plaintext in them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tls/outcome.hpp"
#include "zocalo/io/timeout.hpp"

namespace {

using namespace std::chrono_literals;
using namespace zocalo::tests;
using testing::HasSubstr;
namespace io = zocalo::io;
namespace tls = zocalo::tls;

/// What is done to the bytes that one end receives.
struct damage {
    std::size_t piece = SIZE_MAX;  ///< a read brings at most that many
    std::size_t cut_at = SIZE_MAX;
    std::size_t flipped = SIZE_MAX;  ///< the byte that arrives changed
    std::size_t received = 0;
};

class damaged final : public io::transport {
 public:
    damaged(io::stream below, damage& how) : below_(std::move(below)), how_(how) {}

    io::task<io::chunk> read() override {
        std::byte* const buffer = io::detail::take_buffer();
        std::size_t got = 0;
        std::exception_ptr failed;
        try {
            got = co_await read_some(zocalo::mutable_buffer(buffer, io::detail::chunk_size));
        } catch (...) {
            failed = std::current_exception();
        }
        io::chunk lent(buffer, got);
        if (failed) std::rethrow_exception(failed);
        co_return lent;
    }
    io::task<std::size_t> read_some(zocalo::mutable_buffer into) override {
        const std::size_t most = std::min(how_.piece, how_.cut_at - how_.received);
        if (most == 0) co_return 0;
        const zocalo::mutable_buffer room = into.first(most);
        const std::size_t got = co_await below_.read_some(room);
        if (how_.flipped >= how_.received && how_.flipped - how_.received < got) {
            room.data()[how_.flipped - how_.received] ^= std::byte{0x20};
        }
        how_.received += got;
        co_return got;
    }
    io::task<> write(std::span<const zocalo::const_buffer> pieces) override {
        co_await below_.write(pieces);
    }
    io::task<> finish() override { co_await below_.finish(); }

 private:
    io::stream below_;
    damage& how_;
};

const tls::client_context& client_context() {
    static const tls::client_context made([] {
        tls::client_options options = client_trusting(localhost());
        options.resume = false;  // each handshake like the other
        return options;
    }());
    return made;
}

const tls::server_context& server_context() {
    static const tls::server_context made([] {
        tls::server_options options = server_as(localhost());
        options.resume = false;
        return options;
    }());
    return made;
}

io::task<both_ends> secure_damaged(damage& to_client, damage& to_server) {
    auto [client, server] = io::stream::pair();
    io::stream one(std::make_unique<damaged>(std::move(client), to_client));
    io::stream other(std::make_unique<damaged>(std::move(server), to_server));
    co_return co_await secure(std::move(one), std::move(other), client_context(), server_context());
}

io::task<> shake_and_greet(damage& to_client, damage& to_server) {
    both_ends ends = co_await secure_damaged(to_client, to_server);
    co_await greet(ends);
}

TEST(handshake, goes_through_in_single_bytes) {
    damage to_client{.piece = 1};
    damage to_server{.piece = 1};
    shake_and_greet(to_client, to_server).get();
    EXPECT_GT(to_client.received, 500U);
    EXPECT_GT(to_server.received, 200U);
}

/// How many bytes each end gets in a whole handshake; the last ones may differ by a few, because
/// signatures do.
std::pair<std::size_t, std::size_t> sizes_of_handshakes() {
    damage to_client;
    damage to_server;
    secure_damaged(to_client, to_server).get();
    return {to_client.received, to_server.received};
}

void expect_cut(damage to_client, damage to_server) {
    try {
        secure_damaged(to_client, to_server).get();
        ADD_FAILURE() << "a handshake that was cut at " << to_client.cut_at << " and "
                      << to_server.cut_at;
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), tls::errc::handshake_cut) << error.what();
    }
}

TEST(handshake, cut_at_any_byte_says_so) {
    const auto [client_gets, server_gets] = sizes_of_handshakes();
    constexpr std::size_t tolerance = 8;
    for (std::size_t at = 0; at + tolerance < client_gets; ++at)
        expect_cut({.cut_at = at}, {});
    for (std::size_t at = 0; at + tolerance < server_gets; ++at)
        expect_cut({}, {.cut_at = at});
}

TEST(handshake, changed_anywhere_on_its_way_does_not_succeed) {
    const auto [client_gets, server_gets] = sizes_of_handshakes();
    const auto expect_failure = [](damage to_client, damage to_server) {
        // What the record layer ignores (its version number) may pass unnoticed; then both ends
        // still agree on everything, and what they send arrives. With a longer length one waits.
        try {
            io::timeout(200ms, shake_and_greet(to_client, to_server)).get();
        } catch (const std::system_error&) {
            return true;
        }
        return false;
    };
    std::size_t passed = 0;
    for (std::size_t at = 0; at + 8 < client_gets; at += 3)
        passed += expect_failure({.flipped = at}, {}) ? 0 : 1;
    for (std::size_t at = 0; at + 8 < server_gets; at += 3)
        passed += expect_failure({}, {.flipped = at}) ? 0 : 1;
    EXPECT_LE(passed, 8U);
}

// --- Plaintext where TLS has to be

io::task<std::string> first_flight() {
    auto [mine, raw] = io::stream::pair();
    std::error_code ignored;
    std::string text;
    const auto listen = [](io::stream& from, std::string& into) -> io::task<> {
        const io::chunk got = co_await from.read();
        into = got.text();
        from.close();
    };
    std::string says;
    co_await io::all(
        try_end(tls::connect(std::move(mine), client_context(), "localhost"), ignored, says),
        listen(raw, text));
    co_return text;
}

io::task<> send_and_close(io::stream& to, const std::string& what, bool listens_first) {
    if (listens_first) co_await to.read();
    co_await to.write(what);
    to.close();
}

/// What an end says that gets these bytes instead of a handshake.
io::task<outcome> receive(bool as_server, std::string what) {
    auto [mine, raw] = io::stream::pair();
    outcome came;
    auto task = as_server ? tls::accept(std::move(mine), server_context())
                          : tls::connect(std::move(mine), client_context(), "localhost");
    std::error_code& code = as_server ? came.server : came.client;
    std::string& says = as_server ? came.server_says : came.client_says;
    co_await io::all(send_and_close(raw, what, !as_server), try_end(std::move(task), code, says));
    co_return came;
}

const std::string plain_record("\x17\x03\x03\x00\x05hello", 10);

TEST(plaintext, is_never_data) {
    const std::string hello = first_flight().get();
    ASSERT_GT(hello.size(), 100U);
    const std::string bad[] = {"EHLO example.org\r\n", "GET / HTTP/1.0\r\n\r\n",
                               plain_record,           hello + "GET / HTTP/1.0\r\n\r\n",
                               hello + plain_record,   std::string(20'000, 'x'),
                               std::string(1000, '\0')};
    for (const std::string& each : bad) {
        const outcome server = receive(true, each).get();
        // The alert finds nobody, and then the reason for it is still told.
        EXPECT_EQ(server.server, tls::errc::protocol_broken) << server.server_says;
        const outcome client = receive(false, each).get();
        EXPECT_EQ(client.client, tls::errc::protocol_broken) << client.client_says;
    }
}

TEST(plaintext, where_tls_is_expected_is_named) {
    const outcome came = receive(false, "220 mail.example.org ESMTP\r\n").get();
    EXPECT_THAT(came.client_says, HasSubstr("may not speak TLS here"));
    const outcome other = receive(true, "GET / HTTP/1.0\r\n\r\n").get();
    EXPECT_THAT(other.server_says, HasSubstr("http request"));
}

TEST(handshake, has_a_limit_in_bytes) {
    tls::client_options options = client_trusting(localhost());
    options.limits.handshake_bytes = 100;
    damage in_pieces{.piece = 64};
    auto [client, server] = io::stream::pair();
    io::stream slow(std::make_unique<damaged>(std::move(client), in_pieces));
    try {
        secure(std::move(slow), std::move(server), tls::client_context(options), server_context())
            .get();
        FAIL() << "more than the limit was taken";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), tls::errc::too_many_messages) << error.what();
    }
}

}  // namespace
