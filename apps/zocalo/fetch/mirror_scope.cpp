// SPDX-License-Identifier: MIT
#include "fetch/mirror_scope.hpp"

#include <stdexcept>

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

}  // namespace

std::optional<std::string> mirror_scope::default_folder() const {
    std::string server(start_.host());
    if (start_.port()) server += ':' + std::to_string(*start_.port());
    const std::size_t slash = folder_.starts_with('/') ? 1 : 0;
    const auto inner = file_names_of(std::string_view(folder_).substr(slash));
    if (!inner || !file_name_of(server)) return std::nullopt;
    return inner->empty() ? server : server + '/' + *inner;
}

bool mirror_scope::is_same_server(const url::uri& other) const {
    return other.scheme() == start_.scheme() && other.host() == start_.host() &&
           other.port() == start_.port();
}

web_scope::web_scope(const std::string& start) {
    start_ = one_spelling(url::web_url::parse(start));
    if (!start_.has_scheme("http") && !start_.has_scheme("https"))
        throw std::invalid_argument("--recursive is for http, https and gopher: " + quoted(start));
    const std::string_view path = start_.path();
    folder_ = path.substr(0, path.rfind('/') + 1);
}

belonging web_scope::look(std::string_view link, const std::string& base, url::uri& into) const {
    const auto relative_to = url::web_url::try_parse(base);
    const auto read = url::web_url::try_parse(link, relative_to ? &*relative_to : nullptr);
    if (!read || !read->host || (read->scheme != "http" && read->scheme != "https"))
        return belonging::elsewhere;
    try {
        into = one_spelling(*read);
    } catch (const std::invalid_argument&) {
        return belonging::elsewhere;
    }
    if (!is_same_server(into) || !into.path().starts_with(folder_)) return belonging::elsewhere;
    if (into.query() && into != start_) return belonging::question;
    return name_of(into) ? belonging::inside : belonging::no_name;
}

std::optional<std::string> web_scope::name_of(const url::uri& inside) const {
    std::string path(inside.path().substr(std::min(folder_.size(), inside.path().size())));
    if (path.empty() || path.ends_with('/')) path += "index.html";
    return file_names_of(path);
}

bool web_scope::may_lead_on(const url::uri& where) const {
    const std::string_view path = where.path();
    return path.empty() || path.ends_with('/') || path.ends_with(".html") ||
           path.ends_with(".htm") || path.ends_with(".xhtml") || path.ends_with(".css");
}

std::unique_ptr<mirror_scope> make_mirror_scope(const std::string& start) {
    if (is_gopher(start)) return std::make_unique<gopher_scope>(start);
    return std::make_unique<web_scope>(start);
}

}  // namespace zocalo::program
