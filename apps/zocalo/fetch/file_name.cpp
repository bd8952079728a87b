// SPDX-License-Identifier: MIT
#include "fetch/file_name.hpp"

#include <algorithm>

#include "zocalo/http/content_disposition.hpp"
#include "zocalo/url/uri.hpp"

namespace zocalo::program {

namespace {

constexpr std::size_t longest_name = 255;  // of most file systems

}  // namespace

std::optional<std::string> name_in_url(std::string_view url) {
    const url::uri where = url::uri::parse(url);
    const std::string_view path = where.path();
    const std::size_t slash = path.rfind('/');
    std::string name(slash == std::string_view::npos ? path : path.substr(slash + 1));
    const bool is_bad = name.empty() || name == "." || name == ".." || name.size() > longest_name;
    return is_bad ? std::nullopt : std::optional(std::move(name));
}

std::string typed_name(std::string_view url) {
    url = url.substr(0, url.find_first_of("?#"));
    url.remove_prefix(url.find_last_of("/\\") + 1);
    const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
    const bool is_usual = std::ranges::all_of(url, is_ascii);
    return is_usual || url.size() > longest_name ? std::string() : std::string(url);
}

std::optional<std::string> name_in_fields(const http::fields& fields) {
    const auto said = fields.find("Content-Disposition");
    if (!said) return std::nullopt;
    const auto read = http::content_disposition::try_parse(*said);
    const auto name = read ? read->file_name() : std::nullopt;
    if (!name) return std::nullopt;
    std::string safe = http::safe_file_name(*name, "");
    return safe.empty() ? std::nullopt : std::optional(std::move(safe));
}

}  // namespace zocalo::program
