// SPDX-License-Identifier: MIT
#include "io/backend/contract.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <new>
#include <system_error>

#include "io/backend/file_operation.hpp"
#include "io/backend/packet_descriptor.hpp"
#include "io/backend/system_descriptor.hpp"
#include "io/fault_injector.hpp"
#include "io/misuse.hpp"
#include "io/names/system_names.hpp"
#include "io/thread_pool.hpp"

namespace zocalo::io::detail {

namespace {

/// That of this thread, while it runs.
backend*& running_here() noexcept {
    static constinit thread_local backend* engine = nullptr;
    return engine;
}

}  // namespace

backend::session::session(backend& engine) : engine_(engine) {
    engine.begin_run();
    running_here() = &engine;
}

backend::session::~session() {
    engine_.end_run();
    running_here() = nullptr;
}

backend::backend(enum realm where) noexcept : realm_(where) {}
backend::~backend() = default;

backend* backend::running() noexcept {
    return running_here();
}

void backend::set_faults(fault_hook hook) {
    faults_ = hook ? std::make_unique<fault_injector>(std::move(hook)) : nullptr;
}

void backend::do_on_thread(blocking_operation& what) noexcept {
    what.wait();
    const int refused = give_to_thread(what);
    if (refused < 0) post_done(what, refused);
}

/// −errno when there is none, nor what hearing from one takes.
int backend::give_to_thread(blocking_operation& what) noexcept {
    try {
        if (pool_ == nullptr) pool_ = std::make_unique<thread_pool>();
        expect();
    } catch (const std::system_error& error) {
        return -error.code().value();
    } catch (const std::bad_alloc&) {
        return -ENOMEM;
    }
    const int refused = pool_->add(what);
    if (refused < 0) --expected_;
    return refused;
}

void backend::cancel_on_thread(blocking_operation& what) noexcept {
    if (!pool_->remove(what)) return;
    --expected_;
    post_done(what, -ECANCELED);
}

bool backend::do_file(file_operation& what) {
    do_on_thread(what);
    return true;
}

void backend::cancel_file(file_operation& what) noexcept {
    cancel_on_thread(what);
}

name_source& backend::names() {
    if (names_ == nullptr) names_ = std::make_unique<system_names>();
    return *names_;
}

backend::time_point backend::now() const noexcept {
    return std::chrono::steady_clock::now();
}

/// The kernel notes it at each tick, and it takes a quarter of the time to read that.
backend::time_point backend::lately() const noexcept {
    timespec at{};
    ::clock_gettime(CLOCK_MONOTONIC_COARSE, &at);
    return time_point(std::chrono::seconds(at.tv_sec) + std::chrono::nanoseconds(at.tv_nsec));
}

std::unique_ptr<descriptor> backend::connect_packets(const net::endpoint& peer,
                                                     const net::endpoint& local,
                                                     const socket_settings& settings) {
    return packet_descriptor::connect(peer, local, settings);
}

transport_pair backend::make_pair() {
    return system_descriptor::make_pair();
}

void backend::queue::push(ready_item& item) noexcept {
    item.next = nullptr;
    (first == nullptr ? first : last->next) = &item;
    last = &item;
}

void backend::post(ready_item& item) noexcept {
    ready_.push(item);
}

void backend::post_done(operation& what, std::int32_t result) noexcept {
    what.result = result;
    what.now = operation::state::done;
    post(what);
}

void backend::post_done_soon(operation& what, std::int32_t result) noexcept {
    what.result = result;
    what.now = operation::state::done;
    soon_.push(what);
}

void backend::post_from_outside(ready_item& item) {
    // Under the lock to its end: who gets the item may end the run, and the backend with it.
    const std::lock_guard lock(outside_mutex_);
    outside_.push(item);
    if (!outside_posted_.exchange(true, std::memory_order_acq_rel)) wake();
}

void backend::take_from_outside() noexcept {
    if (!outside_posted_.exchange(false, std::memory_order_acq_rel)) return;
    const std::lock_guard lock(outside_mutex_);
    for (ready_item* item = std::exchange(outside_.first, nullptr); item != nullptr;) {
        ready_item* const next = item->next;
        --expected_;
        post(*item);
        item = next;
    }
}

/// Only what is there at the start.
void backend::run(queue& which) noexcept {
    ready_item* item = std::exchange(which.first, nullptr);
    while (item != nullptr) {
        ready_item* const next = item->next;
        item->complete();
        item = next;
    }
}

/// What that posts has the next turn, after the outside.
void backend::run_queue() noexcept {
    run_soon();
    run(ready_);
}

void backend::run_timers() noexcept {
    if (timers_.empty()) return;
    const time_point moment = now();
    while (timer_operation* const due = timers_.due(moment)) {
        timers_.remove(*due);
        due->now = operation::state::done;
        due->complete();
    }
}

zocalo::timeout backend::time_to_wait() const noexcept {
    if (ready_.first != nullptr || soon_.first != nullptr) return zocalo::timeout::zero();
    if (timers_.empty()) return zocalo::timeout::none();
    return timers_.top().at - now();
}

void backend::turn() noexcept {
    done_at_once_ = 0;
    take_from_outside();
    run_queue();
    run_timers();
}

void backend::take_turn() {
    const session here(*this);
    timers_.ask();  // whoever drives this has done so
    turn();
}

void backend::run_ready() {
    const session here(*this);
    ask(zocalo::timeout::zero());
    turn();
}

void backend::ask(zocalo::timeout limit) {
    timers_.ask();
    wait(limit);
}

void backend::set_spin(std::chrono::nanoseconds at_most) noexcept {
    constexpr std::chrono::nanoseconds most = std::chrono::milliseconds(1);
    spin_ = std::clamp(at_most, std::chrono::nanoseconds::zero(), most);
    worth_spinning_ = true;
}

/// Looks until there was something, or the time is up. Who slept for long would have spun in vain,
/// and does not the next time.
void backend::spin_and_wait() {
    const time_point begin = now();
    heard_ = false;
    while (worth_spinning_ && !heard_ && now() - begin < spin_) {
        if (time_to_wait().is_zero() || outside_posted_.load(std::memory_order_relaxed)) return;
        ask(zocalo::timeout::zero());
    }
    if (heard_) return;
    ask(time_to_wait());
    worth_spinning_ = now() - begin < 2 * spin_;
}

void backend::run(const bool& over) {
    while (!over) {
        turn();
        if (over) break;
        const zocalo::timeout limit = time_to_wait();
        if (limit.is_none() && !has_pending() && !expects_others()) nothing_can_happen();
        if (spin_ == spin_.zero() || limit.is_zero()) {
            ask(limit);
        } else {
            spin_and_wait();
        }
    }
}

}  // namespace zocalo::io::detail
