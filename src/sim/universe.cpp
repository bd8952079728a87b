// SPDX-License-Identifier: MIT
// Everything runs on one thread. At a moment all hosts take their turns, in the order in which they
// were made, until none has anything left to do; then time jumps to the next event or timer.
#include "sim/universe.hpp"

#include <stdexcept>
#include <utility>

#include "sim/machine.hpp"
#include "zocalo/sim/stuck.hpp"

namespace zocalo::sim::detail {

namespace {

constexpr std::uint64_t most_turns_at_once = 1'000'000;
/// So many questions without an answer, when there is nothing else, and all is over.
constexpr int most_idle = 1'000;

class running_mark {
 public:
    explicit running_mark(bool& flag) : flag_(flag) {
        if (flag) throw std::logic_error("sim::world: run() inside of run()");
        flag = true;
    }
    running_mark(const running_mark&) = delete;
    running_mark& operator=(const running_mark&) = delete;
    ~running_mark() { flag_ = false; }

 private:
    bool& flag_;
};

}  // namespace

universe::universe(std::uint64_t from_seed, const world_options& chosen)
    : seed(from_seed),
      options(chosen),
      chance(from_seed),
      programs(chance.fork()),
      log(chosen.trace_length) {
    check(options.usual_link);
    if (options.segment == 0 || options.send_buffer == 0 || options.receive_buffer == 0) {
        throw std::invalid_argument("sim::world_options: a size of zero");
    }
}

universe::~universe() {
    for (const auto& each : machines)
        each->crash();
}

void universe::note(const std::string* host, const char* what, const net::endpoint& peer,
                    std::int64_t bytes) {
    log.add({now, host, what, peer, bytes, {}});
}

void universe::settle() {
    std::uint64_t turns = 0;
    for (bool busy = true; busy;) {
        busy = false;
        for (const auto& each : machines) {
            while (each->is_up() && each->running->step()) {
                busy = true;
                ++woken;
                if (++turns > most_turns_at_once) give_up("time stands still: tasks never wait");
            }
        }
    }
}

time_point universe::next_timer() const {
    time_point next = time_point::max();
    for (const auto& each : machines) {
        if (each->is_up()) next = std::min(next, each->running->next_timer());
    }
    return next;
}

void universe::give_up(const char* why) const {
    throw stuck("simulated network: " + std::string(why) + ", after " + to_text(now) +
                " s of its time (seed " + std::to_string(seed) + ")\n" + who_waits(*this));
}

void universe::check_progress(bool background, std::uint64_t woken_before) {
    idle_ = background && woken == woken_before ? idle_ + 1 : 0;
    if (idle_ > most_idle) give_up("all tasks wait, and no event can wake one of them");
}

void universe::run(const std::function<bool()>& over, time_point until) {
    const running_mark mark(running);
    const time_point limit = now + options.longest_run;
    std::uint64_t woken_before = woken;
    for (bool background = false;;) {
        settle();
        if (failure) std::rethrow_exception(std::exchange(failure, nullptr));
        if (over()) return;
        check_progress(background, woken_before);
        const time_point timer = next_timer();
        const bool event = !events.empty() && events.next() <= timer;
        const time_point next = event ? events.next() : timer;
        if (next > until) {
            now = until;
            return;
        }
        if (next == time_point::max()) give_up("all tasks wait, and no event can wake one of them");
        if (next > limit) give_up("world_options::longest_run has passed");
        now = std::max(now, next);
        background = event && until == time_point::max() && timer == time_point::max() &&
                     !events.is_proper();
        woken_before = woken;
        if (event) events.run_next();
    }
}

std::string who_waits(const universe& in) {
    std::string text;
    for (const auto& each : in.machines) {
        text += each->is_up() ? each->running->who_waits() : "  " + each->name + ": down\n";
    }
    return text;
}

}  // namespace zocalo::sim::detail
