// SPDX-License-Identifier: MIT
#include "zocalo/url/host.hpp"

#include <ostream>
#include <stdexcept>

#include "core/ascii.hpp"
#include "url/escape_sequence.hpp"
#include "url/host_name.hpp"
#include "url/zoned_address.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/net/idna.hpp"
#include "zocalo/url/quote.hpp"

namespace zocalo::url {

namespace {

constexpr std::size_t longest_name = 253;  // RFC 1035 §3.1, without the dot at the end
constexpr std::size_t longest_label = 63;
constexpr byte_set label_bytes = alpha | digits | byte_set("-_");

[[noreturn]] void refuse(std::string_view text, const char* why) {
    throw std::invalid_argument("host " + quoted(text) + ": " + why);
}

std::string_view without_brackets(std::string_view text) noexcept {
    const bool bracketed = text.starts_with('[') && text.ends_with(']') && text.size() > 2;
    return bracketed ? text.substr(1, text.size() - 2) : text;
}

void check_label(std::string_view label, std::string_view text) {
    if (label.empty()) refuse(text, "has an empty label");
    if (label.size() > longest_label) refuse(text, "has a label of more than 63 bytes");
    if (!label_bytes.has_all(label)) refuse(text, "a byte that no host name may have");
}

/// The name in ASCII and lower case, with nothing in it but labels and the dots between them.
std::string checked_name(std::string_view name, std::string_view text) {
    if (name.ends_with('.')) name.remove_suffix(1);
    if (name.empty()) refuse(text, "is empty");
    if (name.size() > longest_name) refuse(text, "longer than any host name");
    for (std::string_view rest = name;;) {
        const auto dot = rest.find('.');
        check_label(rest.substr(0, dot), text);
        if (dot == std::string_view::npos) break;
        rest.remove_prefix(dot + 1);
    }
    if (ends_in_number(name)) refuse(text, "an IPv4 address that not all programs read the same");
    return lower(name);
}

std::string ascii_name(const std::string& plain) {
    const bool is_ascii = byte_set::range(0, 0x7F).has_all(plain);
    const bool has_code = lower(plain).find("xn--") != std::string::npos;
    return is_ascii && !has_code ? plain : net::idna_to_ascii(plain);
}

}  // namespace

host host::parse(std::string_view text) {
    const auto inner = without_brackets(text);
    const bool may_be_v6 = inner.find(':') != std::string_view::npos;
    if (const auto v6 = may_be_v6 ? try_parse_zoned(inner) : std::nullopt) {
        const std::string ip = v6->ip.to_string();
        if (v6->zone.empty()) return host('[' + ip + ']');
        if (inner != text)
            return {'[' + ip + "%25" + quote(v6->zone, "") + ']', ip + '%' + v6->zone};
    }
    const auto ip = net::address::try_parse(inner);
    if (ip && ip->is_v4() && inner == text) return host(std::string(inner));
    const auto plain = try_unquote(text);
    if (!plain) refuse(text, "a % without two hexadecimal digits");
    const std::string ascii = ascii_name(*plain);
    // Of an address in other spellings one is left: that of escapes.
    if (const auto v4 = net::address::try_parse(ascii); v4 && v4->is_v4()) return host(ascii);
    return host(checked_name(ascii, text));
}

std::optional<host> host::try_parse(std::string_view text) {
    try {
        return parse(text);
    } catch (const std::invalid_argument&) {
        return std::nullopt;
    }
}

std::string_view host::name() const noexcept {
    return zoned_.empty() ? without_brackets(text_) : zoned_;
}

std::string host::without_zone() const {
    return zoned_.empty() ? text_ : text_.substr(0, text_.find('%')) + ']';
}

std::optional<net::address> host::address() const noexcept {
    return net::address::try_parse(name());
}

std::ostream& operator<<(std::ostream& out, const host& value) {
    return out << value.to_string();
}

}  // namespace zocalo::url
