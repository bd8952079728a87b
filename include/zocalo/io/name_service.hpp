// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "zocalo/io/task.hpp"
#include "zocalo/net/dns.hpp"

/// Where names come from when it is not the name servers of the system.
namespace zocalo::io {

/// Somebody who is asked for names: a table, a registry of services, a name server behind TLS
/// (tls/name_server.hpp). Derive from it for one of your own, and put it into
/// resolver_options::services.
///
/// The resolver keeps the rest: overrides and the hosts file come first, names with few dots go
/// through the search list, addresses are put in order, and answers are remembered as long as their
/// `ttl` says. **Threads.** Those of the resolvers that have it.
class name_service {
 public:
    name_service() = default;
    name_service(const name_service&) = delete;
    name_service& operator=(const name_service&) = delete;
    virtual ~name_service();

    /// Whether this one is asked for a name, which is whole, in ASCII with small letters and
    /// without a dot at its end. Of several services the first that says yes is asked; nobody else
    /// is, whatever comes of it.
    [[nodiscard]] virtual bool takes(std::string_view name) const;

    /// What there is to one question. That there is nothing is an answer, too;
    /// net::dns::answer_with() makes those about addresses. Any number may be under way.
    ///
    /// Throw std::system_error with net::name_errc::again when nobody answers. **Cancellation** has
    /// to end it, as any task.
    virtual task<net::dns::answer> ask(std::string name, net::dns::type which) = 0;
};

}  // namespace zocalo::io
