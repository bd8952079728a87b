// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <system_error>
#include <utility>

namespace zocalo::io {

/// A proxy wants to know who asks it for a tunnel (407), or did not take what it was told:
/// std::errc::permission_denied, and what it wants to see.
class proxy_question : public std::system_error {
 public:
    proxy_question(const std::system_error& refusal, std::string asked)
        : std::system_error(refusal), asked_(std::move(asked)) {}

    /// Its fields Proxy-Authenticate as one list (RFC 9110 §11.7.1).
    [[nodiscard]] const std::string& asked() const noexcept { return asked_; }

 private:
    std::string asked_;
};

}  // namespace zocalo::io
