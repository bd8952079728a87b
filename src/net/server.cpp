// SPDX-License-Identifier: MIT
// One thread waits for three things at once: requests (only while there is somebody to handle
// them), workers that have ended, and the stop. Everything else follows from what it hears.
#include "zocalo/net/server.hpp"

#include <new>

#include "net/fail.hpp"
#include "net/server_state.hpp"
#include "sys/wait.hpp"

namespace zocalo::net {

server::state::state(server_options options, concurrency usual)
    : core(std::move(options), usual),
      workers(make_crew(core.how, core.options.limits, core.errors)) {}

server::state::event server::state::wait(const deadline& until) {
    if (workers->collect()) source->end_pause();
    const timeout pause = source->pause();
    const bool open = pause.is_zero() && workers->has_room();
    watched.assign(
        {{core.stopping.fileno(), POLLIN, 0}, {open ? source->fileno() : -1, POLLIN, 0}});
    timeout limit = shorter(until.remaining(), workers->watch(watched));
    if (!pause.is_zero()) limit = shorter(limit, pause);

    const int ready = sys::poll(watched.data(), watched.size(), deadline{limit});
    if (ready < 0) fail("wait for requests", local, ready);
    if (watched[0].revents != 0) return event::stop;
    if (watched[1].revents != 0) return event::request;
    return until.passed() ? event::time : event::other;
}

void server::state::serve_one() {
    std::unique_ptr<job> request;
    try {
        request = source->next();
        if (!request) return;
    } catch (const std::bad_alloc&) {
        return refuse_for_now();
    }
    try {
        workers->start(std::move(request));
    } catch (const std::bad_alloc&) {
        refuse_for_now();
    } catch (const std::system_error&) {
        refuse_for_now();
    }
}

void server::state::refuse_for_now() noexcept {
    ++core.refused;
    source->begin_pause();
}

void server::state::drain() {
    if (drained) return;
    drained = true;
    core.stop.request_stop();  // also where another condition was the cause: children see only this
    source->close();
    if (workers->finish(deadline{core.options.limits.drain})) return;
    core.cut_off.request_stop();
    workers->cut_off();
    workers->finish(deadline{timeout::none()});
}

server::server(std::unique_ptr<state> made) noexcept : state_(std::move(made)) {}

server::~server() {
    state_->drain();
}

void server::serve_forever(timeout poll_interval) {
    const auto& service_actions = state_->core.options.hooks.service_actions;
    const timeout interval = service_actions ? poll_interval : timeout::none();
    for (;;) {
        const auto event = state_->wait(deadline{interval});
        if (event == state::event::stop) break;
        if (event == state::event::request) state_->serve_one();
        if (service_actions) service_actions();
    }
    state_->drain();
}

bool server::handle_request(timeout limit) {
    const deadline until{limit};
    for (;;) {
        switch (state_->wait(until)) {
            case state::event::request:
                state_->serve_one();
                return true;
            case state::event::stop:
                return false;
            case state::event::time:
                if (state_->core.options.hooks.handle_timeout) {
                    state_->core.options.hooks.handle_timeout();
                }
                return false;
            case state::event::other:
                break;
        }
    }
}

void server::shutdown() noexcept {
    state_->core.stop.request_stop();
}

void server::stop_with(const stop_condition& condition) {
    state_->core.stopping.add(condition);
}

const endpoint& server::local_endpoint() const noexcept {
    return state_->local;
}

server_counters server::counters() const noexcept {
    const server_core& core = state_->core;
    return {core.accepted, core.refused, core.errors, state_->source->exhausted(),
            core.admitted.active()};
}

}  // namespace zocalo::net
