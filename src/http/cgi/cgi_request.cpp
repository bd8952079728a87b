// SPDX-License-Identifier: MIT
#include <map>
#include <memory>
#include <stdexcept>
#include <string_view>

#include "core/ascii.hpp"
#include "http/authority.hpp"
#include "http/proxy/passed_fields.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/http/cgi_program.hpp"
#include "zocalo/http/error.hpp"
#include "zocalo/http/grammar.hpp"
#include "zocalo/tls/info.hpp"
#include "zocalo/url/quote.hpp"

namespace zocalo::http {

namespace {

[[noreturn]] void refuse(status answer, const std::string& why) {
    throw bad_message(answer, "CGI: " + why);
}

/// Variables by their names.
class variables {
 public:
    explicit variables(std::span<const std::string> environment) {
        for (const std::string_view each : environment) {
            const std::size_t sign = each.find('=');
            if (sign != std::string_view::npos)
                all_.emplace(each.substr(0, sign), each.substr(sign + 1));
        }
    }
    /// Empty is the same as not there (RFC 3875 §4.1).
    [[nodiscard]] std::string_view get(std::string_view name) const {
        const auto found = all_.find(name);
        return found == all_.end() ? std::string_view() : found->second;
    }
    [[nodiscard]] auto begin() const { return all_.begin(); }
    [[nodiscard]] auto end() const { return all_.end(); }

 private:
    std::map<std::string_view, std::string_view> all_;
};

method method_in(const variables& all) {
    const std::string_view name = all.get("REQUEST_METHOD");
    if (name.empty()) refuse(status::internal_server_error, "REQUEST_METHOD is not set");
    const auto known = method::try_parse(name);
    if (!known) refuse(status::bad_request, "no method: " + quoted(name, 80));
    if (*known == method::connect) refuse(status::not_implemented, "CONNECT is not for programs");
    return *known;
}

/// PATH_INFO has lost its escapes (RFC 3875 §4.1.5), QUERY_STRING has not.
std::string target_in(const variables& all) {
    const std::string_view path = all.get("PATH_INFO");
    if (!path.empty() && path.front() != '/')
        refuse(status::bad_request, "no path: " + quoted(path, 80));
    std::string target = path.empty() ? "/" : url::quote(path, "/!$&'()*+,;=:@");
    const std::string_view query = all.get("QUERY_STRING");
    if (!query.empty()) target.append("?").append(query);
    if (!detail::is_target(target, false, false))
        refuse(status::bad_request, "no query: " + quoted(query, 80));
    return target;
}

std::uint64_t size_in(const variables& all) {
    const std::string_view text = all.get("CONTENT_LENGTH");
    if (text.empty()) return 0;
    const auto size = from_digits<std::uint64_t>(text);
    if (!size) refuse(status::bad_request, "no length: " + quoted(text, 80));
    return *size;
}

/// `ACCEPT_LANGUAGE` as `Accept-Language`.
std::string field_name_of(std::string_view variable) {
    std::string name;
    for (const char c : variable) {
        const bool is_first = name.empty() || name.back() == '-';
        const char spelled = is_first ? c : lower(c);
        name += c == '_' ? '-' : spelled;
    }
    return name;
}

bool is_withheld(std::string_view name) {
    return !is_token(name) || detail::is_of_the_connection(name) ||
           same_name(name, "Content-Type") || same_name(name, "Proxy");
}

/// The name of the server as Host says it, where the client has said none.
std::string own_host(const variables& all, bool is_secure) {
    std::string host(all.get("SERVER_NAME"));
    if (host.find(':') != std::string::npos && host.front() != '[') host = "[" + host + "]";
    const std::string_view port = all.get("SERVER_PORT");
    if (!host.empty() && !port.empty() && port != (is_secure ? "443" : "80"))
        host.append(":").append(port);
    return host;
}

fields fields_in(const variables& all, bool is_secure) {
    constexpr std::string_view prefix = "HTTP_";
    fields said;
    for (const auto& [variable, value] : all) {
        if (!variable.starts_with(prefix)) continue;
        const std::string name = field_name_of(variable.substr(prefix.size()));
        if (!is_withheld(name)) said.add(name, value);
    }
    if (!all.get("CONTENT_TYPE").empty()) said.add("Content-Type", all.get("CONTENT_TYPE"));
    const std::string host = said.contains("Host") ? std::string() : own_host(all, is_secure);
    if (!host.empty()) said.add("Host", host);
    if (!detail::is_host_and_port(said.get("Host")))
        refuse(status::bad_request, "no host: " + quoted(said.get("Host"), 80));
    return said;
}

/// Servers say `on`, and some `off`.
bool is_secured(const variables& all) {
    const std::string said = lower(all.get("HTTPS"));
    return !said.empty() && said != "off" && said != "0";
}

net::endpoint endpoint_in(const variables& all, std::string_view address, std::string_view port) {
    const auto ip = net::address::try_parse(all.get(address));
    if (!ip) return {};
    return {*ip, from_digits<std::uint16_t>(all.get(port)).value_or(0)};
}

}  // namespace

cgi_request cgi_request::parse(std::span<const std::string> environment) {
    const variables all(environment);
    const bool is_secure = is_secured(all);
    cgi_request made;
    made.head.version = version::http_1_0;
    made.head.method = method_in(all);
    made.head.target = target_in(all);
    made.size = size_in(all);
    try {
        made.head.fields = fields_in(all, is_secure);
    } catch (const std::invalid_argument& error) {
        refuse(status::bad_request, error.what());
    }
    made.user = all.get("REMOTE_USER");
    made.client.address = endpoint_in(all, "REMOTE_ADDR", "REMOTE_PORT");
    if (is_secure) made.client.tls = std::make_shared<const tls::info>();
    made.address = endpoint_in(all, "SERVER_ADDR", "SERVER_PORT");
    return made;
}

}  // namespace zocalo::http
