// SPDX-License-Identifier: MIT
// Relative references and one spelling: RFC 3986 §5.2 and §6.2.
#include <stdexcept>

#include "core/ascii.hpp"
#include "url/escape_sequence.hpp"
#include "url/uri_parser.hpp"
#include "zocalo/url/host.hpp"
#include "zocalo/url/uri.hpp"

namespace zocalo::url {

namespace {

/// §5.2.3: the path of the base up to its last slash, and then that of the reference.
std::string merged(const uri& base, std::string_view path) {
    if (base.has_authority() && base.path().empty()) return "/" + std::string(path);
    const auto slash = base.path().rfind('/');
    std::string both(base.path().substr(0, slash == std::string_view::npos ? 0 : slash + 1));
    return both += path;
}

/// A path that comes out of joining must not be taken for an authority, nor its first segment for a
/// scheme: `/.//b` says the same and is not (as in the WHATWG's standard).
void keep_apart(uri_parts& target) {
    if (!target.host && target.path.starts_with("//")) target.path.insert(0, "/.");
}

/// §5.2.2, with the parts that the reference leaves out taken from the base.
void complete(uri_parts& target, const uri& base) {
    const uri_parts from = base.parts();
    target.scheme = from.scheme;
    if (target.host) {
        target.path = remove_dot_segments(target.path);
        return;
    }
    target.user_info = from.user_info;
    target.host = from.host;
    target.port = from.port;
    if (target.path.empty()) {
        target.path = from.path;
        if (!target.query) target.query = from.query;
    } else if (target.path.starts_with('/')) {
        target.path = remove_dot_segments(target.path);
    } else {
        target.path = remove_dot_segments(merged(base, target.path));
    }
}

/// Escapes in upper case, and none of what needs none (§6.2.2).
std::string with_few_escapes(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = escape_at(text, i);
        if (!byte) {
            plain += text[i];
            continue;
        }
        if (unreserved.has(*byte)) {
            plain += *byte;
        } else {
            append_escape(plain, *byte);
        }
        i += 2;
    }
    return plain;
}

void shorten_escapes(std::optional<std::string>& part) {
    if (part) part = with_few_escapes(*part);
}

}  // namespace

std::string remove_dot_segments(std::string_view path) {
    std::string kept;
    while (!path.empty()) {
        if (path.starts_with("../")) {  // A
            path.remove_prefix(3);
        } else if (path.starts_with("./") || path.starts_with("/./")) {  // A, B
            path.remove_prefix(2);
        } else if (path == "/.") {
            path = "/";
        } else if (path.starts_with("/../") || path == "/..") {  // C
            path = path.size() == 3 ? "/" : path.substr(3);
            const auto slash = kept.rfind('/');
            kept.erase(slash == std::string::npos ? 0 : slash);
        } else if (path == "." || path == "..") {  // D
            path = {};
        } else {  // E
            const auto end = path.find('/', 1);
            kept += path.substr(0, end);
            path = end == std::string_view::npos ? "" : path.substr(end);
        }
    }
    return kept;
}

uri uri::join(const uri& reference) const {
    if (is_relative()) {
        throw std::invalid_argument("URL " + shown_without_user_info(text_) +
                                    ": a base has to have a scheme");
    }
    uri_parts target = reference.parts();
    if (reference.is_relative()) {
        complete(target, *this);
    } else {
        target.path = remove_dot_segments(target.path);
    }
    keep_apart(target);
    return from(target);
}

uri uri::normalised() const {
    uri_parts same = parts();
    same.scheme = lower(same.scheme);
    shorten_escapes(same.user_info);
    if (same.host && !same.host->empty()) same.host = url::host::parse(*same.host).to_string();
    if (same.port && same.port == default_port(same.scheme)) same.port.reset();
    same.path = with_few_escapes(same.path);
    if (!is_relative()) same.path = remove_dot_segments(same.path);
    if (same.path.empty() && same.host && !same.host->empty()) same.path = "/";
    shorten_escapes(same.query);
    shorten_escapes(same.fragment);
    keep_apart(same);
    return from(same);
}

}  // namespace zocalo::url
