// SPDX-License-Identifier: MIT
#include "zocalo/serve/server.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "serve/server_core.hpp"
#include "zocalo/io/any.hpp"

namespace zocalo::serve {

server::server(handler talk, server_options options) {
    auto shared = std::make_shared<detail::shared_limits>(options.limits);
    core_ = std::make_unique<core>(std::move(talk), std::move(options), std::move(shared));
}

server::server(handler talk, server_options options, std::shared_ptr<detail::shared_limits> shared)
    : core_(std::make_unique<core>(std::move(talk), std::move(options), std::move(shared))) {}

server::~server() = default;

io::task<net::endpoint> server::listen(net::endpoint where, net::listen_options options) {
    core_->must_not_run();  // before the port is taken
    io::listener made = co_await io::listen(where, options);
    net::endpoint chosen = made.local_endpoint();
    add(std::move(made));
    co_return chosen;
}

void server::add(io::listener from) {
    core_->must_not_run();
    core_->listeners.push_back(std::move(from));
}

std::vector<net::endpoint> server::local_endpoints() const {
    std::vector<net::endpoint> all;
    for (const io::listener& one : core_->listeners)
        all.push_back(one.local_endpoint());
    return all;
}

io::task<> server::run() {
    return core_->run();
}

void server::stop() noexcept {
    core_->stop(core::order::drain);
}

void server::stop_now() noexcept {
    core_->stop(core::order::end);
}

void server::replace(const serve::limits& limits) {
    core_->replace(limits);
}

counters server::counters() const noexcept {
    return core_->counted.look();
}

io::task<> server::core::run() {
    if (listeners.empty()) throw std::logic_error("serve::server: run() without a listener");
    must_not_run();
    const during now(running_);
    co_await io::any(obey(), clients_.run(govern()));
}

void server::core::must_not_run() const {
    if (running_) throw std::logic_error("serve::server: run() is under way");
}

void server::core::stop(order how) noexcept {
    const std::lock_guard lock(order_mutex_);
    wanted_ = std::max(wanted_, how);
    ordered_.tell_all();
}

server::core::order server::core::look(std::uint64_t& seen) {
    const std::lock_guard lock(order_mutex_);
    seen = ordered_.count();
    return wanted_;
}

/// Brings to the loop what any thread has asked for, until everything else has ended.
io::task<> server::core::obey() {
    for (;;) {
        std::uint64_t seen = 0;
        const order wanted = look(seen);
        if (wanted != order::serve) stopping_.set();
        if (wanted == order::end) hurry_.set();
        co_await ordered_.wait(seen);
    }
}

void server::core::replace(const limits& other) {
    limits_ = std::make_shared<const limits>(other);
    shared_->replace(other);
    news_.wake_all();  // there may be more places now
}

/// What runs beside the connections: takes new ones until the stop, then sees the others off.
io::task<> server::core::govern() {
    co_await io::any(accept_all(), stopping_.wait());
    draining_ = true;
    for (detail::guard* each = first_; each != nullptr; each = each->next)
        each->drain();
    drain_parked();
    for (io::listener& one : listeners)
        co_await take_rest(one);
    listeners.clear();
    co_await drain();
    over_ = true;
    news_.wake_all();
    end_parked(detail::verdict::drained);
    for (detail::guard* each = first_; each != nullptr; each = each->next)
        each->end(each->is_resting() ? detail::verdict::drained : detail::verdict::cut_off);
}

io::task<> server::core::drain() {
    const timeout patience = limits_->drain;
    co_await io::any(until_empty(), hurry_.wait(), io::sleep(patience));
}

io::task<> server::core::until_empty() {
    while (active_ > 0 || waiting_ > 0) {
        co_await news_.wait("wait for the last connections");
    }
}

}  // namespace zocalo::serve
