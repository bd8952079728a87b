// SPDX-License-Identifier: MIT
#include "zocalo/url/origin.hpp"

#include <ostream>
#include <stdexcept>

#include "core/ascii.hpp"
#include "url/escape_sequence.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/url/uri.hpp"

namespace zocalo::url {

namespace {

[[noreturn]] void refuse(const uri& url, const char* why) {
    throw std::invalid_argument("URL " + quoted(url.to_string()) + ": " + why);
}

}  // namespace

origin origin::of(const uri& url) {
    if (url.is_relative()) refuse(url, "has no scheme, so it is nobody's");
    if (url.host().empty()) refuse(url, "has no host");
    const auto port = url.port() ? url.port() : default_port(lower(url.scheme()));
    if (!port) refuse(url, "has no port, and its scheme has no usual one");
    return {url.scheme(), host::parse(url.host()), *port};
}

origin::origin(std::string_view scheme, url::host who, std::uint16_t port)
    : scheme_(lower(scheme)), host_(std::move(who)), port_(port) {}

std::string origin::to_string() const {
    std::string text = scheme_ + "://" + host_.to_string();
    if (port_ != default_port(scheme_)) (text += ':') += std::to_string(port_);
    return text;
}

std::ostream& operator<<(std::ostream& out, const origin& value) {
    return out << value.to_string();
}

}  // namespace zocalo::url

std::size_t std::hash<zocalo::url::origin>::operator()(
    const zocalo::url::origin& value) const noexcept {
    return std::hash<std::string>{}(value.to_string());
}
