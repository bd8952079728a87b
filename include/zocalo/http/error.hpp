// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "zocalo/core/error.hpp"
#include "zocalo/http/status.hpp"

namespace zocalo::http {

/// A peer's message that breaks the rules or passes a limit. Nothing after it can be understood:
/// the connection ends.
class bad_message : public protocol_error {
 public:
    bad_message(status answer, const std::string& what) : protocol_error(what), answer_(answer) {}

    /// What a server answers before it closes; of a response, what a proxy tells its client.
    [[nodiscard]] status answer() const noexcept { return answer_; }

 private:
    status answer_;
};

}  // namespace zocalo::http
