// SPDX-License-Identifier: MIT
#include "io/names/system_names.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>

#include "io/names/hosts_file.hpp"
#include "zocalo/core/buffer.hpp"
#include "zocalo/net/socket.hpp"

namespace zocalo::io::detail {

namespace {

using namespace std::chrono_literals;

/// A question asks the servers in this order.
std::vector<net::endpoint> in_turn(const resolv_conf& conf) {
    constexpr std::uint16_t port = 53;
    std::vector<net::endpoint> servers;
    for (const net::address& each : conf.servers)
        servers.emplace_back(each, port);
    if (!conf.rotate) return servers;
    std::random_device dice;
    const std::size_t first = dice() % servers.size();
    std::ranges::rotate(servers, std::next(servers.begin(), static_cast<std::ptrdiff_t>(first)));
    return servers;
}

server_settings settings_of(const resolver_options& how, const resolv_conf& system) {
    server_settings wanted{.servers = how.servers.empty() ? in_turn(system) : how.servers,
                           .milliseconds = system.milliseconds,
                           .attempts = system.attempts,
                           .tcp = how.tcp || system.tcp};
    if (const auto span = how.attempt.value()) {
        const auto exact = std::chrono::ceil<std::chrono::milliseconds>(*span);
        wanted.milliseconds = static_cast<int>(std::clamp(exact, 1ms, 600'000ms).count());
    }
    if (how.attempts != 0) wanted.attempts = static_cast<int>(std::min(how.attempts, 100U));
    return wanted;
}

}  // namespace

/// The files are read again when they are older than a moment: they change while programs run.
const system_settings& system_names::settings() {
    const auto now = std::chrono::steady_clock::now();
    if (now >= fresh_until_) {
        settings_ = read_system_settings();
        fresh_until_ = now + 1s;
    }
    return settings_;
}

std::shared_ptr<question_channel> system_names::channel_for(const server_settings& settings) {
    std::erase_if(channels_, [](const auto& each) { return each.expired(); });
    for (const auto& each : channels_) {
        auto known = each.lock();
        if (known->takes_more() && known->settings() == settings) return known;
    }
    auto made = std::make_shared<question_channel>(settings);
    channels_.push_back(made);
    return made;
}

task<net::dns::answer> system_names::ask(std::string name, net::dns::type which,
                                         const resolver_options& how) {
    const auto channel = channel_for(settings_of(how, settings().how));
    const std::string said = co_await channel->ask(name, which);
    const net::dns::message message = net::dns::parse(const_buffer(said));
    net::dns::answer answer = net::dns::answer_to(name, which, message);
    for (auto* const list : {&answer.aliases, &answer.records}) {
        for (net::dns::record& each : *list) {  // the question was sent in mixed case
            if (net::dns::same_name(each.owner, name)) each.owner = name;
        }
    }
    co_return answer;
}

std::vector<net::address> system_names::known(const std::string& host,
                                              const resolver_options& how) {
    if (!how.hosts_file || !settings().use_files) return {};
    std::ifstream file("/etc/hosts");
    return find_in_hosts(file, host);
}

bool system_names::known_comes_last() {
    return settings().files_last;
}

std::vector<std::string> system_names::candidates(const std::string& host,
                                                  const resolver_options& how) {
    const system_settings& system = settings();
    const bool has_own_servers = !how.servers.empty() || !how.services.empty();
    if (!system.use_servers && !has_own_servers) return {};
    if (!how.search) return {host};
    std::vector<std::string> all;
    for (const std::string& domain : system.search) {
        if (domain.empty()) continue;
        all.push_back(host);
        all.back() += '.';
        all.back() += domain;
    }
    const auto dots = std::ranges::count(host, '.');
    if (dots == 0 && system.how.no_single_labels) return all;
    all.insert(dots >= system.how.dots ? all.begin() : all.end(), host);
    return all;
}

/// Connecting a datagram socket sends nothing, but chooses the way.
std::optional<net::address> system_names::source_for(const net::address& to) {
    try {
        net::socket probe(to.family(), net::type::datagram);
        if (probe.try_connect({to, 9})) return std::nullopt;
        return probe.local_endpoint().ip();
    } catch (const std::system_error&) {
        return std::nullopt;  // no such family, or no descriptor is left
    }
}

}  // namespace zocalo::io::detail
