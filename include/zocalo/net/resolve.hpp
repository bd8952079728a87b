// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "zocalo/core/deadline.hpp"
#include "zocalo/core/flags.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/net/family.hpp"

/// Names to addresses, with the system's own resolver (getaddrinfo(3): /etc/hosts, DNS, what
/// nsswitch says).
///
/// All calls may wait for name servers, as long as the system's configuration says. The system's
/// resolver can neither be stopped nor given a time-out: where the caller has one, getaddrinfo()
/// asks in a thread of its own, which is left behind when the time is up and ends by itself.
namespace zocalo::net {

class stop_condition;

/// Why a look-up failed (EAI_*).
enum class name_errc : int {
    bad_flags = -1,
    no_name = -2,      ///< the name or service is not known
    again = -3,        ///< name servers did not answer: try later
    failure = -4,      ///< name servers said that they cannot answer
    no_data = -5,      ///< the name exists, but has no address of that family
    family = -6,       ///< the family is not supported
    socket_type = -7,  ///< the type is not supported
    service = -8,      ///< the service is not known for that type
    address_family = -9,
    memory = -10,
    system = -11,
    overflow = -12,
};

/// The category of look-up errors; their codes compare equal to name_errc values.
[[nodiscard]] const std::error_category& name_category() noexcept;
[[nodiscard]] std::error_code make_error_code(name_errc error) noexcept;

/// How to look up (AI_*).
enum class lookup_flag : int {
    none = 0,
    passive = 0x1,         ///< for bind(): no host means any address instead of this machine
    canonical_name = 0x2,  ///< fill resolved::canonical_name
    numeric_host = 0x4,    ///< the host is an address: ask nobody
    v4_mapped = 0x8,  ///< with family inet6: IPv4 addresses as mapped ones when there are no others
    all = 0x10,       ///< with v4_mapped: both
    address_config = 0x20,    ///< only families that this machine has an address of
    numeric_service = 0x400,  ///< the service is a port number
};

/// What to look for; the defaults find everything.
struct lookup_hints {
    net::family family = net::family::unspecified;
    net::type type = static_cast<net::type>(0);  ///< 0: every type
    net::protocol protocol = net::protocol::automatic;
    lookup_flag flags = lookup_flag::none;
};

/// One way to reach a host and service.
struct resolved {
    net::family family;
    net::type type;
    net::protocol protocol;
    net::endpoint endpoint;
    std::string canonical_name;  ///< of the first result only, and only when asked for
};

/// All ways to reach a host and service, best first (RFC 6724). Either text may be empty, not both.
///
/// Throws std::system_error with a name_errc that names host and service, std::errc::timed_out
/// after `limit`, net::stopped when `stop` (null for none) comes true. While 64 look-ups of this
/// process are left behind, one with a limit or stop fails with name_errc::again. A host that is
/// not ASCII is looked up in its IDNA form (see idna.hpp).
[[nodiscard]] std::vector<resolved> getaddrinfo(std::string_view host, std::string_view service,
                                                const lookup_hints& hints = {},
                                                timeout limit = timeout::none(),
                                                const stop_condition* stop = nullptr);

}  // namespace zocalo::net

template <>
inline constexpr bool zocalo::is_flags<zocalo::net::lookup_flag> = true;

template <>
struct std::is_error_code_enum<zocalo::net::name_errc> : std::true_type {};
