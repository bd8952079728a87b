// SPDX-License-Identifier: MIT
#include "http/cgi/cgi_environment.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "core/ascii.hpp"
#include "http/authority.hpp"
#include "http/lists.hpp"
#include "http/proxy/passed_fields.hpp"
#include "http/proxy/target.hpp"
#include "zocalo/http/grammar.hpp"

namespace zocalo::http::detail {

namespace {

/// Fields that are no HTTP_ variables: secrets, what has variables of its own, and `Proxy`, for
/// many programs take HTTP_PROXY for the user's choice of a proxy (httpoxy).
bool is_withheld(std::string_view name) {
    constexpr std::array<std::string_view, 3> known{"Proxy", "Authorization", "Content-Type"};
    return is_of_the_connection(name) || name.find('_') != std::string_view::npos ||
           std::ranges::any_of(known, [&](std::string_view each) { return same_name(each, name); });
}

std::string variable_of(std::string_view field) {
    std::string name = "HTTP_";
    for (const char c : field) {
        if (c == '-') {
            name += '_';
        } else {
            name += is_letter(c) ? static_cast<char>(c & ~32) : c;
        }
    }
    return name;
}

void add_fields(std::map<std::string, std::string>& to, const fields& request) {
    const std::string named = request.joined("Connection");
    for (const field each : request) {
        if (is_withheld(each.name) || has_member(named, each.name)) continue;
        const bool is_cookie = same_name(each.name, "Cookie");
        std::string& value = to[variable_of(each.name)];
        if (!value.empty()) value += is_cookie ? "; " : ", ";
        value += each.value;
    }
}

/// HTTP-version has a minor number there (RFC 3875 §4.1.16).
std::string protocol_of(version spoken) {
    return spoken == version::http_2 ? "HTTP/2.0" : std::string(to_text(spoken));
}

/// `Basic`; the credentials themselves are withheld.
std::string auth_type_of(std::string_view authorization) {
    return std::string(authorization.substr(0, authorization.find(' ')));
}

/// Where a path of the site would be; empty when it would be outside, or nowhere.
std::string translated_path(const std::string& path, const std::string& documents) {
    if (path.empty() || documents.empty() || has_dot_segment(path)) return {};
    std::string below = documents;
    while (below.ends_with('/'))
        below.pop_back();
    return below + path;
}

}  // namespace

std::vector<std::string> cgi_environment(const exchange& asked, const cgi_script& which,
                                         const std::vector<std::string>& given,
                                         const std::string& documents) {
    const request_head& request = asked.request();
    const serve::connection& client = asked.client();
    const net::endpoint& peer = client.peer().address;
    const net::endpoint& here = client.local_endpoint();
    std::map<std::string, std::string> all{
        {"GATEWAY_INTERFACE", "CGI/1.1"},
        {"PATH", "/usr/local/bin:/usr/bin:/bin"},
        {"QUERY_STRING", std::string(asked.query())},
        {"REMOTE_ADDR", peer.is_inet() ? peer.ip().unmapped().to_string() : ""},
        {"REQUEST_METHOD", std::string(request.method.text())},
        {"REQUEST_URI", request.target},
        {"SCRIPT_FILENAME", which.file},
        {"SCRIPT_NAME", which.name},
        {"SERVER_NAME", std::string(without_port(asked.authority()))},
        {"SERVER_PORT", here.is_inet() ? std::to_string(here.port()) : ""},
        {"SERVER_PROTOCOL", protocol_of(request.version)},
        {"SERVER_SOFTWARE", "zocalo"}};
    all["REMOTE_HOST"] = all["REMOTE_ADDR"];
    if (all["SERVER_NAME"].empty() && here.is_inet()) all["SERVER_NAME"] = here.ip().to_string();
    if (peer.is_inet()) all["REMOTE_PORT"] = std::to_string(peer.port());
    if (!asked.user().empty()) {
        all["REMOTE_USER"] = asked.user();
        const std::string how = auth_type_of(request.fields.get("Authorization"));
        if (!how.empty()) all["AUTH_TYPE"] = how;
    }
    if (!which.path_info.empty()) all["PATH_INFO"] = which.path_info;
    const std::string translated = translated_path(which.path_info, documents);
    if (!translated.empty()) all["PATH_TRANSLATED"] = translated;
    if (asked.is_secure()) all["HTTPS"] = "on";
    const std::string_view type = request.fields.get("Content-Type");
    if (!type.empty()) all["CONTENT_TYPE"] = type;
    if (asked.announced()) all["CONTENT_LENGTH"] = std::to_string(*asked.announced());
    add_fields(all, request.fields);

    std::vector<std::string> lines;
    for (const auto& [name, value] : all) {
        std::string line = name;
        line += '=';
        const bool is_given = std::ranges::any_of(
            given, [&line](const std::string& each) { return each.starts_with(line); });
        if (!is_given) lines.push_back(line += value);
    }
    lines.insert(lines.end(), given.begin(), given.end());
    return lines;
}

}  // namespace zocalo::http::detail
