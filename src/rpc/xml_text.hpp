// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

/// Text in XML documents (XML 1.0 §2.2, §4.1).
namespace zocalo::rpc {

/// As it stands between tags. Throws std::invalid_argument for what XML cannot have: bytes that are
/// not UTF-8, and control characters but for tab and line feed; CR is written as a reference.
[[nodiscard]] std::string to_xml(std::string_view text);

/// What the text between tags means: references are resolved. Throws protocol_error for others than
/// the five names and numbers of characters, and for what XML cannot have.
[[nodiscard]] std::string from_xml(std::string_view text);

/// Throws protocol_error unless it is UTF-8 of characters that XML has.
void require_xml_characters(std::string_view text);

}  // namespace zocalo::rpc
