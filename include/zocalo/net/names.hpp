// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "zocalo/core/flags.hpp"
#include "zocalo/net/address.hpp"
#include "zocalo/net/endpoint.hpp"

/// Addresses back to names, this machine's own name, and the older calls for hosts.
///
/// Look-ups may wait for name servers as long as the system's configuration says and fail with
/// std::system_error of name_category() (resolve.hpp) that names what was asked. A name that comes
/// back was chosen by whoever runs the peer's name server: it proves nothing, and is not safe to
/// print without escaped().
namespace zocalo::net {

/// How getnameinfo() answers (NI_*).
enum class name_flag : int {
    none = 0,
    numeric_host = 1,     ///< the address as text: ask nobody
    numeric_service = 2,  ///< the port as a number
    local_name = 4,       ///< NI_NOFQDN: of hosts in this machine's domain the first label only
    name_required = 8,    ///< an address without a name is an error, not text
    datagram = 16,        ///< the service as UDP names it
};

struct host_and_service {
    std::string host;
    std::string service;

    friend bool operator==(const host_and_service&, const host_and_service&) = default;
};

/// The name of the host and of the service at an inet or inet6 endpoint; each as a number when it
/// has no name. A Unix endpoint gives this machine's name and the path.
[[nodiscard]] host_and_service getnameinfo(const endpoint& where,
                                           name_flag flags = name_flag::none);

/// What the older look-ups know of a host.
struct host_entry {
    std::string name;  ///< the canonical one
    std::vector<std::string> aliases;
    std::vector<address> addresses;
};

/// The first IPv4 address of a host, in any form that host_port takes. getaddrinfo() knows IPv6
/// too.
[[nodiscard]] address gethostbyname(std::string_view host);
/// All that is known of a host in IPv4.
[[nodiscard]] host_entry gethostbyname_ex(std::string_view host);
/// The host of an address.
[[nodiscard]] host_entry gethostbyaddr(const address& ip);
/// The host of the first address of `host`, which is a name or an address.
[[nodiscard]] host_entry gethostbyaddr(std::string_view host);

/// The name of this machine (uname(2), nodename).
[[nodiscard]] std::string gethostname();
/// Renames this machine; wants CAP_SYS_ADMIN. std::invalid_argument when `name` is longer than 64
/// bytes or has a NUL in it.
void sethostname(std::string_view name);

/// The fully qualified name of a host, or of this machine when it is empty or an any-address: of
/// what gethostbyaddr() knows the first name with a dot, else the canonical name, else `name`
/// itself. Never fails for names that are not known.
[[nodiscard]] std::string getfqdn(std::string_view name = {});

}  // namespace zocalo::net

template <>
inline constexpr bool zocalo::is_flags<zocalo::net::name_flag> = true;
