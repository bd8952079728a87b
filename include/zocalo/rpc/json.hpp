// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/rpc/fault.hpp"
#include "zocalo/rpc/invocation.hpp"
#include "zocalo/rpc/value.hpp"

/// Values as JSON (RFC 8259), and the documents of a client of JSON-RPC 2.0, without a network.
namespace zocalo::rpc {

/// The value on one line. What JSON has no kind for becomes a string: dates, bytes (in Base64),
/// decimals.
///
/// Throws std::invalid_argument for text that is not UTF-8 and doubles that are not finite.
[[nodiscard]] std::string to_json(const value& what);
/// Throws protocol_error for what is no JSON or passes a limit. An integer that does not fit into
/// 64 bits with a sign is a decimal.
[[nodiscard]] value parse_json(std::string_view text, const document_limits& within = {});

/// One call whose answer has that number.
[[nodiscard]] std::string to_json_call(const invocation& what, std::int64_t id);
/// One that wants no answer.
[[nodiscard]] std::string to_json_notification(const invocation& what);
/// Several, whose answers are numbered from 1.
[[nodiscard]] std::string to_json_calls(std::span<const invocation> what);

/// The result of the call of that number. Throws fault when it failed; protocol_error for what is
/// no answer to it.
[[nodiscard]] value parse_json_response(std::string_view document, std::int64_t id,
                                        const document_limits& within = {});
/// The results of `count` calls, in their order. Throws fault when all of them failed as one, and
/// protocol_error for what is no answer to them.
[[nodiscard]] std::vector<outcome> parse_json_responses(std::string_view document,
                                                        std::size_t count,
                                                        const document_limits& within = {});

}  // namespace zocalo::rpc
