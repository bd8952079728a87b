// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/core/deadline.hpp"
#include "zocalo/io/override.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/net/address.hpp"
#include "zocalo/net/dns.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/net/family.hpp"

/// Names to addresses and other records, without holding a thread.
namespace zocalo::io {

class name_service;  // name_service.hpp

namespace detail {
class answer_cache;  // src/io/names/answer_cache.hpp
class name_source;   // src/io/names/name_source.hpp
}  // namespace detail

/// How names are looked up.
struct resolver_options {
    // --- behaviour

    /// Who is asked. Empty: the servers of /etc/resolv.conf, as it is when they are asked.
    std::vector<net::endpoint> servers = {};
    /// Who is asked instead: the first that takes a name.
    std::vector<std::shared_ptr<name_service>> services = {};
    /// Whether /etc/hosts counts, and the search list of resolv.conf for names with few dots.
    bool hosts_file = true;
    bool search = true;
    /// Like lines of a hosts file for this resolver alone; they come before everything else.
    std::vector<host_override> hosts = {};
    /// Asks over TCP at once, and not only when an answer was too long for a datagram.
    bool tcp = false;
    /// How long a server has to answer, doubled each time that all have been tried; none: what
    /// resolv.conf says, else 2 s.
    zocalo::timeout attempt = zocalo::timeout::none();
    /// How often each server is tried; 0: what resolv.conf says, else 3 times.
    unsigned attempts = 0;

    // --- limits

    /// Answers that are remembered; 0 remembers none.
    std::size_t cache_size = 1000;
    /// No answer is remembered longer, whatever its time to live says.
    std::chrono::seconds longest_ttl = std::chrono::hours(24);
    /// The same for the answer that there is no such name or record.
    std::chrono::seconds longest_silence = std::chrono::minutes(15);
};

/// Asks name servers and remembers what they said.
///
/// Look-ups run side by side over few sockets. **Security.** Each question has a random number and
/// letters in random case; up to 16 that are under way within a second share a port, which the
/// system chooses. An answer counts when all of that comes back, from the address that was asked.
/// It is read strictly, and only what its aliases lead to is taken. Nothing proves that it is true.
///
/// **Threads.** Several loops may share one. **Lifetime.** It must outlive its look-ups.
/// **Cancellation** ends a look-up with net::stopped. **Errors.** std::system_error of
/// net::name_category() that names what was asked: name_errc::no_name and no_data when it is not
/// there, again when nobody answered, failure when the servers could not say; protocol_error for an
/// answer that breaks its format; std::invalid_argument for a name that cannot exist.
class resolver {
 public:
    /// Throws std::invalid_argument for a server that is no IP endpoint.
    explicit resolver(resolver_options options = {});
    ~resolver();
    resolver(const resolver&) = delete;
    resolver& operator=(const resolver&) = delete;

    /// What name servers say to one question; that there is nothing is an answer, too. The name is
    /// taken as it is: no hosts file, no search list. `ttl` counts from now.
    [[nodiscard]] task<net::dns::answer> ask(std::string name, net::dns::type which);

    /// The values of one type of record: `co_await names.find<net::dns::mx>("example.org")`. Throws
    /// where ask() says that there is nothing.
    template <class Record>
    [[nodiscard]] task<std::vector<Record>> find(std::string name) {
        const net::dns::answer said = co_await found(std::move(name), Record::type);
        co_return said.template all<Record>();
    }

    /// All addresses of a host, in the order in which they should be tried (RFC 6724): an address
    /// itself, those of /etc/hosts, or what name servers say of both families, asked side by side.
    /// Exceptions for one port count when it is `port`.
    [[nodiscard]] task<std::vector<net::address>> addresses(
        std::string host, net::family wanted = net::family::unspecified, std::uint16_t port = 0);

    /// The names of an address (PTR). Whoever owns the address may claim any.
    [[nodiscard]] task<std::vector<std::string>> names_of(net::address ip);

    /// Forgets everything.
    void clear();
    [[nodiscard]] const resolver_options& options() const noexcept { return options_; }

 private:
    [[nodiscard]] task<net::dns::answer> found(std::string name, net::dns::type which);
    [[nodiscard]] name_service* service_for(const std::string& name) const;

    resolver_options options_;
    std::unique_ptr<detail::answer_cache> cache_;
};

}  // namespace zocalo::io
