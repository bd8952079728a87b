// SPDX-License-Identifier: MIT
#include "io/names/host_search.hpp"

#include <algorithm>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

#include "io/backend/contract.hpp"
#include "io/here.hpp"
#include "net/ascii_host.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/resolver.hpp"
#include "zocalo/net/resolve.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::io::detail {

namespace {

using addresses = std::vector<net::address>;

bool fits(const net::address& ip, net::family wanted) {
    return wanted == net::family::unspecified || ip.family() == wanted;
}

addresses only(const addresses& all, net::family wanted) {
    addresses fitting;
    std::ranges::copy_if(all, std::back_inserter(fitting),
                         [&](const net::address& ip) { return fits(ip, wanted); });
    return fitting;
}

/// "localhost" and all below it is this machine, and no business of name servers (RFC 6761 §6.3).
bool is_this_machine(std::string_view host) {
    constexpr std::string_view own = "localhost";
    if (host.size() < own.size()) return false;
    const auto tail = host.substr(host.size() - own.size());
    const bool whole_label =
        tail.size() == host.size() || host[host.size() - own.size() - 1] == '.';
    return whole_label && net::dns::same_name(tail, own);
}

addresses addresses_in(const net::dns::answer& said) {
    addresses found;
    for (const auto& each : said.all<net::dns::aaaa>())
        found.push_back(each.ip);
    for (const auto& each : said.all<net::dns::a>())
        found.push_back(each.ip);
    return found;
}

/// The search for one name, which is whole.
class single_search {
 public:
    single_search(resolver& with, std::string name, host_listener& tell)
        : with_(with), name_(std::move(name)), tell_(tell) {}

    task<> run(net::family wanted) {
        tell_.asking(name_);
        std::vector<task<>> both;
        if (wanted != net::family::inet) both.push_back(ask(net::dns::type::aaaa));
        if (wanted != net::family::inet6) both.push_back(ask(net::dns::type::a));
        co_await all(std::move(both));
    }

    bool found = false;
    bool exists = false;
    std::exception_ptr error;

 private:
    /// The failure of one family must not take the other one with it.
    task<> ask(net::dns::type which) {
        const auto family = which == net::dns::type::a ? net::family::inet : net::family::inet6;
        addresses came;
        std::error_code why;
        try {
            const net::dns::answer said = co_await with_.ask(name_, which);
            came = addresses_in(said);
            if (said.status != net::dns::status::no_name) exists = true;
            if (came.empty()) why = exists ? net::name_errc::no_data : net::name_errc::no_name;
        } catch (const net::stopped&) {
            throw;
        } catch (const std::system_error& failure) {
            error = std::current_exception();
            why = failure.code();
        } catch (const std::runtime_error&) {
            error = std::current_exception();
            why = std::make_error_code(std::errc::bad_message);
        }
        if (!came.empty()) found = true;
        tell_.came(family, std::move(came), why);
    }

    resolver& with_;
    const std::string name_;
    host_listener& tell_;
};

/// What needs no question, or nothing.
addresses known_of(const std::string& host, std::uint16_t port, name_source& names,
                   const resolver_options& how) {
    if (const auto ip = net::address::try_parse(host)) return {*ip};
    addresses known = overridden(host, port, how.hosts);
    if (!known.empty()) return known;
    if (!names.known_comes_last()) known = names.known(host, how);
    if (known.empty() && is_this_machine(host)) {
        known = {net::address::loopback_v6(), net::address::loopback_v4()};
    }
    return known;
}

/// What name servers know.
struct verdict {
    bool found = false;
    bool exists = false;
    std::exception_ptr error;
};

/// Servers that cannot say anything of one name may know the next one; nobody who says anything is
/// no reason to ask on.
bool is_last_word(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const std::system_error& failure) {
        return failure.code() != net::name_errc::failure;
    } catch (...) {
        return true;
    }
}

/// One name after another, until one has any address.
task<verdict> ask_for(resolver& with, std::vector<std::string> candidates, net::family wanted,
                      host_listener& tell) {
    verdict all;
    for (std::string& each : candidates) {
        single_search search(with, std::move(each), tell);
        co_await search.run(wanted);
        all.found = search.found;
        if (!all.error) all.error = search.error;
        all.exists = all.exists || search.exists;
        if (all.found || (search.error && is_last_word(search.error))) break;
    }
    co_return all;
}

[[noreturn]] void nothing(const std::string& host, bool exists) {
    throw std::system_error(exists ? net::name_errc::no_data : net::name_errc::no_name,
                            "look up host " + quoted(host));
}

}  // namespace

task<> search_host(resolver& with, wanted_host what, host_listener& tell) {
    const std::string& host = what.host;
    const net::family wanted = what.family;
    std::string name = net::ascii_host(host);
    if (name.empty() || name.find('\0') != std::string::npos) {
        throw std::invalid_argument("host " + quoted(host) + ": no name");
    }
    const bool is_whole = name.back() == '.';
    if (is_whole) name.pop_back();
    const fiber& in = co_await here();
    name_source& names = in.engine().names();
    if (addresses known = known_of(name, what.port, names, with.options()); !known.empty()) {
        known = only(known, wanted);
        if (known.empty()) nothing(host, true);
        tell.came(wanted, std::move(known), {});
        co_return;
    }
    std::vector<std::string> candidates = names.candidates(name, with.options());
    if (is_whole && !candidates.empty()) candidates = {name};
    const verdict said = co_await ask_for(with, std::move(candidates), wanted, tell);
    if (said.found) co_return;
    if (names.known_comes_last()) {
        addresses known = only(names.known(name, with.options()), wanted);
        if (!known.empty()) {
            tell.came(wanted, std::move(known), {});
            co_return;
        }
    }
    if (said.error) std::rethrow_exception(said.error);
    nothing(host, said.exists);
}

}  // namespace zocalo::io::detail
