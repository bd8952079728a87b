// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "zocalo/http/media_type.hpp"

/// Content that stands in its URL (RFC 2397): `data:text/plain;charset=utf-8,Hello%20there`.
namespace zocalo::url {

struct data_url {
    http::media_type type = http::media_type::parse("text/plain;charset=US-ASCII");
    std::string content = {};

    /// Reads one. Base64 may be without its padding and, as in pages, have white space in it; a `%`
    /// without two hexadecimal digits stays as it is. A fragment is no part of the content.
    ///
    /// Throws std::invalid_argument for other schemes, for a URL without a comma, for a type or
    /// Base64 that is none, and for content of more than `limit` bytes.
    static data_url parse(std::string_view text, std::size_t limit = std::size_t{64} << 20);

    /// As short as it can be said: with escapes, or in Base64.
    [[nodiscard]] std::string to_string() const;

    friend bool operator==(const data_url&, const data_url&) = default;
};

}  // namespace zocalo::url
