// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Query strings, `a=1&b=2`, as forms send them; under the names of Python's urllib.parse.
namespace zocalo::url {

/// Names and values in their order; a name may come several times.
using fields = std::vector<std::pair<std::string, std::string>>;

/// How a query is read.
struct query_options {
    // --- Behaviour
    bool keep_blank_values = false;  ///< `a=` and `a` are fields, too
    bool strict = false;             ///< a piece without `=` is an error and is not passed over
    /// Exactly this one. Servers and caches that disagree about `;` have been played off against
    /// each other (CVE-2021-23336).
    char separator = '&';

    // --- Limits
    std::size_t max_fields = 1000;
};

/// The fields of a query, decoded; `+` is a space.
///
/// Throws protocol_error when there are more than `max_fields`, and when `strict` refuses one.
[[nodiscard]] fields parse_qsl(std::string_view query, const query_options& options = {});
/// The same by name: every value that came with it.
[[nodiscard]] std::map<std::string, std::vector<std::string>> parse_qs(
    std::string_view query, const query_options& options = {});

/// A query that parse_qsl() reads as these fields.
[[nodiscard]] std::string urlencode(const fields& from);

}  // namespace zocalo::url
