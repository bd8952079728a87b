// SPDX-License-Identifier: MIT
#include "serve/passwords.hpp"

#include <fmt/core.h>

#include <stdexcept>

#include "file.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/filters.hpp"

namespace zocalo::program {

passwords passwords::read(const std::string& path) {
    passwords made;
    std::ifstream file = open_file(path);
    std::string line;
    for (int number = 1; std::getline(file, line); ++number) {
        if (line.ends_with('\r')) line.pop_back();
        if (line.empty() || line.starts_with('#')) continue;
        const std::size_t colon = line.find(':');
        if (colon == 0 || colon == std::string::npos)
            throw std::runtime_error(
                fmt::format("{}:{}: not NAME:PASSWORD", escaped(path), number));
        made.all_.insert_or_assign(line.substr(0, colon), line.substr(colon + 1));
    }
    if (made.all_.empty())
        throw std::runtime_error(fmt::format("{}: no name and password", escaped(path)));
    return made;
}

const std::string* passwords::find(std::string_view user) const noexcept {
    const auto found = all_.find(user);
    return found == all_.end() ? nullptr : &found->second;
}

bool passwords::knows(std::string_view user, std::string_view password) const {
    const auto found = all_.find(user);
    // A name that nobody has takes as long as one with another password.
    const std::string_view wanted = found == all_.end() ? std::string_view("*") : found->second;
    return http::same_secret(password, wanted) && found != all_.end();
}

}  // namespace zocalo::program
