// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "zocalo/http/error.hpp"
#include "zocalo/http/message.hpp"

namespace zocalo::http::detail {

/// A part that nobody asked for, or that is not the one that was asked for.
class wrong_part : public bad_message {
 public:
    explicit wrong_part(const std::string& what) : bad_message(status::bad_request, what) {}
};

/// Throws wrong_part for 206 without a Range of ours, and for bytes that lie outside the one range
/// that `wanted`, our Range, asks for. Of several ranges, and of other units than bytes, the caller
/// knows more than the client.
void check_asked_part(const response_head& answer, std::string_view wanted, std::string_view url);

}  // namespace zocalo::http::detail
