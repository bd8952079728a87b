// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "zocalo/rpc/fault.hpp"
#include "zocalo/rpc/invocation.hpp"
#include "zocalo/rpc/value.hpp"

/// The documents of XML-RPC (xmlrpc.com/spec.md), without a network.
namespace zocalo::rpc {

/// Whether `<nil/>`, which is an extension, may be written. It is always read.
enum class nils : bool { refuse, write };

/// `<methodCall>`. Integers are `<int>` when they fit into 32 bits, else `<i8>`.
///
/// Throws std::invalid_argument for what XML cannot say: text that is not UTF-8 or has control
/// characters (that is binary), doubles that are not finite, a name of a method that has others
/// than the letters of the specification.
[[nodiscard]] std::string to_xml_call(std::string_view method, std::span<const value> parameters,
                                      nils how = nils::write);
[[nodiscard]] std::string to_xml_response(const value& result, nils how = nils::write);
[[nodiscard]] std::string to_xml_response(const fault& failed);

/// Reads a call. Reads i1, i2, i4, i8, biginteger, bigdecimal and nil as well, also with the prefix
/// `ex:`, and a value without a type, which is a string.
///
/// Throws protocol_error for what is not one, has a DOCTYPE, or passes a limit.
[[nodiscard]] invocation parse_xml_call(std::string_view document,
                                        const document_limits& within = {});
/// Reads a response. Throws fault when it is one, and protocol_error as parse_xml_call().
[[nodiscard]] value parse_xml_response(std::string_view document,
                                       const document_limits& within = {});

}  // namespace zocalo::rpc
