// SPDX-License-Identifier: MIT
#include "zocalo/io/shield.hpp"

#include <gtest/gtest.h>

#include <string>

#include "io/worlds.hpp"
#include "support/streams.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/scope.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/net/stop.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace sim = zocalo::sim;

class shields : public zocalo::tests::in_every_world {};

io::task<std::string> say(io::stream& to, std::string what) {
    co_await io::sleep(2ms);
    co_await to.write(what);
    co_return what;
}

/// Says goodbye when it is cancelled.
io::task<> talk(io::stream& peer, std::string& said) {
    bool over = false;
    try {
        co_await peer.read();
    } catch (const zocalo::net::stopped&) {
        over = true;
    }
    EXPECT_TRUE(over);
    EXPECT_THROW(co_await peer.write("unshielded"), zocalo::net::stopped);
    said = co_await io::shield(5s, say(peer, "bye"));
    auto mark = peer.write("!");
    co_await io::shield(5s, std::move(mark));
    EXPECT_THROW(co_await peer.write("unshielded"), zocalo::net::stopped) << "again outside";
}

io::task<std::string> cancel_the_talk() {
    auto [one, other] = io::stream::pair();
    std::string said;
    co_await io::any(talk(one, said), io::sleep(1ms));
    EXPECT_EQ(said, "bye");
    one.close();
    co_return co_await zocalo::tests::read_all(other);
}

TEST_P(shields, work_goes_on_in_a_cancelled_task) {
    EXPECT_EQ(run(cancel_the_talk()), "bye!");
}

io::task<> wait_shielded(std::string& log) {
    const std::string got = co_await io::shield(5s, [](std::string& to) -> io::task<std::string> {
        co_await io::sleep(5ms);
        to += "finished ";
        co_return "value";
    }(log));
    log += got;
    co_await io::sleep(1h);
    log += " not cancelled";
}

io::task<std::string> cancel_while_shielded() {
    std::string log;
    co_await io::any(wait_shielded(log), io::sleep(1ms));
    co_return log;
}

TEST_P(shields, cancellation_meanwhile_comes_through_afterwards) {
    EXPECT_EQ(run(cancel_while_shielded()), "finished value");
}

io::task<> shield_for_too_long() {
    co_await io::shield(2ms, io::sleep(1h));
}
io::task<> shield_a_failure() {
    co_await io::shield(1s, []() -> io::task<> {
        co_await io::sleep(1ms);
        throw std::runtime_error("of its own");
    }());
}

TEST_P(shields, limit_and_errors_come_out) {
    try {
        run(shield_for_too_long());
        FAIL() << "an hour has passed";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::timed_out) << error.what();
    }
    EXPECT_THROW(run(shield_a_failure()), std::runtime_error);
}

io::task<> never_end() {
    co_await io::shield(1h, io::sleep(1h));
}

TEST(shield, host_that_goes_down_takes_it_along) {
    sim::world world{1};
    sim::host& host = world.host("host");
    host.on_start([] { return never_end(); });
    world.run_for(1s);
    host.kill();
    EXPECT_FALSE(host.is_up());
}

ZOCALO_IN_EVERY_WORLD(shields);

}  // namespace
