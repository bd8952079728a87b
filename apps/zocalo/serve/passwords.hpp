// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace zocalo::program {

/// Names with their passwords.
class passwords {
 public:
    /// Lines `NAME:PASSWORD`; empty ones and those that begin with `#` say nothing. Throws
    /// std::runtime_error that names file and line.
    static passwords read(const std::string& path);

    /// That of a user; null when there is no such user.
    [[nodiscard]] const std::string* find(std::string_view user) const noexcept;
    [[nodiscard]] bool knows(std::string_view user, std::string_view password) const;

 private:
    std::map<std::string, std::string, std::less<>> all_;
};

}  // namespace zocalo::program
