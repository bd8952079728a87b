// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "zocalo/http/fields.hpp"
#include "zocalo/serve/peer.hpp"

namespace zocalo::http {
class exchange;
}

/// Who calls a method.
namespace zocalo::rpc {

/// What a method is told of its caller that takes one as its first parameter; no caller can see
/// that it does.
///
///     methods.add("whoami", [](const rpc::caller& by) { return by.user(); });
///     methods.add("retire", [](const rpc::caller& by, int id) {
///         if (by.user() != "admin") throw rpc::fault(1, "not for you");
///         ...
///     });
///
/// All calls of a batch, or of system.multicall, have the same one. What is behind it is the
/// request's: it is there until the method has ended, coroutines included. Copies are cheap.
class caller {
 public:
    /// Nobody: a call that has not come over a network, as those of methods::call().
    caller() noexcept = default;
    explicit caller(const http::exchange& asked) noexcept : asked_(&asked) {}

    /// Its address, the process at a Unix socket, the certificate that it has shown in TLS.
    [[nodiscard]] const serve::peer& peer() const noexcept;
    /// Who has logged in: exchange::user(). Empty: nobody was asked to.
    [[nodiscard]] const std::string& user() const noexcept;
    /// Of the request that the call came with. A peer writes there what it likes.
    [[nodiscard]] const http::fields& fields() const noexcept;

 private:
    const http::exchange* asked_ = nullptr;
};

}  // namespace zocalo::rpc
