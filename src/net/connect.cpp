// SPDX-License-Identifier: MIT
// Which addresses to connect to, and what to say when none of them answers. How they run against
// each other is in connect_race.cpp.
#include "zocalo/net/connect.hpp"

#include <algorithm>
#include <cerrno>
#include <stdexcept>

#include "net/connect_race.hpp"
#include "net/fail.hpp"
#include "zocalo/net/resolve.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::net {

namespace {

std::string report(const std::string& target, const std::vector<connect_attempt>& attempts) {
    return connect_report{.target = target, .attempts = attempts}.summary();
}

/// The family that remains when both the caller and the source address have a say.
family wanted_family(const connect_options& options) {
    if (!options.source) return options.family;
    const family source = options.source->family();
    if (options.family == family::unspecified || options.family == source) return source;
    throw std::invalid_argument("connect_options: the source " + options.source->to_string() +
                                " is not of the family that was asked for");
}

/// RFC 8305 §4: the families take turns, the resolver's order is kept within each. Duplicates, as
/// /etc/hosts likes to make them, go.
std::vector<endpoint> interleaved(const std::vector<endpoint>& peers, std::size_t limit) {
    std::vector<endpoint> first;
    std::vector<endpoint> second;
    for (const endpoint& peer : peers) {
        auto& list = peer.family() == peers.front().family() ? first : second;
        if (std::find(list.begin(), list.end(), peer) == list.end()) list.push_back(peer);
    }
    std::vector<endpoint> order;
    for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
        if (i < first.size()) order.push_back(first[i]);
        if (i < second.size()) order.push_back(second[i]);
    }
    order.resize(std::min(order.size(), limit));
    return order;
}

connect_result connect_any(std::span<const endpoint> peers, const connect_options& options,
                           const deadline& until) {
    const family wanted = wanted_family(options);
    std::vector<endpoint> fitting;
    for (const endpoint& peer : peers) {
        if (wanted == family::unspecified || peer.family() == wanted) fitting.push_back(peer);
    }
    if (options.max_attempts == 0) {
        throw std::invalid_argument("connect_options: max_attempts is 0");
    }
    if (peers.empty()) throw std::invalid_argument("create_connection: no endpoint to connect to");
    if (fitting.empty()) {
        throw std::invalid_argument(
            "create_connection: " + peers.front().to_string() + " is not of the family " +
            (options.source ? "of the source " + options.source->to_string() : "asked for"));
    }
    return race_to_connect(interleaved(fitting, options.max_attempts), options, until);
}

connect_result connect_named(const host_port& peer, const connect_options& options) {
    const deadline until{options.timeout};
    const auto started = deadline::clock::now();
    std::vector<endpoint> peers;
    connect_result result;
    try {
        peers =
            peer.resolve_all(wanted_family(options), options.type, options.timeout, options.stop);
    } catch (const std::system_error& error) {
        const bool ended =
            error.code() == std::errc::timed_out || error.code() == std::errc::operation_canceled;
        if (!ended) throw;
        result.error = error.code();
    }
    const auto lookup = deadline::clock::now() - started;
    if (!result.error) result = connect_any(peers, options, until);
    result.lookup = lookup;
    return result;
}

socket socket_or_throw(connect_result result, const std::string& target) {
    if (!result.error) return std::move(result.socket);
    if (result.error == std::errc::operation_canceled) {
        throw stopped(result.error, report(target, result.attempts));
    }
    throw connect_error(result.error, target, std::move(result.attempts));
}

}  // namespace

connect_error::connect_error(std::error_code code, const std::string& target,
                             std::vector<connect_attempt> attempts)
    : std::system_error(code, report(target, attempts)), attempts_(std::move(attempts)) {}

socket create_connection(const host_port& peer, const connect_options& options) {
    return socket_or_throw(connect_named(peer, options), peer.to_string());
}

socket create_connection(const endpoint& peer, const connect_options& options) {
    return socket_or_throw(try_create_connection(peer, options), peer.to_string());
}

socket create_connection(std::span<const endpoint> peers, const connect_options& options) {
    return socket_or_throw(try_create_connection(peers, options),
                           "to one of " + std::to_string(peers.size()));
}

connect_result try_create_connection(const host_port& peer, const connect_options& options) {
    try {
        return connect_named(peer, options);
    } catch (const std::system_error& error) {
        if (error.code().category() != name_category()) throw;
        connect_result result;
        result.error = error.code();
        return result;
    }
}

connect_result try_create_connection(const endpoint& peer, const connect_options& options) {
    return try_create_connection(std::span(&peer, 1), options);
}

connect_result try_create_connection(std::span<const endpoint> peers,
                                     const connect_options& options) {
    return connect_any(peers, options, deadline{options.timeout});
}

}  // namespace zocalo::net
