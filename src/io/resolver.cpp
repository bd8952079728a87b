// SPDX-License-Identifier: MIT
#include "zocalo/io/resolver.hpp"

#include <algorithm>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "core/ascii.hpp"
#include "io/backend/contract.hpp"
#include "io/here.hpp"
#include "io/names/address_order.hpp"
#include "io/names/answer_cache.hpp"
#include "io/names/host_search.hpp"
#include "io/names/name_source.hpp"
#include "io/names/once_each.hpp"
#include "net/ascii_host.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/io/name_service.hpp"
#include "zocalo/net/resolve.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::io {

namespace {

using net::dns::status;

std::string describe(const std::string& name, net::dns::type which) {
    return "look up " + to_text(which) + " of " + quoted(name);
}

resolver_options checked(resolver_options options) {
    for (const net::endpoint& each : options.servers) {
        if (each.is_inet()) continue;
        throw std::invalid_argument("resolver_options: no name server at " + each.to_string());
    }
    for (const auto& each : options.services) {
        if (each == nullptr) throw std::invalid_argument("resolver_options: a service is null");
    }
    return options;
}

/// An answer that may be remembered for as long as the options say at most.
net::dns::answer clamped(net::dns::answer said, const resolver_options& options) {
    said.ttl = std::min(
        said.ttl, said.status == status::found ? options.longest_ttl : options.longest_silence);
    return said;
}

/// Somebody who waits for everything.
class gathering final : public detail::host_listener {
 public:
    void came(net::family /*of*/, std::vector<net::address> addresses,
              const std::error_code& /*error*/) override {
        for (const net::address& each : addresses)
            all.add(each);
    }
    void asking(const std::string& /*name*/) override {}

    detail::once_each all;
};

}  // namespace

resolver::resolver(resolver_options options)
    : options_(checked(std::move(options))),
      cache_(std::make_unique<detail::answer_cache>(options_.cache_size)) {}

resolver::~resolver() = default;

void resolver::clear() {
    cache_->clear();
}

task<net::dns::answer> resolver::ask(std::string name, net::dns::type which) {
    std::string asked = net::ascii_host(name);
    if (asked.find('\0') != std::string::npos) {
        throw std::invalid_argument(describe(name, which) + ": there can be no such name");
    }
    if (asked.ends_with('.') && !asked.ends_with("\\.")) asked.pop_back();
    detail::backend& engine = (co_await detail::here()).engine();
    if (auto known = cache_->find(asked, which, engine.now())) co_return std::move(*known);
    try {
        name_service* const service = service_for(lower(asked));
        auto answering = service != nullptr ? service->ask(lower(asked), which)
                                            : engine.names().ask(asked, which, options_);
        net::dns::answer said = clamped(co_await answering, options_);
        cache_->keep(asked, which, said, engine.now());
        co_return said;
    } catch (const net::stopped& stop) {
        throw net::stopped(stop.code(), describe(name, which));
    }
}

name_service* resolver::service_for(const std::string& name) const {
    const auto first = std::ranges::find_if(options_.services,
                                            [&](const auto& each) { return each->takes(name); });
    return first == options_.services.end() ? nullptr : first->get();
}

task<net::dns::answer> resolver::found(std::string name, net::dns::type which) {
    net::dns::answer said = co_await ask(name, which);
    if (said.status == status::found) co_return said;
    throw std::system_error(
        said.status == status::no_name ? net::name_errc::no_name : net::name_errc::no_data,
        describe(name, which));
}

task<std::vector<net::address>> resolver::addresses(std::string host, net::family wanted,
                                                    std::uint16_t port) {
    gathering found;
    detail::wanted_host what{std::move(host), wanted, port};
    co_await detail::search_host(*this, std::move(what), found);
    detail::name_source& names = (co_await detail::here()).engine().names();
    std::vector<net::address> all = found.all.take();
    detail::sort_for_connecting(all, names);
    co_return all;
}

task<std::vector<std::string>> resolver::names_of(net::address ip) {
    std::vector<std::string> names;
    for (const net::dns::ptr& each : co_await find<net::dns::ptr>(ip.reverse_pointer()))
        names.push_back(each.host);
    co_return names;
}

}  // namespace zocalo::io
