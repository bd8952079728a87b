// SPDX-License-Identifier: MIT
#include "zocalo/text/command.hpp"

#include <stdexcept>
#include <utility>

#include "zocalo/core/escape.hpp"

namespace zocalo::text {

namespace {

[[noreturn]] void refuse(std::string_view what, std::string_view value, const char* why) {
    throw std::invalid_argument(std::string(what) + ' ' + quoted(value) + ": " + why);
}

}  // namespace

void require_one_line(std::string_view what, std::string_view value, std::string_view refused) {
    using namespace std::string_view_literals;
    if (value.find_first_of("\r\n\0"sv) != std::string_view::npos) {
        refuse(what, value, "CR, LF and NUL would end the line, and begin another");
    }
    if (value.find_first_of(refused) != std::string_view::npos) {
        refuse(what, value, "has a byte in it that ends an argument");
    }
}

command& command::word(std::string_view what, std::string_view value) {
    if (value.empty()) refuse(what, value, "must not be empty");
    return field(what, value);
}

command& command::field(std::string_view what, std::string_view value) {
    require_one_line(what, value, {&separator_, 1});
    return rest(what, value);
}

command& command::rest(std::string_view what, std::string_view value) {
    require_one_line(what, value);
    if (std::exchange(has_arguments_, true)) text_ += separator_;
    text_ += value;
    return *this;
}

}  // namespace zocalo::text
