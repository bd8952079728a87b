// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "zocalo/io/resolver.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/net/address.hpp"
#include "zocalo/net/dns.hpp"

/// Where a backend has its names from. A resolver asks it, and adds what does not depend on the
/// outside: the cache, the order of addresses, names that mean this machine.
namespace zocalo::io::detail {

class name_source {
 public:
    name_source() = default;
    name_source(const name_source&) = delete;
    name_source& operator=(const name_source&) = delete;
    virtual ~name_source();

    /// Asks name servers for one type of record of one name, which is whole, in ASCII and without a
    /// dot at its end.
    ///
    /// Throws std::system_error with name_errc::again when nobody answered and name_errc::failure
    /// when the servers cannot, protocol_error when what they say breaks the format.
    virtual task<net::dns::answer> ask(std::string name, net::dns::type which,
                                       const resolver_options& how) = 0;

    /// What the machines next door say to a question of multicast DNS; nothing where it has to go
    /// out through sockets, to a group.
    virtual std::optional<task<net::dns::answer>> ask_neighbours(const std::string& name,
                                                                 net::dns::type which,
                                                                 std::chrono::nanoseconds patience);

    /// The addresses of a host that are known without asking anybody: those of /etc/hosts.
    virtual std::vector<net::address> known(const std::string& host, const resolver_options& how);

    /// Whether those count only when name servers know nothing.
    virtual bool known_comes_last();

    /// The whole names that a host's name may stand for, to be asked for one after another: with
    /// the search list of resolv.conf.
    virtual std::vector<std::string> candidates(const std::string& host,
                                                const resolver_options& how);

    /// Where a packet to that address would come from, or nothing when there is no way there.
    virtual std::optional<net::address> source_for(const net::address& to);
};

}  // namespace zocalo::io::detail
