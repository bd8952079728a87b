// SPDX-License-Identifier: MIT
#include "checks.hpp"

#include <cstdint>
#include <stdexcept>
#include <system_error>

#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/net/address.hpp"
#include "zocalo/net/interface.hpp"
#include "zocalo/url/origin.hpp"
#include "zocalo/url/uri.hpp"

namespace zocalo::program {

std::string check_origin(const std::string& text) {
    std::string why = "no origin, which is * or like https://example.org: " + quoted(text);
    if (text == "*") return {};
    try {
        const url::origin read = url::origin::of(url::uri::parse(text));
        return read.to_string() == text ? std::string() : why;
    } catch (const std::invalid_argument&) {
        return why;
    }
}

std::string check_interface(const std::string& text) {
    try {
        (void)net::if_nametoindex(text);
        return {};
    } catch (const std::system_error& error) {
        return error.what();
    }
}

std::string check_interface_or_address(const std::string& text) {
    return net::address::try_parse(text) ? std::string() : check_interface(text);
}

std::string check_port(const std::string& text) {
    const bool is_name = text.find_first_not_of("0123456789") != std::string::npos;
    if (text.empty() || is_name || from_digits<std::uint16_t>(text)) return {};
    return "port " + quoted(text) + ": not a number from 0 to 65535";
}

}  // namespace zocalo::program
