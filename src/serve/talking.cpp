// SPDX-License-Identifier: MIT
// One connection, from the moment that it has a place to its end. Whatever it ends with stays here.
#include <new>
#include <system_error>
#include <utility>

#include "serve/metered.hpp"
#include "serve/parked.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/timeout.hpp"

namespace zocalo::serve {

using detail::count;

io::task<> server::core::serve_one(arrival client) {
    if (!client.before.within) client.before.within = limits_;
    detail::guard watch(std::move(client.before), news_);
    begin(watch);
    bool has_place = true;
    try {
        connection talking(std::move(client.socket), std::move(client.who), client.number, watch);
        talking.plain_->give_back(client.heard);
        if (talk_.on_demand) watch.let_park(talking.plain_->native());
        co_await watch.opened();
        std::exception_ptr error = client.error;
        if (!client.is_over) {
            io::task<> talk = talk_with(talking, client.place);
            io::detail::task_member<void> member({watch, talk});
            watch.arm();
            member.start();
            co_await watch.joined();
            try {
                member.take();
            } catch (...) {
                error = std::current_exception();
            }
        }
        has_place = false;
        end(watch);
        const bool is_parking = !error && watch.is_parking();
        if (is_parking) {
            try {
                co_return park(talking, watch, client.place);
            } catch (const std::bad_alloc&) {
                error = std::current_exception();
            }
        }
        co_await see_off(talking, watch);
        // Else the kernel would keep some megabytes for who does not take them, and nobody counts
        // that.
        if (watch.is_reset()) talking.plain_->reset_on_close();
        talking.stream().close();
        settle(talking, watch, error);
    } catch (const std::bad_alloc&) {  // on its own side, where nobody else hears of it
        if (has_place) end(watch);
        count(counted.failed);
    }
}

io::task<> server::core::talk_with(connection& client, net::admission::place& place) {
    if (!client.peer().proxy && is_from_proxy(client.peer())) {
        const bool introduced = co_await introduce(client);
        if (!introduced) co_return;
        const io::time_point now = co_await io::now();
        if (const auto why = admit(client.peer(), place, now)) {
            const std::string text = farewell_to(client.peer(), *why, client.local_endpoint());
            if (!text.empty()) co_await take_leave(client.stream(), text);
            co_return;
        }
    }
    co_await talk_(client);
    if (client.guard_.is_parking() || client.guard_.is_aborted()) co_return;
    co_await linger(client);
}

// --- The end of a dialogue
//
// Closing with bytes unread would reset the connection, and lose the last words. So they are
// followed by the end of the stream, and the peer is read until it closes, too, for a while.

io::task<> server::core::linger(connection& client) {
    if (!client.stream().is_open() || limits_->linger.is_zero()) co_return;
    client.enter(phase::open);
    co_await take_leave(client.stream(), {});
}

/// Of a connection that was ended; what is in the way of a farewell is in hooks::farewell.
io::task<> server::core::see_off(connection& client, const detail::guard& watch) {
    const std::optional<ending> why = watch.ended_for();
    if (!why || !watch.may_be_told() || !client.stream().is_open()) co_return;
    const std::string text = farewell_to(client.peer(), *why, client.local_endpoint());
    if (!text.empty()) co_await take_leave(client.stream(), text);
}

std::string server::core::farewell_to(const serve::peer& who, ending why,
                                      const net::endpoint& at) const {
    if (options_.begins_with_tls && !who.tls) return {};  // it would stand in the handshake
    return options_.hooks.farewell ? options_.hooks.farewell(who, why, at) : std::string();
}

io::task<> server::core::take_leave(io::stream& from, const std::string& text) {
    try {
        auto leaving = io::timeout(limits_->linger, say_last(from, text));
        co_await io::any(std::move(leaving), hurry_.wait());
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        // Passed over: the peer has gone, or does not go: either way this is the end.
    }
}

io::task<> server::core::say_last(io::stream& to, const std::string& text) {
    if (!text.empty()) co_await to.write(text);
    co_await to.finish();
    for (std::size_t seen = 0; seen <= limits_->linger_bytes;) {
        const io::chunk got = co_await to.read();
        if (got.empty()) co_return;
        seen += got.size();
    }
}

void server::core::begin(detail::guard& one) noexcept {
    one.next = first_;
    if (first_ != nullptr) first_->previous = &one;
    first_ = &one;
    counted.active.store(++active_, std::memory_order_relaxed);
    if (draining_) one.drain();
}

void server::core::end(detail::guard& one) noexcept {
    (one.previous != nullptr ? one.previous->next : first_) = one.next;
    if (one.next != nullptr) one.next->previous = one.previous;
    if (one.why() == detail::verdict::evicted) --evicted_;
    counted.active.store(--active_, std::memory_order_relaxed);
    news_.wake_all();
}

/// Counts how it ended, and tells the owner.
void server::core::settle(const connection& client, const detail::guard& watch,
                          std::exception_ptr error) {
    using detail::verdict;
    count(counted.bytes_received, watch.bytes_received());
    count(counted.bytes_sent, watch.bytes_sent());
    switch (watch.why()) {
        case verdict::none:
            if (watch.all_cancelled()) {
                count(counted.cut_off);
                error = nullptr;
            } else {
                count(error ? counted.failed : counted.handled);
            }
            break;
        case verdict::drained:
            count(counted.handled);
            error = nullptr;
            break;
        case verdict::evicted:
            count(counted.evicted);
            error = nullptr;
            break;
        case verdict::cut_off:
            count(counted.cut_off);
            error = nullptr;
            break;
        default:
            count(counted.timed_out);
            error = watch.time_is_up(client.peer());
    }
    tell_owner(client, error);
}

/// Of one that never began, because asking its owner about it has failed.
void server::core::lose(arrival client, const std::exception_ptr& error) {
    count(counted.failed);
    detail::guard watch({.within = limits_}, news_);
    const connection lost(std::move(client.socket), std::move(client.who), client.number, watch);
    tell_owner(lost, error);
}

void server::core::tell_owner(const connection& client, const std::exception_ptr& error) const {
    if (error && options_.hooks.failed) options_.hooks.failed(client, error);
    if (options_.hooks.ended) options_.hooks.ended(client);
}

}  // namespace zocalo::serve
