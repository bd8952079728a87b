// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>
#include <string>

/// The families of errors, of which level one needs two beside the caller's own mistakes.
///
/// - std::system_error: the system said no. `code()` compares with std::errc (`timed_out`,
///   `operation_canceled`, `connection_refused`, ...) or belongs to a category of ours, as for
///   names; `what()` names the operation, the address and the cause.
/// - protocol_error: the bytes that a peer or a file gave break the rules of their format.
/// - std::invalid_argument: the caller's mistake, found before anything is sent.
///
/// The end of a stream is a value and not an error.
namespace zocalo {

/// What was received breaks the rules of its format; the message names the field, the rule and the
/// offset.
class protocol_error : public std::runtime_error {
 public:
    explicit protocol_error(const std::string& message) : std::runtime_error(message) {}
};

}  // namespace zocalo
