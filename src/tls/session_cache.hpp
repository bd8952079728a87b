// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <mutex>
#include <string>
#include <string_view>

#include "tls/openssl.hpp"

namespace zocalo::tls::detail {

/// What a client remembers of its hosts. It belongs to one context, so all its sessions were made
/// with the same options.
class session_cache {
 public:
    void put(std::string_view host, session_ptr session);
    /// The newest session with a host. Those of TLS 1.3 are used once (RFC 8446 §C.4).
    [[nodiscard]] session_ptr take(std::string_view host);

 private:
    static constexpr std::size_t capacity = 256;
    struct entry {
        std::string host;
        session_ptr session;
    };
    std::mutex mutex_;
    std::deque<entry> entries_;  ///< the oldest first
};

}  // namespace zocalo::tls::detail
