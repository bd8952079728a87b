// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <vector>

#include "sim/clock.hpp"
#include "sim/event_queue.hpp"
#include "sim/name_table.hpp"
#include "sim/network.hpp"
#include "sim/trace.hpp"
#include "zocalo/sim/options.hpp"
#include "zocalo/sim/random.hpp"

namespace zocalo::sim::detail {

struct machine;

/// What all hosts of a world share: the time, what will happen, chance, and the wires.
struct universe {
    universe(std::uint64_t from_seed, const world_options& chosen);
    universe(const universe&) = delete;
    universe& operator=(const universe&) = delete;
    ~universe();

    std::uint64_t seed;
    world_options options;
    time_point now = beginning;
    event_queue events;
    random chance;    ///< of the network
    random programs;  ///< what programs draw from
    trace log;
    network net{*this};
    name_table names;
    std::vector<std::unique_ptr<machine>> machines;
    std::size_t unfinished = 0;  ///< tasks that a run waits for
    std::uint64_t woken = 0;     ///< how often a host had something to do
    std::exception_ptr failure;  ///< the first one of a task
    bool running = false;

    /// Makes things happen until `over`, or until a moment. Throws what a task threw, or stuck.
    void run(const std::function<bool()>& over, time_point until = time_point::max());
    void note(const std::string* host, const char* what, const net::endpoint& peer = {},
              std::int64_t bytes = -1);

 private:
    void settle();
    [[nodiscard]] time_point next_timer() const;
    [[noreturn]] void give_up(const char* why) const;
    void check_progress(bool background, std::uint64_t woken_before);
    int idle_ = 0;
};

/// What each host waits for, a line for each task.
[[nodiscard]] std::string who_waits(const universe& in);

}  // namespace zocalo::sim::detail
