// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

#include "zocalo/rpc/value.hpp"

/// The answer of a procedure that failed.
namespace zocalo::rpc {

/// Codes that mean the same everywhere: "Specification for Fault Code Interoperability" and
/// JSON-RPC 2.0 §5.1. Procedures use others, which are their own.
namespace fault_code {
inline constexpr int parse_error = -32700;
inline constexpr int invalid_request = -32600;
inline constexpr int method_not_found = -32601;
inline constexpr int invalid_parameters = -32602;
inline constexpr int internal_error = -32603;
inline constexpr int application_error = -32500;
}  // namespace fault_code

/// What a procedure throws to fail, and what its caller gets; what() is for people.
class fault : public std::runtime_error {
 public:
    /// `data` is more about it, in JSON-RPC only.
    fault(int code, const std::string& text, const value& data = nil{})
        : std::runtime_error(text), code_(code), data_(std::make_shared<const value>(data)) {}

    [[nodiscard]] int code() const noexcept { return code_; }
    [[nodiscard]] const value& data() const noexcept { return *data_; }

 private:
    int code_;
    std::shared_ptr<const value> data_;  ///< an exception is copied without failing
};

/// A result, or the fault in its place: of one call among several.
class outcome {
 public:
    outcome(value result) : is_(std::move(result)) {}  // NOLINT: as good as the result
    outcome(fault failed) : is_(std::move(failed)) {}  // NOLINT

    [[nodiscard]] bool has_failed() const noexcept { return is_.index() == 1; }
    /// Throws the fault.
    [[nodiscard]] const value& get() const {
        if (has_failed()) throw fault(std::get<fault>(is_));
        return std::get<value>(is_);
    }

 private:
    std::variant<value, fault> is_;
};

}  // namespace zocalo::rpc
