// SPDX-License-Identifier: MIT
// finish() with peers that are silent, do not read, or are within a message without data.
#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "tls/raw_peer.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/io/timeout.hpp"

namespace {

using namespace std::chrono_literals;
using namespace zocalo::tests;
namespace io = zocalo::io;
namespace tls = zocalo::tls;

/// A network that can stop.
struct weather {
    std::size_t lets_in = SIZE_MAX;  ///< bytes that may still be read
    bool takes = true;               ///< what is written
    io::event held_back;             ///< somebody reads, and there would be more
};

class held final : public io::transport {
 public:
    held(io::stream below, weather& how) : below_(std::move(below)), how_(how) {}

    io::task<io::chunk> read() override {
        std::string room(16384, '\0');
        const std::size_t got =
            co_await read_some(zocalo::mutable_buffer(room.data(), room.size()));
        std::byte* const buffer = io::detail::take_buffer();
        std::copy_n(reinterpret_cast<const std::byte*>(room.data()), got, buffer);
        co_return io::chunk(buffer, got);
    }
    io::task<std::size_t> read_some(zocalo::mutable_buffer into) override {
        if (how_.lets_in == 0) {
            how_.held_back.set();
            co_await io::sleep(zocalo::timeout::none());
        }
        const std::size_t got = co_await below_.read_some(into.first(how_.lets_in));
        how_.lets_in -= got;
        co_return got;
    }
    io::task<> write(std::span<const zocalo::const_buffer> pieces) override {
        if (!how_.takes) co_await io::sleep(zocalo::timeout::none());
        co_await below_.write(pieces);
    }
    io::task<> finish() override { co_await below_.finish(); }

 private:
    io::stream below_;
    weather& how_;
};

constexpr zocalo::timeout patience = 50ms;

void expect_time_out(const std::exception_ptr& failed) {
    try {
        if (failed) std::rethrow_exception(failed);
        ADD_FAILURE() << "it was said to nobody";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::timed_out) << error.what();
        EXPECT_NE(std::string(error.what()).find("TLS finish localhost"), std::string::npos)
            << error.what();
    }
}

/// Why finish() fails; null when it does not.
io::task<std::exception_ptr> failure_to_finish(io::stream& of) {
    std::exception_ptr failed;
    try {
        co_await io::timeout(30s, of.finish());
    } catch (const std::system_error&) {
        failed = std::current_exception();
    }
    co_return failed;
}

// --- In every world

class goodbyes : public in_every_world {};

/// A client of a server that never reads: `how` is the network between them.
io::task<both_ends> apart(weather& how) {
    auto [client, server] = io::stream::pair();
    tls::client_options options = client_trusting(localhost());
    options.limits.goodbye = patience;
    io::stream mine(std::make_unique<held>(std::move(client), how));
    co_return co_await secure(std::move(mine), std::move(server), tls::client_context(options),
                              tls::server_context(server_as(localhost())));
}

io::task<> finish_before_a_silent_peer() {
    weather calm;
    both_ends ends = co_await apart(calm);
    co_await ends.client.write("last words");
    co_await ends.client.finish();
    const std::string heard = co_await read_all(ends.server);
    EXPECT_EQ(heard, "last words");
}

TEST_P(goodbyes, do_not_wait_for_an_answer) {
    run(finish_before_a_silent_peer());
}

io::task<> leave_without_waiting(bool is_twofold) {
    both_ends ends = co_await secure();
    if (is_twofold) {  // as where a proxy is spoken with in TLS
        io::task<both_ends> again = secure(std::move(ends.client), std::move(ends.server),
                                           tls::client_context(client_trusting(localhost())),
                                           tls::server_context(server_as(localhost())));
        ends = co_await std::move(again);
    }
    co_await greet(ends);
    tls::farewell(ends.client, std::string_view("last words"));
    tls::farewell(ends.client, std::string_view("more"));
    ends.client.close();
    const std::string heard = co_await read_all(ends.server);
    EXPECT_EQ(heard, "last words");
}

TEST_P(goodbyes, can_be_said_without_waiting) {
    run(leave_without_waiting(false));
    run(leave_without_waiting(true));
}

