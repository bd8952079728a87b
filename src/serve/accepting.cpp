// SPDX-License-Identifier: MIT
// How a server takes connections: it never gives up and never spins.
//
// When a process or the machine has run out of descriptors or memory, accepting fails while
// connections wait. Then it pauses, for 10 ms at first and twice as long each time, up to half a
// second; who connects meanwhile waits in the kernel's queue. The loops of a fleet take turns then.
#include <algorithm>
#include <new>
#include <system_error>

#include "net/accept_next.hpp"
#include "serve/identify.hpp"
#include "serve/server_core.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/acceptor.hpp"

namespace zocalo::serve {

using detail::count;

io::task<> server::core::accept_all() {
    std::vector<io::task<>> each;
    for (io::listener& one : listeners)
        each.push_back(accept_from(one));
    co_await io::all(std::move(each));
}

io::task<> server::core::accept_from(io::listener& from) {
    for (bool had_memory = true;;) {
        try {
            if (!had_memory) co_await io::sleep(net::acceptor::shortest_pause);
            had_memory = true;
            io::task<> accepting = accept_one(from);
            co_await std::move(accepting);
        } catch (const std::bad_alloc&) {  // whose connection it was is gone
            count(counted.exhausted);
            had_memory = !had_memory;  // there may be none for a pause either
        }
        while (waiting_ > 0)
            co_await news_.wait("wait for a place for a connection");
    }
}

io::task<> server::core::accept_one(io::listener& from) {
    io::stream socket = co_await accept_patiently(from);
    co_await take_in(std::move(socket));
}

/// Those that the kernel has accepted already: closing the listener would reset them. Nobody waits
/// for a place here, so that it takes no time; they do.
io::task<> server::core::take_rest(io::listener& from) {
    try {
        for (int taken = 0; taken < limits_->backlog; ++taken) {
            io::stream socket = co_await io::timeout(timeout::zero(), from.accept());
            co_await take_in(std::move(socket));
        }
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        // Passed over: nobody is left, or nothing to take them with.
    }
}

io::task<> server::core::take_in(io::stream socket) {
    arrival client;
    client.socket = std::move(socket);
    count(counted.accepted);
    client.number = 1 + shared_->arrivals.fetch_add(1, std::memory_order_relaxed);
    client.who = detail::identify(client.socket);
    const io::time_point now = co_await io::now();
    if (!is_from_proxy(client.who) && !let_in(client, now)) co_return;
    const bool has_place = waiting_ == 0 && !is_full();
    if (has_place && begins_parked(client)) {
        client.before.within = limits_;
        client.before.born = client.before.quiet_since = now;
        co_return park(std::move(client));
    }
    clients_.spawn(has_place ? serve_one(std::move(client)) : serve_later(std::move(client)));
}

/// False: it is seen off.
bool server::core::let_in(arrival& client, io::time_point now) {
    std::optional<ending> why;
    try {
        why = admit(client.who, client.place, now);
    } catch (...) {
        lose(std::move(client), std::current_exception());
        return false;
    }
    if (why) turn_away(std::move(client.socket), client.who, *why);
    return !why;
}

io::task<io::stream> server::core::accept_patiently(io::listener& from) {
    const std::size_t rate = limits_->accept_rate;
    if (rate > 0) {
        for (;;) {
            const auto wait = shared_->accepting.take(co_await io::now(), rate);
            if (wait == wait.zero()) break;
            co_await io::sleep(wait);
        }
    }
    for (;;) {
        const bool at_once = turns_ > 0 || shared_->starved.is_empty();
        turns_ -= std::min(turns_, 1U);
        try {
            if (at_once) co_return co_await from.accept();
        } catch (const std::system_error& error) {
            if (net::belongs_to_socket(error.code().value())) throw;
        }
        io::task<io::stream> standing = accept_in_line(from, at_once);
        io::stream socket = co_await std::move(standing);
        if (socket.is_open()) co_return socket;
    }
}

/// Nobody, when it was its turn and nobody had come.
io::task<io::stream> server::core::accept_in_line(io::listener& from, bool found_nothing) {
    constexpr unsigned most_in_a_turn = 8;
    detail::line::place mine(shared_->starved);
    mine.join();
    io::stream socket;
    for (auto pause = net::acceptor::shortest_pause;;) {
        if (found_nothing) {
            turns_ = 0;
            count(counted.exhausted);
            co_await io::sleep(pause);
            pause = std::min(2 * pause, net::acceptor::longest_pause);
        }
        while (!mine.is_first())
            co_await io::sleep(net::acceptor::shortest_pause);
        io::task<bool> trying = try_accept(from, socket);
        const bool found_something = co_await std::move(trying);
        found_nothing = !found_something;
        if (found_nothing) continue;
        turns_ = socket.is_open() ? most_in_a_turn : 0;
        co_return socket;
    }
}

/// Looks for a moment whether somebody has come. False: there is nothing to take him with.
io::task<bool> server::core::try_accept(io::listener& from, io::stream& into) {
    bool found_something = true;
    try {
        into = co_await io::timeout(std::chrono::milliseconds(1), from.accept());
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error& error) {
        found_something = error.code() == std::errc::timed_out;
        if (!found_something && net::belongs_to_socket(error.code().value())) throw;
    }
    co_return found_something;
}

std::optional<ending> server::core::admit(const serve::peer& who, net::admission::place& into,
                                          io::time_point now) {
    if (!shared_->paces.admit(who.address, now)) {
        count(counted.refused_rate);
        return ending::too_fast_from_there;
    }
    auto place = shared_->admitted.enter(who.address);
    if (!place) {
        count(counted.refused_address);
        return ending::too_many_from_there;
    }
    if (options_.hooks.admit && !options_.hooks.admit(who)) {
        count(counted.refused_by_owner);
        return ending::not_admitted;
    }
    into = *std::move(place);
    return std::nullopt;
}

/// Beside everybody else: who is turned away must not keep others waiting.
void server::core::turn_away(io::stream socket, const serve::peer& who, ending why) {
    if (farewells_ >= most_farewells) return;
    std::string text = farewell_to(who, why, socket.local_endpoint());
    if (!text.empty()) clients_.spawn(say_farewell(std::move(socket), std::move(text)));
}

io::task<> server::core::say_farewell(io::stream socket, std::string text) {
    struct counting {
        explicit counting(std::size_t& one) : all(one) { ++all; }
        ~counting() { --all; }
        std::size_t& all;
    } const now(farewells_);
    co_await take_leave(socket, text);
}

bool server::core::is_full() const noexcept {
    return limits_->connections > 0 && active_ >= limits_->connections;
}

/// A task of its own among the clients: who waits is still there when the server takes nobody any
/// more, and has until the end of the drain.
io::task<> server::core::serve_later(arrival client) {
    const bool has_place = co_await wait_for_place();
    if (has_place) {
        co_await serve_one(std::move(client));
    } else {
        turn_away(std::move(client.socket), client.who, ending::never_served);
    }
}

/// Makes a place where somebody rests. False: the server's time is over.
io::task<bool> server::core::wait_for_place() {
    struct counting {
        explicit counting(core& of) : all(of) { ++all.waiting_; }
        ~counting() {
            --all.waiting_;
            all.news_.wake_all();
        }
        core& all;
    } const now(*this);
    while (!over_) {
        if (!is_full()) co_return true;
        if (evicted_ < waiting_) evict_longest_resting();
        co_await news_.wait("wait for a place for a connection");
    }
    co_return false;
}

detail::guard* server::core::longest_resting() noexcept {
    detail::guard* found = nullptr;
    for (detail::guard* each = first_; each != nullptr; each = each->next) {
        if (!each->is_resting() || each->why() != detail::verdict::none) continue;
        if (found == nullptr || each->quiet_since() < found->quiet_since()) found = each;
    }
    return found;
}

}  // namespace zocalo::serve
