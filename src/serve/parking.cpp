// SPDX-License-Identifier: MIT
// Connections with which nobody talks. Each is one small object in the group of all connections;
// whatever ends its wait, the connection goes on as one that has just come, with its past.
#include <functional>
#include <memory>
#include <utility>

#include "io/backend/contract.hpp"
#include "serve/identify.hpp"
#include "serve/metered.hpp"
#include "serve/parked.hpp"

namespace zocalo::serve {

using detail::count;
using detail::verdict;

server::core::parked::parked(core& of, arrival client) noexcept
    : member(of.clients_.members()),
      server_(of),
      socket_(std::move(client.socket)),
      place_(std::move(client.place)),
      proxy_(std::move(client.who.proxy)),
      number_(client.number),
      before_(std::move(client.before)),
      until_(before_.quiet_until()),
      reading_(socket_.made_of()) {}

void server::core::parked::end(verdict why) noexcept {
    before_.why = why;
    server_.parked_.erase(this);
    cancel();
}

void server::core::parked::ended() noexcept {
    server_.go_on_with(*this);
    delete this;
}

server::core::arrival server::core::parked::leave() {
    arrival client;
    client.socket = std::move(socket_);
    client.place = std::move(place_);
    client.number = number_;
    client.who = detail::identify(client.socket);
    if (proxy_ && !proxy_->header.is_local) client.who.address = proxy_->header.source;
    client.who.proxy = std::move(proxy_);
    client.before = std::move(before_);
    listen_to(client);
    return client;
}

/// What the read has brought.
void server::core::parked::listen_to(arrival& client) {
    try {
        const io::chunk got = reading_.finish();
        client.heard = got.text();
        client.before.received += got.size();
    } catch (...) {
        client.error = std::current_exception();
    }
    client.is_over = client.heard.empty() || client.before.why != verdict::none;
}

bool server::core::earlier::operator()(const parked* one, const parked* other) const noexcept {
    if (one->until() != other->until()) return one->until() < other->until();
    return std::less<>()(one, other);
}

/// Before its first word: unless somebody else says who it is.
bool server::core::begins_parked(const arrival& client) const noexcept {
    return talk_.on_demand && !draining_ && !is_from_proxy(client.who);
}

void server::core::park(arrival client) {
    auto made = std::make_unique<parked>(*this, std::move(client));
    if (draining_) made->hurry(made->so_far().first_word_until(made->engine().now()));
    parked_.insert(made.get());
    watch_until(*made);
    counted.active.store(++active_, std::memory_order_relaxed);
    made.release()->start();
}

void server::core::park(connection& client, const detail::guard& watch,
                        net::admission::place& place) {
    arrival left;
    left.before = watch.so_far();
    left.number = client.number();
    left.who.proxy = client.peer().proxy;
    left.place = std::move(place);
    left.socket = client.plain_->take_socket();
    park(std::move(left));
}

void server::core::watch_until(parked& one) noexcept {
    const bool is_set = closing_time_.position != io::detail::timer_operation::nowhere;
    if (!is_set || one.until() < closing_time_.at) {
        one.engine().stop(closing_time_);
        closing_time_.at = one.until();
        if (closing_time_.at != io::time_point::max()) one.engine().start(closing_time_);
    }
}

void server::core::go_on_with(parked& one) noexcept {
    parked_.erase(&one);
    if (parked_.empty()) one.engine().stop(closing_time_);
    counted.active.store(--active_, std::memory_order_relaxed);
    try {
        clients_.spawn(serve_one(one.leave()));
    } catch (...) {  // there is no memory for it
        count(counted.failed);
        if (one.so_far().why == verdict::evicted) --evicted_;
        news_.wake_all();
    }
}

void server::core::end_parked(verdict why) noexcept {
    while (!parked_.empty())
        (*parked_.begin())->end(why);
}

/// Who has asked before rests, and is done; the others may be about to.
void server::core::drain_parked() noexcept {
    std::set<parked*, earlier> all;
    for (all.swap(parked_); !all.empty();) {
        auto first = all.extract(all.begin());
        parked& one = *first.value();
        if (one.so_far().has_asked()) {
            one.end(verdict::drained);
            continue;
        }
        one.hurry(one.so_far().first_word_until(one.engine().now()));
        parked_.insert(std::move(first));
        watch_until(one);
    }
}

void server::core::end_overdue() noexcept {
    while (!parked_.empty()) {
        parked& first = **parked_.begin();
        if (first.until() > first.engine().now()) {
            closing_time_.at = first.until();
            return first.engine().start(closing_time_);
        }
        first.end(draining_ ? verdict::drained : first.so_far().quiet_verdict());
    }
}

void server::core::evict_longest_resting() noexcept {
    detail::guard* const resting = longest_resting();
    parked* const first = parked_.empty() ? nullptr : *parked_.begin();
    const bool has_left = first != nullptr && (resting == nullptr || first->so_far().quiet_since <=
                                                                         resting->quiet_since());
    if (first == nullptr && resting == nullptr) return;
    ++evicted_;
    if (has_left) {
        first->end(verdict::evicted);
    } else {
        resting->end(verdict::evicted);
    }
}

}  // namespace zocalo::serve
