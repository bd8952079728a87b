// SPDX-License-Identifier: MIT
#include "zocalo/net/names.hpp"

#include <netdb.h>

#include <algorithm>
#include <array>
#include <climits>
#include <stdexcept>

#include "net/ascii_host.hpp"
#include "net/entry.hpp"
#include "net/fail.hpp"
#include "sys/names.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/net/host_port.hpp"
#include "zocalo/net/idna.hpp"
#include "zocalo/net/resolve.hpp"

namespace zocalo::net {

namespace {

static_assert(static_cast<int>(name_flag::numeric_host) == NI_NUMERICHOST &&
              static_cast<int>(name_flag::numeric_service) == NI_NUMERICSERV &&
              static_cast<int>(name_flag::local_name) == NI_NOFQDN &&
              static_cast<int>(name_flag::name_required) == NI_NAMEREQD &&
              static_cast<int>(name_flag::datagram) == NI_DGRAM);

name_errc from_host_error(int error) {
    switch (error) {
        case TRY_AGAIN:
            return name_errc::again;
        case NO_RECOVERY:
            return name_errc::failure;
        case NO_DATA:
            return name_errc::no_data;
        default:
            return name_errc::no_name;
    }
}

address address_from(const char* bytes, int family) {
    if (family == AF_INET) {
        address::v4_bytes v4;
        std::copy_n(reinterpret_cast<const std::uint8_t*>(bytes), v4.size(), v4.begin());
        return address(v4);
    }
    address::v6_bytes v6;
    std::copy_n(reinterpret_cast<const std::uint8_t*>(bytes), v6.size(), v6.begin());
    return address(v6);
}

host_entry copy_of(const hostent& entry) {
    host_entry copy{.name = entry.h_name, .aliases = {}, .addresses = {}};
    for (char** alias = entry.h_aliases; *alias != nullptr; ++alias)
        copy.aliases.emplace_back(*alias);
    for (char** bytes = entry.h_addr_list; *bytes != nullptr; ++bytes)
        copy.addresses.push_back(address_from(*bytes, entry.h_addrtype));
    return copy;
}

/// `ask` is one of the calls with a hostent, and says why in its last argument.
template <class Ask>
host_entry look_up_host(const std::string& operation, Ask ask) {
    int host_error = 0;
    return look_up_entry<hostent>(
        operation, [&](auto&&... arguments) { return ask(arguments..., host_error); },
        [&](const hostent* found) {
            if (found == nullptr) throw std::system_error(from_host_error(host_error), operation);
            return copy_of(*found);
        });
}

}  // namespace

host_and_service getnameinfo(const endpoint& where, name_flag flags) {
    std::array<char, NI_MAXHOST> host{};
    std::array<char, NI_MAXSERV * 4> service{};  // a Unix path is longer than any service
    int system_error = 0;
    const int result =
        sys::getnameinfo(where.data(), where.size(), host.data(), host.size(), service.data(),
                         service.size(), static_cast<int>(flags), system_error);
    if (result == 0) return {host.data(), service.data()};
    const std::string message = "look up the name of " + where.to_string();
    if (system_error != 0) throw std::system_error(error_from(system_error), message);
    throw std::system_error(static_cast<name_errc>(result), message);
}

address gethostbyname(std::string_view host) {
    return host_port(host, 0).resolve(family::inet, type::stream).ip();
}

host_entry gethostbyname_ex(std::string_view host) {
    refuse_nul(host, "host");
    const std::string name = ascii_host(host);
    return look_up_host("look up host " + quoted(host), [&](hostent& entry, char* buffer,
                                                            std::size_t size, hostent** found,
                                                            int& host_error) {
        return sys::gethostbyname(name.c_str(), AF_INET, entry, buffer, size, found, host_error);
    });
}

host_entry gethostbyaddr(const address& ip) {
    const int family = static_cast<int>(ip.family());
    return look_up_host(
        "look up the name of " + ip.to_string(),
        [&](hostent& entry, char* buffer, std::size_t size, hostent** found, int& host_error) {
            return sys::gethostbyaddr(ip.bytes().data(), static_cast<socklen_t>(ip.bytes().size()),
                                      family, entry, buffer, size, found, host_error);
        });
}

host_entry gethostbyaddr(std::string_view host) {
    return gethostbyaddr(host_port(host, 0).resolve(family::unspecified, type::stream).ip());
}

std::string gethostname() {
    char name[HOST_NAME_MAX + 1] = {};
    if (const int result = sys::gethostname(name, sizeof name); result < 0) {
        fail("gethostname", result);
    }
    return name;
}

void sethostname(std::string_view name) {
    refuse_nul(name, "host name");
    if (name.size() > HOST_NAME_MAX) {
        throw std::invalid_argument("host name " + quoted(name) + ": longer than 64 bytes");
    }
    if (const int result = sys::sethostname(name.data(), name.size()); result < 0) {
        fail("sethostname " + quoted(name), result);
    }
}

std::string getfqdn(std::string_view name) {
    const bool is_own = name.empty() || name == "0.0.0.0" || name == "::";
    std::string asked = is_own ? gethostname() : std::string(name);
    try {
        const host_entry entry = gethostbyaddr(std::string_view(asked));
        if (entry.name.find('.') != std::string::npos) return entry.name;
        for (const auto& alias : entry.aliases) {
            if (alias.find('.') != std::string::npos) return alias;
        }
        return entry.name;
    } catch (const std::system_error&) {
        return asked;
    }
}

}  // namespace zocalo::net
