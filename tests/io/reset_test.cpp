// SPDX-License-Identifier: MIT
// A dialogue whose peer resets the connection after any byte that it has sent or received: what was
// said before is there, what comes is an error, and nothing is taken for the end that is none.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <system_error>
#include <vector>

#include "io/worlds.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/listener.hpp"
#include "zocalo/io/reader.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/option.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;

const std::string greeting = "220 ready\r\n";
const std::string question = "HELO me\r\n";
const std::string answer = "250 you\r\n";

/// Where the peer resets: after so many bytes of what it sends, or of what it receives.
struct cut {
    std::size_t sent = std::string::npos;
    std::size_t received = std::string::npos;
};

/// Closes so that the other end is reset.
void reset(io::stream& which) {
    which.set(net::option::linger{0s});
    which.close();
}

io::task<> say(io::stream& to, const std::string& what, std::size_t left) {
    co_await to.write(std::string_view(what).substr(0, left));
}

io::task<> hear(io::stream& from, std::size_t count) {
    std::string room(count, '\0');
    co_await from.read_exactly(zocalo::mutable_buffer(room));
}

io::task<> be_peer(io::listener& listener, cut at) {
    io::stream client = co_await listener.accept();
    co_await say(client, greeting, at.sent);
    if (at.sent > greeting.size()) {
        co_await hear(client, std::min(at.received, question.size()));
        if (at.received >= question.size()) {
            co_await say(client, answer, at.sent - std::min(at.sent, greeting.size()));
        }
    }
    reset(client);
}

/// What the client has heard, line by line, and what it ended with.
struct heard {
    std::vector<std::string> lines;
    std::string end;
};

io::task<> listen_on(io::stream& peer, heard& into) {
    io::reader lines(peer);
    for (bool first = true;; first = false) {
        const auto line = co_await lines.read_until("\r\n", 100);
        if (!line) break;
        into.lines.emplace_back(*line);
        if (first) co_await peer.write(question);
    }
    into.end = "the end";
}

io::task<> be_client(net::endpoint where, heard& into) {
    try {
        io::stream peer = co_await io::connect(where);
        co_await listen_on(peer, into);
    } catch (const std::system_error& error) {
        into.end = error.code().message();
    } catch (const zocalo::protocol_error& error) {
        into.end = error.what();
    }
}

io::task<heard> talk(cut at) {
    io::listener listener = co_await io::listen(net::endpoint::parse("127.0.0.1:0"));
    heard result;
    auto both = io::all(be_peer(listener, at), be_client(listener.local_endpoint(), result));
    co_await io::timeout(60s, std::move(both));
    co_return result;
}

/// What was said completely may be there; a reset may overtake it.
void expect_no_more_than_said(const heard& said, std::size_t sent) {
    EXPECT_LE(said.lines.size(), 2U);
    if (!said.lines.empty()) {
        EXPECT_EQ(said.lines[0] + "\r\n", greeting);
        EXPECT_GE(sent, greeting.size());
    }
    if (said.lines.size() > 1) {
        EXPECT_EQ(said.lines[1] + "\r\n", answer);
        EXPECT_GE(sent, greeting.size() + answer.size());
    }
    EXPECT_TRUE(said.end == "Connection reset by peer" || said.end == "Broken pipe") << said.end;
}

class resets : public zocalo::tests::in_every_world {};

TEST_P(resets, after_every_byte_are_errors) {
    for (std::size_t sent = 0; sent <= greeting.size() + answer.size(); ++sent) {
        SCOPED_TRACE("sent " + std::to_string(sent));
        expect_no_more_than_said(run(talk({.sent = sent})), sent);
    }
    for (std::size_t received = 0; received <= question.size(); ++received) {
        SCOPED_TRACE("received " + std::to_string(received));
        const std::size_t sent = received < question.size() ? greeting.size() : std::string::npos;
        expect_no_more_than_said(run(talk({.received = received})), sent);
    }
}

ZOCALO_IN_EVERY_WORLD(resets);

}  // namespace
