// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

/// What of several things a client would rather have (RFC 9110 §12.5).
///
/// The fields are wishes: members that make no sense are passed over. Where a client likes two as
/// much, the one that was offered first is chosen, so offer the best first. A choice depends on the
/// request: name the field in Vary.
namespace zocalo::http {

/// The index of the media type that `Accept` prefers, `wanted` being all values of that field as
/// one list (fields::joined()); nothing when it takes none of them.
///
/// The most exact range that a type is in counts for it: `text/html;level=1`, `text/html`,
/// `text/*`, `*/*`. An empty field takes anything. An offer that is no media type throws
/// std::invalid_argument.
[[nodiscard]] std::optional<std::size_t> choose_media_type(
    std::string_view wanted, std::span<const std::string_view> offered);

/// The index of the coding that `Accept-Encoding` prefers; nothing for content as it is, which is
/// never offered. `x-gzip` is `gzip`.
///
/// Without the field, which is null, and when it is empty, content goes as it is: programs that say
/// nothing know nothing. It does so too when the client forbids that as well as all that is
/// offered: a server may answer 406 or 415, but all of them just send it.
[[nodiscard]] std::optional<std::size_t> choose_coding(std::optional<std::string_view> wanted,
                                                       std::span<const std::string_view> offered);

}  // namespace zocalo::http
