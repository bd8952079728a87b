// SPDX-License-Identifier: MIT
// gopher://<host>:<port>/<type><selector>%09<search>%09<gopher+_string>  (RFC 4266 §2.1)
#include <ostream>
#include <stdexcept>

#include "zocalo/core/escape.hpp"
#include "zocalo/gopher/engine.hpp"
#include "zocalo/gopher/types.hpp"
#include "zocalo/url/host.hpp"
#include "zocalo/url/quote.hpp"

namespace zocalo::gopher {

namespace {

[[noreturn]] void refuse(const url::uri& url, const char* why) {
    throw std::invalid_argument("URL " + quoted(url.to_string()) + ": " + why);
}

/// `%09` keeps the parts apart, and no part may have a TAB in it.
request request_from(std::string_view plain) {
    request asked;
    const auto tab = plain.find('\t');
    asked.selector = plain.substr(0, tab);
    if (tab == std::string_view::npos) return asked;
    const auto rest = plain.substr(tab + 1);
    const auto second = rest.find('\t');
    asked.search = rest.substr(0, second);
    if (second != std::string_view::npos) asked.plus = rest.substr(second + 1);
    return asked;
}

}  // namespace

location location::parse(std::string_view url) {
    return from(url::uri::parse(url));
}

location location::from(const url::uri& url) {
    location found;
    found.secure = url.has_scheme("gophers");
    if (!found.secure && !url.has_scheme("gopher")) refuse(url, "is no gopher URL");
    if (url.host().empty()) refuse(url, "has no host");
    found.host = url::host::parse(url.host()).name();
    found.port = url.port().value_or(70);
    // A `?` belongs to the selector: Gopher has no queries.
    std::string path(url.path());
    if (url.query()) (path += '?') += *url.query();
    const std::string plain = url::unquote(path);
    if (plain.size() > 1) {
        if (plain[1] <= ' ' || plain[1] > '~') refuse(url, "its item type is no letter");
        found.type = static_cast<item_type>(plain[1]);
        found.request = request_from(std::string_view(plain).substr(2));
    }
    (void)to_line(found.request);
    return found;
}

location location::of(const item& which) const {
    location there;
    there.host = which.host;
    there.port = which.port;
    there.type = which.type;
    there.request.selector = which.selector;
    there.secure = secure && which.host == host && which.port == port;
    return there;
}

url::uri location::to_uri() const {
    url::uri_parts parts{.scheme = secure ? "gophers" : "gopher"};
    parts.host = url::host::parse(host).to_string();
    if (port != 70) parts.port = port;
    std::string plain(1, static_cast<char>(type));
    plain += request.selector;
    if (request.search || request.plus) (plain += '\t') += request.search.value_or("");
    if (request.plus) (plain += '\t') += *request.plus;
    parts.path = '/';
    parts.path += url::quote(plain, "/:+!$");
    return url::uri::from(parts);
}

std::ostream& operator<<(std::ostream& out, const location& value) {
    return out << value.to_uri();
}

}  // namespace zocalo::gopher
