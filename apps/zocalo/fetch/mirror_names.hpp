// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What files of a mirror are called, and which of them are wanted.
namespace zocalo::program {

/// What a part of a path is called as a file: decoded, with control characters left as `%XX`.
/// Nothing for what is no name, or would be more than one.
[[nodiscard]] std::optional<std::string> file_name_of(std::string_view segment);

/// What a query is as the end of a name: decoded likewise, with `/` left as `%2F`.
[[nodiscard]] std::string query_name(std::string_view query);

/// `page` as `page.2.html`, for the number 2 and the ending `.html`; the first is `page.html`.
/// `page.html` has its ending already. As it is when there is no room for that.
[[nodiscard]] std::string with_ending(const std::string& name, std::string_view ending,
                                      std::size_t number = 1);

/// Whether all its parts, with slashes between them, are as long as file systems take them.
[[nodiscard]] bool can_be_name(std::string_view names);

/// The names of all parts of a path, with slashes between them. Nothing when one of them is none.
[[nodiscard]] std::optional<std::string> file_names_of(std::string_view path);

/// Names that wget's -A and -R choose: `.jpg`, `*.tar.?z`. `*` and `?` stand for any characters;
/// without them it is the end of a name.
class name_patterns {
 public:
    /// With commas between them.
    void add(std::string_view list);
    [[nodiscard]] bool is_empty() const noexcept { return all_.empty(); }
    [[nodiscard]] bool match(std::string_view name) const;

 private:
    std::vector<std::string> all_;
};

}  // namespace zocalo::program
