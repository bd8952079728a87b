// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "zocalo/tls/options.hpp"

/// Options made ready for many connections.
namespace zocalo::tls {

namespace detail {
struct client_state;
class server_slot;
}  // namespace detail

/// How this program speaks TLS as a client; remembers sessions of hosts, so keep it.
///
/// Copies are the same context. Connections keep what they need of it. **Threads.** May be shared.
class client_context {
 public:
    /// Reads the files that the options name. Throws std::system_error when one cannot be used, and
    /// std::invalid_argument when the options contradict each other.
    explicit client_context(const client_options& options = {});

    /// The same for servers that are not to learn who we are: no certificate is shown. Neither goes
    /// on with sessions of the other.
    [[nodiscard]] client_context without_credentials() const;

    /// Application protocols that it offers (client_options::alpn).
    [[nodiscard]] const std::vector<std::string>& alpn() const noexcept;

    /// For the library itself.
    [[nodiscard]] const std::shared_ptr<const detail::client_state>& state() const noexcept {
        return state_;
    }

 private:
    explicit client_context(std::shared_ptr<const detail::client_state> state) noexcept;

    std::shared_ptr<const detail::client_state> state_;
};

/// How this program speaks TLS as a server.
///
/// Copies are the same context. Connections keep what they need of it. **Threads.** May be shared.
class server_context {
 public:
    /// As for clients; the options have to name some credentials.
    explicit server_context(const server_options& options);

    /// From now on handshakes use these options: renewed certificates without a restart. Those
    /// that have begun, and connections, keep theirs. When the options cannot be used this throws,
    /// and nothing changes.
    void replace(const server_options& options) const;

    /// For the library itself.
    [[nodiscard]] const detail::server_slot& slot() const noexcept { return *slot_; }

 private:
    std::shared_ptr<detail::server_slot> slot_;
};

}  // namespace zocalo::tls
