// SPDX-License-Identifier: MIT
#include "fetch/mirror_scope.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "fetch/mirror_names.hpp"
#include "fetch/session.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/url/quote.hpp"
#include "zocalo/url/web_url.hpp"

namespace zocalo::program {

namespace {

/// As they are compared; what is no host stays as it is.
url::uri one_spelling(const url::web_url& from) {
    const url::uri plain = from.to_uri().without_fragment().without_user_info();
    return plain.normalised();
}

std::string server_name(const url::uri& of) {
    std::string name(of.host());
    if (of.port()) name += ':' + std::to_string(*of.port());
    return name;
}

/// Whether it is that domain, or in it.
bool is_in_domain(std::string_view host, std::string_view domain) {
    if (!host.ends_with(domain)) return false;
    const std::string_view before = host.substr(0, host.size() - domain.size());
    return before.empty() || before.ends_with('.') || domain.starts_with('.');
}

bool is_in_one(std::string_view host, const std::vector<std::string>& domains) {
    return std::ranges::any_of(
        domains, [host](const std::string& each) { return is_in_domain(host, each); });
}

}  // namespace

std::optional<std::string> mirror_scope::default_folder() const {
    const std::string server = server_name(start_);
    const std::size_t slash = folder_.starts_with('/') ? 1 : 0;
    const auto inner = file_names_of(std::string_view(folder_).substr(slash));
    if (!inner || !file_name_of(server)) return std::nullopt;
    return inner->empty() ? server : server + '/' + *inner;
}

bool mirror_scope::is_same_server(const url::uri& other) const {
    return other.scheme() == start_.scheme() && other.host() == start_.host() &&
           other.port() == start_.port();
}

web_scope::web_scope(const std::string& start, mirror_reach reach) : reach_(std::move(reach)) {
    start_ = one_spelling(url::web_url::parse(start));
    if (!start_.has_scheme("http") && !start_.has_scheme("https"))
        throw std::invalid_argument("--recursive is for http, https and gopher: " + quoted(start));
    const std::string_view path = start_.path();
    folder_ = path.substr(0, path.rfind('/') + 1);
}

bool web_scope::reaches(const url::uri& where, bool is_needed) const {
    if (is_same_server(where))
        return reach_.above || is_needed || where.path().starts_with(folder_);
    if (!reach_.hosts || is_in_one(where.host(), reach_.excluded_domains)) return false;
    return reach_.domains.empty() || is_in_one(where.host(), reach_.domains);
}

belonging web_scope::look(std::string_view link, const std::string& base, url::uri& into,
                          link_use use) const {
    const auto relative_to = url::web_url::try_parse(base);
    const auto read = url::web_url::try_parse(link, relative_to ? &*relative_to : nullptr);
    if (!read || !read->host || (read->scheme != "http" && read->scheme != "https"))
        return belonging::elsewhere;
    try {
        into = one_spelling(*read);
    } catch (const std::invalid_argument&) {
        return belonging::elsewhere;
    }
    const bool is_needed = reach_.requisites && use == link_use::needed;
    if (!reaches(into, is_needed)) return belonging::elsewhere;
    if (into.query() && into != start_ && !is_needed) return belonging::question;
    return name_of(into) ? belonging::inside : belonging::no_name;
}

std::optional<std::string> web_scope::name_of(const url::uri& inside) const {
    const bool is_wide = reach_.is_wide();
    std::string path(
        inside.path().substr(is_wide ? 0 : std::min(folder_.size(), inside.path().size())));
    if (path.empty() || path.ends_with('/')) path += "index.html";
    if (!is_wide) return file_names_of(path);
    if (path.starts_with('/')) path.erase(0, 1);
    const auto names = file_names_of(path);
    const auto server = file_name_of(server_name(inside));
    if (!names || !server) return std::nullopt;
    std::string name = *server + '/' + *names;
    if (inside.query()) name += '?' + query_name(*inside.query());
    return can_be_name(name) ? std::optional(std::move(name)) : std::nullopt;
}

bool web_scope::may_lead_on(const url::uri& where) const {
    const std::string_view path = where.path();
    return path.empty() || path.ends_with('/') || path.ends_with(".html") ||
           path.ends_with(".htm") || path.ends_with(".xhtml") || path.ends_with(".css");
}

std::unique_ptr<mirror_scope> make_mirror_scope(const std::string& start,
                                                const mirror_reach& reach) {
    if (!is_gopher(start)) return std::make_unique<web_scope>(start, reach);
    if (reach.is_wide())
        throw std::invalid_argument(
            "--page-requisites, --span-hosts and --parent are for http and https");
    return std::make_unique<gopher_scope>(start);
}

}  // namespace zocalo::program
