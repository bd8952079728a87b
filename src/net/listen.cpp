// SPDX-License-Identifier: MIT
#include "zocalo/net/listen.hpp"

#include <netinet/in.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <string>

#include "net/fail.hpp"
#include "net/open.hpp"
#include "sys/file.hpp"
#include "sys/socket.hpp"

namespace zocalo::net {

namespace {

bool is_path(const endpoint& where) {
    return where.family() == family::local && !where.path().empty() && !where.is_abstract();
}

/// A socket file whose listener is gone: connecting is refused, and only then.
bool is_stale(const endpoint& where, type type) {
    struct stat status;
    if (sys::lstat(std::string(where.path()).c_str(), &status) < 0) return false;
    if (!S_ISSOCK(status.st_mode)) return false;
    socket probe{family::local, type};
    probe.set_blocking(false);
    return probe.try_connect(where) == std::errc::connection_refused;
}

void bind_path(socket& server, const endpoint& where, const listen_options& options) {
    if (options.permissions) {
        // Set before the file exists, so that it never has more than these (unix(7)).
        const int result = sys::fchmod(server.fileno(), *options.permissions);
        if (result < 0) fail("set the permissions of", where, result);
    }
    const int result = sys::bind(server.fileno(), where.data(), where.size());
    if (result == 0) return;
    if (result != -EADDRINUSE || !options.replace_stale || !is_stale(where, options.type)) {
        fail("bind", where, result);
    }
    sys::unlink(std::string(where.path()).c_str());
    server.bind(where);
}

void set_options(socket& server, const endpoint& where, const listen_options& options) {
    // On datagrams the option means something else: whoever binds the port later gets what was
    // meant for the first, and the kernel may choose a port that is taken already.
    if (where.is_inet() && options.type != type::datagram) {
        server.set_option(SOL_SOCKET, SO_REUSEADDR, options.reuse_address ? 1 : 0);
    }
    if (options.reuse_port) server.set_option(SOL_SOCKET, SO_REUSEPORT, 1);
    if (where.family() == family::inet6) {
        const bool both = options.dual_stack && options.family == family::unspecified &&
                          where.ip().is_unspecified();
        server.set_option(IPPROTO_IPV6, IPV6_V6ONLY, both ? 0 : 1);
    }
    if (options.prepare) options.prepare(server);
}

void check(const endpoint& where, const listen_options& options) {
    const auto refuse = [&](const char* why) {
        throw std::invalid_argument("create_server " + where.to_string() + ": " + why);
    };
    if (options.backlog < 0) refuse("the backlog is below 0");
    if (options.family != family::unspecified && options.family != where.family()) {
        refuse("the endpoint is not of the family that was asked for");
    }
    if (options.permissions && !is_path(where)) refuse("permissions are for Unix paths");
    if (options.permissions.value_or(0) > 0777) refuse("permissions are not within 0 to 0777");
}

/// What a server of that name may be bound to, the best first.
std::vector<endpoint> candidates(const host_port& where, const listen_options& options) {
    auto found = where.resolve_all(options.family, options.type);
    if (!where.host().empty() || options.family != family::unspecified) {
        // IPv4 first. Not std::stable_partition, whose memory Clang calls deprecated.
        auto place = found.begin();
        for (auto one = found.begin(); one != found.end(); ++one)
            if (one->family() == family::inet) std::rotate(place++, one, one + 1);
        return found;
    }
    const std::uint16_t port = found.front().port();
    std::vector<endpoint> any{{address::any_v4(), port}};
    if (options.dual_stack && has_dual_stack()) any.insert(any.begin(), {address::any_v6(), port});
    return any;
}

}  // namespace

socket create_server(const endpoint& where, const listen_options& options) {
    check(where, options);
    socket server = open_or_fall_back(where.family(), options.type, options.protocol);
    set_options(server, where, options);
    if (is_path(where)) {
        bind_path(server, where, options);
    } else {
        server.bind(where);
    }
    if (options.type != type::datagram) server.listen(options.backlog);
    return server;
}

socket create_server(const host_port& where, const listen_options& options) {
    const auto found = candidates(where, options);
    for (std::size_t i = 0; i + 1 < found.size(); ++i) {
        try {
            return create_server(found[i], options);
        } catch (const std::system_error& error) {
            // An address that this machine does not have; any other trouble would be hidden.
            if (error.code() != std::errc::address_not_available &&
                error.code() != std::errc::address_family_not_supported) {
                throw;
            }
        }
    }
    return create_server(found.back(), options);
}

bool has_dual_stack() noexcept {
    try {
        socket probe{family::inet6};
        probe.set_option(IPPROTO_IPV6, IPV6_V6ONLY, 0);
        return true;
    } catch (...) {
        return false;
    }
}

}  // namespace zocalo::net