io::task<> finish_where_nothing_is_taken() {
    weather how;
    both_ends ends = co_await apart(how);
    how.takes = false;
    const io::time_point before = co_await io::now();
    const std::exception_ptr failed = co_await failure_to_finish(ends.client);
    const io::time_point after = co_await io::now();
    expect_time_out(failed);
    EXPECT_GE(after - before, *patience.value());
    how.takes = true;
    bool again = false;
    try {
        co_await ends.client.write("more");
    } catch (const std::system_error&) {
        again = true;
    }
    EXPECT_TRUE(again) << "half a record may have gone: nothing may follow it";
}

TEST_P(goodbyes, give_up_where_the_peer_does_not_read) {
    run(finish_where_nothing_is_taken());
}

io::task<> unwrap_where_nothing_is_taken(std::string& says) {
    weather how;
    both_ends ends = co_await apart(how);
    how.takes = false;
    try {
        co_await tls::unwrap(std::move(ends.client), 4 * *patience.value());
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::timed_out);
        says = error.what();
    }
}

TEST_P(goodbyes, of_unwrap_have_its_limit_and_no_other) {
    std::string says;
    run(unwrap_where_nothing_is_taken(says));
    EXPECT_FALSE(says.empty());
    EXPECT_EQ(says.find("TLS finish"), std::string::npos) << says;
}

ZOCALO_IN_EVERY_WORLD(goodbyes);

// --- Within a message

/// Puts more into a ticket than one of its records holds.
int fill_ticket(SSL* ssl, void* /*unused*/) {
    const std::string ballast(2000, 't');
    return SSL_SESSION_set1_ticket_appdata(SSL_get_session(ssl), ballast.data(), ballast.size());
}

context_ptr with_large_tickets() {
    context_ptr made = as_server();
    SSL_CTX_set_num_tickets(made.get(), 0);  // none in the handshake
    SSL_CTX_set_max_send_fragment(made.get(), 512);
    SSL_CTX_set_session_ticket_cb(made.get(), fill_ticket, nullptr, nullptr);
    return made;
}

/// A client that has read the first record of a ticket, and what becomes of it then.
class within_a_ticket : public testing::Test {
 protected:
    template <class Use>
    void with_half_a_ticket(Use use) {
        auto [ours, theirs] = zocalo::net::socket::pair();
        raw_peer server(std::move(theirs), with_large_tickets());
        SSL_set_accept_state(server.ssl());
        const std::jthread peer = playing(std::move(server), [this](raw_peer& as) {
            give_tickets(as, 1);
            seen_ = as.receive();
            ended_ = SSL_get_shutdown(as.ssl()) == SSL_RECEIVED_SHUTDOWN;
        });
        tls::client_options options;
        options.trust.authorities = {foreign_server().certificate()};
        options.limits.goodbye = goodbye;
        io::stream client(std::make_unique<held>(io::stream(std::move(ours)), how));
        client = tls::connect(std::move(client), tls::client_context(options), "localhost").get();
        how.lets_in = 600;  // the first record and a part of the second one
        io::timeout(30s, io::any(drop_input(client), how.held_back.wait())).get();
        use(client);
        client.close();
    }

    static io::task<> drop_input(io::stream& of) {
        co_await of.read();
        ADD_FAILURE() << "a ticket is no data";
    }

    /// Of the server, once it has gone.
    weather how;
    zocalo::timeout goodbye = patience;
    std::string seen_;
    bool ended_ = false;
};

TEST_F(within_a_ticket, that_does_not_go_on_the_end_is_given_up) {
    with_half_a_ticket(
        [](io::stream& client) { expect_time_out(failure_to_finish(client).get()); });
    EXPECT_FALSE(ended_);
}

TEST_F(within_a_ticket, that_goes_on_the_end_is_said) {
    goodbye = 30s;
    with_half_a_ticket([this](io::stream& client) {
        how.lets_in = SIZE_MAX;
        EXPECT_EQ(failure_to_finish(client).get(), nullptr);
    });
    EXPECT_TRUE(ended_);
}

TEST_F(within_a_ticket, that_goes_on_data_is_sent) {
    with_half_a_ticket([this](io::stream& client) {
        how.lets_in = SIZE_MAX;
        io::timeout(30s, client.write("data")).get();
    });
    EXPECT_EQ(seen_, "data");
}

}  // namespace
