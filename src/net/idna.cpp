// SPDX-License-Identifier: MIT
#include "zocalo/net/idna.hpp"

#include <idn2.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "net/ascii_host.hpp"
#include "net/entry.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/net/address.hpp"

namespace zocalo::net {

namespace {

using idn2_text = std::unique_ptr<char, decltype(&idn2_free)>;

[[noreturn]] void refuse(std::string_view host, std::string_view why) {
    throw std::invalid_argument("host " + quoted(host) + ": " + std::string(why));
}

/// libidn2 reads the whole of a host before it looks at its length; the longest name of the DNS
/// has 253 letters, each of at most 4 bytes, and a little more before the mapping.
constexpr std::size_t longest = 2048;

template <class Convert>
std::string converted(std::string_view host, Convert convert) {
    refuse_nul(host, "host");
    if (host.size() > longest) refuse(host, "longer than any host name");
    char* output = nullptr;
    const int result = convert(std::string(host).c_str(), &output);
    const idn2_text owner{output, idn2_free};
    if (result != IDN2_OK) refuse(host, idn2_strerror(result));
    return output;
}

}  // namespace

std::string idna_name_or_address(std::string_view host) {
    std::string ascii = converted(host, [](const char* text, char** output) {
        return idn2_to_ascii_8z(text, output, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    });
    const auto breaks_lines = [](char c) { return (c >= 0 && c <= ' ') || c == 0x7f; };
    if (std::ranges::any_of(ascii, breaks_lines)) {
        refuse(host, "has a blank or a control character");
    }
    if (ascii.find("..") != std::string::npos || (ascii.size() > 1 && ascii.front() == '.')) {
        refuse(host, "has an empty label");
    }
    return ascii;
}

std::string idna_to_ascii(std::string_view host) {
    std::string ascii = idna_name_or_address(host);
    if (address::try_parse_liberal(ascii) && !address::try_parse_liberal(host)) {
        refuse(host, "an IP address in letters that are not ASCII");
    }
    return ascii;
}

std::string idna_to_unicode(std::string_view host) {
    return converted(host, [](const char* text, char** output) {
        return idn2_to_unicode_8z8z(text, output, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    });
}

std::string ascii_host(std::string_view host) {
    for (const char c : host) {
        if (static_cast<unsigned char>(c) >= 0x80) return idna_to_ascii(host);
    }
    return std::string(host);
}

}  // namespace zocalo::net
