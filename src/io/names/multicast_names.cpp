// SPDX-License-Identifier: MIT
// One-shot questions (RFC 6762 §5.1): they leave from a port of their own, and so whoever has the
// name answers to that port, with the number of the question and the question itself (§6.7).
#include "zocalo/io/multicast_names.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "io/backend/contract.hpp"
#include "io/here.hpp"
#include "io/names/multicast_answers.hpp"
#include "io/names/multicast_places.hpp"
#include "io/names/name_source.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/resolve.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::io {

namespace {

using namespace std::chrono_literals;
using detail::multicast_answers;
using detail::multicast_place;

constexpr std::size_t longest_message = 9000;  // RFC 6762 §17
constexpr auto first_interval = 1s;            // §5.2
/// Who has only one kind of address may say so on one interface, and have both on another.
constexpr auto grace = 250ms;

/// Sends the question until the time is up.
task<> repeat(datagram& from, const multicast_place& at, const multicast_answers& what,
              std::chrono::nanoseconds patience) {
    std::chrono::nanoseconds interval = first_interval;
    while (patience > 0ns) {
        co_await from.send_to(const_buffer(what.question()), at.group);
        const std::chrono::nanoseconds pause = std::min(interval, patience);
        co_await sleep(pause);
        patience -= pause;
        interval *= 2;
    }
}

task<> hear(datagram& on, const multicast_place& at, multicast_answers& what, std::size_t most) {
    std::string room(longest_message, '\0');
    for (std::size_t i = 0; i < most; ++i) {
        const net::received got = co_await on.receive_from(mutable_buffer(room));
        if (!at.is_heard(got.peer)) continue;
        what.take(const_buffer(room.data(), got.size), at.interface);
    }
}

/// How asking went at one place; what went wrong there does not end it elsewhere.
task<std::exception_ptr> ask_at(const multicast_place& at, multicast_answers& what,
                                const multicast_names_options& how) {
    std::exception_ptr failure;
    try {
        task<datagram> opening = detail::open_multicast(at);
        datagram socket = co_await std::move(opening);
        std::vector<task<>> both;
        both.push_back(repeat(socket, at, what, how.patience));
        both.push_back(hear(socket, at, what, how.most_datagrams));
        co_await any(std::move(both));
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        failure = std::current_exception();
    }
    co_return failure;
}

/// Throws when nothing could be asked anywhere.
void check(const std::vector<std::exception_ptr>& failures) {
    const bool is_asked = std::ranges::find(failures, nullptr) != failures.end();
    if (!is_asked) std::rethrow_exception(failures.front());
}

task<> ask_everywhere(const std::vector<multicast_place>& places, multicast_answers& what,
                      const multicast_names_options& how) {
    std::vector<task<std::exception_ptr>> asking;
    for (const multicast_place& each : places)
        asking.push_back(ask_at(each, what, how));
    const std::vector<std::exception_ptr> failures = co_await all(std::move(asking));
    check(failures);
}

/// Ends a moment after somebody has said that there is no such record.
task<> wait_for_denial(multicast_answers& what) {
    co_await what.is_without.wait();
    co_await sleep(grace);
}

std::vector<multicast_place> checked(std::vector<multicast_place> places, const std::string& name) {
    if (!places.empty()) return places;
    throw std::system_error(net::name_errc::again,
                            "look up " + quoted(name) + ": no interface can multicast");
}

}  // namespace

multicast_names::multicast_names(multicast_names_options options) : options_(std::move(options)) {
    const bool is_nothing =
        options_.patience <= 0ns || options_.most_datagrams == 0 || options_.most_records == 0;
    if (is_nothing) throw std::invalid_argument("multicast_names_options: a limit of nothing");
}

multicast_names::~multicast_names() = default;

bool multicast_names::takes(std::string_view name) const {
    constexpr std::array<std::string_view, 6> tails{".local",          ".254.169.in-addr.arpa",
                                                    ".8.e.f.ip6.arpa", ".9.e.f.ip6.arpa",
                                                    ".a.e.f.ip6.arpa", ".b.e.f.ip6.arpa"};
    if (name.ends_with('.')) name.remove_suffix(1);
    return std::ranges::any_of(tails, [&](std::string_view tail) {
        return name.size() > tail.size() &&
               net::dns::same_name(name.substr(name.size() - tail.size()), tail);
    });
}

task<net::dns::answer> multicast_names::ask(std::string name, net::dns::type which) {
    detail::backend& engine = (co_await detail::here()).engine();
    if (engine.realm() == detail::realm::simulated) {
        auto neighbours = engine.names().ask_neighbours(name, which, options_.patience);
        if (neighbours) {
            net::dns::answer said = co_await std::move(*neighbours);
            co_return said;
        }
    }
    multicast_answers what(name, which, options_.most_records);
    const std::vector<multicast_place> places =
        checked(detail::multicast_places(options_.interfaces), name);
    std::vector<task<>> ways;
    ways.push_back(ask_everywhere(places, what, options_));
    ways.push_back(what.is_known.wait());
    ways.push_back(wait_for_denial(what));
    co_await any(std::move(ways));
    co_return what.all();
}

}  // namespace zocalo::io
