// SPDX-License-Identifier: MIT
#include "zocalo/http/method.hpp"

#include <ostream>
#include <string>

#include "zocalo/core/escape.hpp"

namespace zocalo::http {

method method::parse(std::string_view name) {
    const auto made = try_parse(name);
    if (!made) throw std::invalid_argument("no method: " + quoted(name));
    return *made;
}

std::ostream& operator<<(std::ostream& out, const method& what) {
    return out << what.text();
}

}  // namespace zocalo::http
