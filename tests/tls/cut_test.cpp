// SPDX-License-Identifier: MIT
// Handshakes that go wrong on their way: cut anywhere, in single bytes, with plaintext in them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

#include "tls/outcome.hpp"
#include "tls/pki.hpp"
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

/// A kind of handshake; the messages are others in each.
struct way {
    const char* name;
    tls::version version = tls::version::tls_1_3;
    bool shows_client = false;  ///< a certificate of the client, too
    bool resumes = false;       ///< goes on with an earlier session
    std::size_t step = 3;       ///< from one byte that is cut or changed to the next
};

constexpr way plain_way{.name = "tls_1_3", .step = 1};
constexpr std::array ways{
    plain_way,
    way{.name = "tls_1_3_with_client", .shows_client = true},
    way{.name = "tls_1_3_resumed", .resumes = true},
    way{.name = "tls_1_2", .version = tls::version::tls_1_2},
    way{.name = "tls_1_2_with_client", .version = tls::version::tls_1_2, .shows_client = true},
    way{.name = "tls_1_2_resumed", .version = tls::version::tls_1_2, .resumes = true},
};

const issued& root() {
    static const issued made(authority_called("root"));
    return made;
}

tls::credentials client_credentials() {
    plan made;
    made.with[2].second = "clientAuth";
    return issued(made, &root()).shown_with();
}

/// Of the service whose sessions are kept: what is damaged has no address.
constexpr std::uint16_t port = 443;

/// How both ends shake hands; without `resumes` each handshake is like the other.
class contexts {
 public:
    explicit contexts(const way& how)
        : how_(how), client_(client_options(how)), server_(server_options(how)) {}

    [[nodiscard]] const tls::client_context& client() const { return client_; }
    [[nodiscard]] const tls::server_context& server() const { return server_; }
    /// Has a session to go on with, when that is the way.
    void prepare() const {
        if (!how_.resumes) return;
        both_ends ends = secure(client_, server_, "localhost", port).get();
        greet(ends).get();
        ends.client.finish().get();
    }

 private:
    static tls::client_options client_options(const way& how) {
        tls::client_options options = client_trusting(localhost());
        options.highest = how.version;
        options.resume = how.resumes;
        if (how.shows_client) options.credentials = client_credentials();
        return options;
    }
    static tls::server_options server_options(const way& how) {
        tls::server_options options = server_as(localhost());
        options.resume = how.resumes;
        if (how.shows_client) {
            options.client_certificates = tls::client_certificates::required;
            options.trust.authorities = {root().certificate()};
        }
        return options;
    }

    way how_;
    tls::client_context client_;
    tls::server_context server_;
};

const contexts& plain() {
    static const contexts made(plain_way);
    return made;
}

class handshakes : public testing::TestWithParam<way> {
 protected:
    void expect_cut(damage to_client, damage to_server);

    const contexts ends_{GetParam()};
};

io::task<both_ends> secure_damaged(const contexts& how, damage& to_client, damage& to_server) {
    auto [client, server] = io::stream::pair();
    io::stream one(std::make_unique<damaged>(std::move(client), to_client));
    io::stream other(std::make_unique<damaged>(std::move(server), to_server));
    co_return co_await secure(std::move(one), std::move(other), how.client(), how.server(),
                              "localhost", port);
}

io::task<> shake_and_greet(const contexts& how, damage& to_client, damage& to_server) {
    both_ends ends = co_await secure_damaged(how, to_client, to_server);
    co_await greet(ends);
}

TEST_P(handshakes, go_through_in_single_bytes) {
    ends_.prepare();
    damage to_client{.piece = 1};
    damage to_server{.piece = 1};
    shake_and_greet(ends_, to_client, to_server).get();
    EXPECT_GT(to_client.received, 100U);
    EXPECT_GT(to_server.received, 200U);
}

struct sizes {
    std::size_t client_gets = 0;
    std::size_t server_gets = 0;
};

/// How many bytes each end gets in a whole handshake; the last ones may differ by a few, because
/// signatures do.
sizes sizes_of(const contexts& how, const way& expected) {
    how.prepare();
    damage to_client;
    damage to_server;
    const both_ends ends = secure_damaged(how, to_client, to_server).get();
    EXPECT_EQ(tls::get_info(ends.client).version, expected.version);
    EXPECT_EQ(tls::get_info(ends.client).resumed, expected.resumes);
    EXPECT_EQ(!tls::get_info(ends.server).certificate.empty(), expected.shows_client);
    return {to_client.received, to_server.received};
}
constexpr std::size_t tolerance = 8;  // for each signature

void handshakes::expect_cut(damage to_client, damage to_server) {
    ends_.prepare();
    try {
        secure_damaged(ends_, to_client, to_server).get();
        ADD_FAILURE() << "a handshake that was cut at " << to_client.cut_at << " and "
                      << to_server.cut_at;
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), tls::errc::handshake_cut) << error.what();
    }
}

TEST_P(handshakes, cut_at_any_byte_say_so) {
    const auto [client_gets, server_gets] = sizes_of(ends_, GetParam());
    for (std::size_t at = 0; at + tolerance < client_gets; at += GetParam().step)
        expect_cut({.cut_at = at}, {});
    for (std::size_t at = 0; at + tolerance < server_gets; at += GetParam().step)
        expect_cut({}, {.cut_at = at});
}

TEST_P(handshakes, changed_anywhere_on_their_way_do_not_succeed) {
    const auto [client_gets, server_gets] = sizes_of(ends_, GetParam());
    const auto expect_failure = [this](damage to_client, damage to_server) {
        ends_.prepare();
        // What the record layer ignores (its version number) may pass unnoticed; then both ends
        // still agree on everything, and what they send arrives. With a longer length one waits.
        try {
            io::timeout(200ms, shake_and_greet(ends_, to_client, to_server)).get();
        } catch (const std::system_error&) {
            return true;
        }
        return false;
    };
    std::size_t passed = 0;
    for (std::size_t at = 0; at + tolerance < client_gets; at += 3 * GetParam().step)
        passed += expect_failure({.flipped = at}, {}) ? 0 : 1;
    for (std::size_t at = 0; at + tolerance < server_gets; at += 3 * GetParam().step)
        passed += expect_failure({}, {.flipped = at}) ? 0 : 1;
    EXPECT_LE(passed, 8U);
}

std::string name_of(const testing::TestParamInfo<way>& which) {
    return which.param.name;
}
INSTANTIATE_TEST_SUITE_P(of, handshakes, testing::ValuesIn(ways), name_of);

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
        try_end(tls::connect(std::move(mine), plain().client(), "localhost"), ignored, says),
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
    auto task = as_server ? tls::accept(std::move(mine), plain().server())
                          : tls::connect(std::move(mine), plain().client(), "localhost");
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
        secure(std::move(slow), std::move(server), tls::client_context(options), plain().server())
            .get();
        FAIL() << "more than the limit was taken";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), tls::errc::too_many_messages) << error.what();
    }
}

}  // namespace
