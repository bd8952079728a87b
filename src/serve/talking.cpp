// SPDX-License-Identifier: MIT
// One connection, from the moment that it has a place to its end. Whatever it ends with stays here.
#include <system_error>
#include <utility>

#include "net/fail.hpp"
#include "serve/server_core.hpp"
#include "zocalo/io/timeout.hpp"

namespace zocalo::serve {

using detail::count;

io::task<> server::core::serve_one(arrival client) {
    detail::guard watch(options_.limits, news_);
    begin(watch);
    connection talking(std::move(client.socket), std::move(client.who),
                       counted.accepted.load(std::memory_order_relaxed), watch);
    co_await watch.opened();
    std::exception_ptr error;
    {
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
    talking.stream().close();
    end(watch);
    settle(talking, watch, error);
}

io::task<> server::core::talk_with(connection& client, net::admission::place& place) {
    if (is_from_proxy(client.peer())) {
        const bool introduced = co_await introduce(client);
        if (!introduced) co_return;
        const io::time_point now = co_await io::now();
        if (!admit(client.peer(), place, now)) co_return;
    }
    co_await talk_(client);
    co_await linger(client);
}

/// Says that no more comes, and lets the peer read what was said: closing with bytes unread would
/// reset the connection, and the last reply with it.
io::task<> server::core::linger(connection& client) {
    if (!client.stream().is_open() || options_.limits.linger.is_zero()) co_return;
    try {
        co_await io::timeout(options_.limits.linger, read_out(client));
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        // Passed over: the peer has gone, or does not go: either way this is the end.
    }
}

io::task<> server::core::read_out(connection& client) {
    client.enter(phase::open);
    co_await client.stream().finish();
    for (std::size_t seen = 0; seen <= options_.limits.linger_bytes;) {
        const io::chunk got = co_await client.stream().read();
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
    counted.active.store(--active_, std::memory_order_relaxed);
    count(counted.bytes_received, one.bytes_received());
    count(counted.bytes_sent, one.bytes_sent());
    news_.wake_all();
}

/// Counts how it ended, and tells the owner.
void server::core::settle(const connection& client, const detail::guard& watch,
                          std::exception_ptr error) {
    using detail::verdict;
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
    if (error && options_.hooks.failed) options_.hooks.failed(client, error);
    if (options_.hooks.ended) options_.hooks.ended(client);
}

}  // namespace zocalo::serve
