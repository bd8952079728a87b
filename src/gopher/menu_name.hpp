// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Names of files in menus, which are UTF-8: the kernel's may be any bytes.
namespace zocalo::gopher {

/// What people see of a name: U+FFFD in place of each byte that is not UTF-8.
[[nodiscard]] std::string shown(std::string_view name);

/// The selector of a path: the path, or, if that is not UTF-8, with its bytes that are not ASCII,
/// and `%`, as `%XX`.
[[nodiscard]] std::string selector_of(std::string_view path);

/// The path of a selector that selector_of() had to escape; nothing for any other one, which is a
/// path itself. So no file that has a plain selector gets a second one.
[[nodiscard]] std::optional<std::string> path_in(std::string_view selector);

}  // namespace zocalo::gopher
