// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include "zocalo/core/deadline.hpp"
#include "zocalo/net/connect_report.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/net/family.hpp"
#include "zocalo/net/host_port.hpp"
#include "zocalo/net/socket.hpp"

/// Connecting to a name: all its addresses, one deadline, and a report of what each one said.
///
/// The addresses are tried as RFC 8305 ("Happy Eyeballs") says: in the resolver's order with the
/// families taking turns, each a little after the one before it, and the first that answers wins.
/// So an address that never answers costs a quarter of a second and not the whole time-out.
namespace zocalo::net {

class stop_condition;

/// How to connect.
struct connect_options {
    /// For everything: the look-up and all addresses.
    zocalo::timeout timeout = zocalo::timeout::none();
    net::family family = net::family::unspecified;  ///< inet or inet6: addresses of that one only
    net::type type = net::type::stream;
    /// protocol::mptcp falls back to TCP where the kernel has none.
    net::protocol protocol = net::protocol::automatic;
    /// Where to connect from: a local address (port 0 for any), or a Unix endpoint. Only addresses
    /// of its family are tried.
    std::optional<endpoint> source = std::nullopt;
    /// Called with each socket before it connects, to set options; what it throws ends the call. A
    /// time-out that it sets is for later: connecting follows `timeout`.
    std::function<void(socket&)> prepare = {};
    /// Ends the wait when it comes true; must outlive the call and the socket, which goes on
    /// watching it.
    const stop_condition* stop = nullptr;
    /// How long one address has before the next one is tried beside it; none: until it failed.
    zocalo::timeout attempt_delay = std::chrono::milliseconds(250);
    /// Further addresses of a name are not tried.
    std::size_t max_attempts = 64;
};

/// No address could be connected to. `code()` is std::errc::timed_out when time ended it, else the
/// error of the address that failed last.
class connect_error : public std::system_error {
 public:
    connect_error(std::error_code code, const std::string& target,
                  std::vector<connect_attempt> attempts);

    /// In the order in which they were started. Empty when the look-up took all the time.
    [[nodiscard]] const std::vector<connect_attempt>& attempts() const noexcept {
        return attempts_;
    }

 private:
    std::vector<connect_attempt> attempts_;
};

/// What came of connecting: an open socket, or an error.
struct connect_result {
    net::socket socket;
    /// As connect_error::code(), operation_canceled after a stop, or of name_category() when the
    /// look-up failed.
    std::error_code error;
    std::vector<connect_attempt> attempts;
    std::chrono::nanoseconds lookup{};  ///< how long the name took
};

/// A connection to the first address of `peer` that answers. The socket has no time-out but one
/// that `prepare` gave it.
///
/// Throws connect_error; net::stopped; std::system_error of name_category() when the name has no
/// address; std::invalid_argument when family and source do not go together.
[[nodiscard]] socket create_connection(const host_port& peer, const connect_options& options = {});
/// To an endpoint of any connectable family, for instance endpoint::local("/run/x").
[[nodiscard]] socket create_connection(const endpoint& peer, const connect_options& options = {});
/// To the first that answers of endpoints that you know already.
[[nodiscard]] socket create_connection(std::span<const endpoint> peers,
                                       const connect_options& options = {});

/// The same with the failure as a value, and the report on success too.
[[nodiscard]] connect_result try_create_connection(const host_port& peer,
                                                   const connect_options& options = {});
[[nodiscard]] connect_result try_create_connection(const endpoint& peer,
                                                   const connect_options& options = {});
[[nodiscard]] connect_result try_create_connection(std::span<const endpoint> peers,
                                                   const connect_options& options = {});

}  // namespace zocalo::net
