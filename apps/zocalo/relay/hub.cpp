// SPDX-License-Identifier: MIT
#include "relay/hub.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "file.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::program {

bool hub::admits(const net::endpoint& peer) {
    if (side_.stop().is_set() || (had_client_ && !options_.keep)) return false;
    const bool wanted = is_wanted(peer);
    if (wanted) {
        had_client_ = true;
    } else {
        side_.tell(1, "turned away " + peer.to_string());
    }
    return wanted;
}

bool hub::is_wanted(const net::endpoint& peer) const {
    if (!peer.is_inet()) return true;
    const net::address ip = peer.ip().unmapped();
    const auto covers = [&](const net::network& range) { return range.contains(ip); };
    if (std::ranges::any_of(options_.deny, covers)) return false;
    return options_.allow.empty() || std::ranges::any_of(options_.allow, covers);
}

void hub::pass_over(const std::system_error& why, int level) {
    // What is ours would fail for the next one, too.
    const bool is_ours = dynamic_cast<const file_error*>(&why) != nullptr;
    if (!options_.keep || is_ours) throw;
    side_.tell(level, why.what());
}

io::task<> hub::run(io::task<> arrivals, net::endpoint here) {
    co_await io::any(side_.run(std::move(arrivals)), expect_somebody(here), keep_total_limit(here));
}

io::task<> hub::expect_somebody(net::endpoint here) {
    co_await io::sleep(link_.wait);
    if (had_client_) co_await io::sleep(timeout::none());
    throw std::system_error(std::make_error_code(std::errc::timed_out),
                            "nobody connected to " + here.to_string());
}

io::task<> hub::keep_total_limit(net::endpoint here) const {
    co_await io::sleep(link_.limit);
    throw std::system_error(std::make_error_code(std::errc::timed_out),
                            "listen on " + here.to_string() + " (--max-time is over)");
}

io::task<> hub::converse(io::stream& link, net::endpoint peer, net::endpoint here,
                         relay_rules rules) {
    rules.peer = peer.to_string();
    local_end mine;
    try {
        mine = side_.open(peer, here, rules.in_packets);
    } catch (const std::system_error& error) {
        pass_over(error, 0);  // the next one may have more luck
        co_return;
    }
    const auto farewell = [this, name = rules.peer](const relay& over, const std::string& why) {
        const double took = std::chrono::duration<double>(over.age()).count();
        side_.tell(1, fmt::format(
                          "{} ended after {:.3f} seconds: {} bytes received, {} bytes sent{}", name,
                          took, over.received(), over.sent(), why.empty() ? "" : ", " + why));
    };
    try {
        co_await side_.converse(std::move(mine), link, std::move(rules), farewell);
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error& error) {
        pass_over(error, 2);
    }
}

}  // namespace zocalo::program
