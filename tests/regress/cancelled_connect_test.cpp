// SPDX-License-Identifier: MIT
// A connect that was cancelled in the moment in which its next address was due went on, counted
// its own cancelled attempts as refusals, and failed as though the network had said no.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "zocalo/io/any.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"
#include "zocalo/sim/world.hpp"

namespace {

using namespace std::chrono_literals;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace sim = zocalo::sim;

/// What a connect ends with: "connected", "stopped", or the error.
io::task<> note_end(net::host_port peer, std::string& end) {
    try {
        const io::stream made = co_await io::connect(std::move(peer), {});
        end = "connected";
    } catch (const net::stopped&) {
        end = "stopped";
        throw;
    } catch (const std::system_error& error) {
        end = error.what();
    }
}

/// Ends at a moment, and so many turns of the loop later. Its timer is the younger one of two that
/// are due then.
io::task<> end_at(std::chrono::milliseconds span, int turns) {
    co_await io::sleep(span - 1ms);
    co_await io::sleep(1ms);
    for (int i = 0; i < turns; ++i)
        co_await io::sleep(0ns);
}

io::task<> cancel_at(std::chrono::milliseconds span, int turns, std::string& end) {
    co_await io::any(note_end({"hole.example", 80}, end), end_at(span, turns));
}

io::task<> end_first_at(std::chrono::milliseconds span, int turns, std::string& end) {
    co_await io::any(end_at(span, turns), note_end({"hole.example", 80}, end));
}

/// Addresses behind a cut link: nothing but the cancellation can end it.
TEST(cancelled_connect, says_so_in_every_turn_of_the_loop) {
    for (const auto span : {1ms, 2ms, 3ms, 250ms, 252ms, 500ms, 502ms, 600ms}) {
        for (int turns = 0; turns < 12; ++turns) {
            for (auto* const cancel : {cancel_at, end_first_at}) {
                sim::world world{1};
                world.set_link({.latency = 1ms, .jitter = 0ms});
                sim::host& here = world.host("here");
                sim::host& hole = world.host("hole");
                world.set_name("hole.example", hole.addresses());
                world.cut(here, hole);
                std::string end;
                here.run(cancel(span, turns, end));
                EXPECT_EQ(end, "stopped") << span.count() << " ms, " << turns << " turns";
            }
        }
    }
}

}  // namespace
