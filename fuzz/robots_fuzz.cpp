// SPDX-License-Identifier: MIT
// /robots.txt: any text is read; what it says of a path is what matching by trying everything says
// of single rules.
#include <cstddef>
#include <cstdint>
#include <string>

#include "require.hpp"
#include "zocalo/url/robots.hpp"
#include "zocalo/url/uri.hpp"

namespace {

/// Patterns of letters and stars, by the book.
bool matches(std::string_view pattern, std::string_view path, bool to_the_end) {
    if (pattern.empty()) return !to_the_end || path.empty();
    if (pattern[0] == '*') {
        for (std::size_t skipped = 0; skipped <= path.size(); ++skipped) {
            if (matches(pattern.substr(1), path.substr(skipped), to_the_end)) return true;
        }
        return false;
    }
    return !path.empty() && path[0] == pattern[0] &&
           matches(pattern.substr(1), path.substr(1), to_the_end);
}

/// Few letters, so that much matches.
void compare(std::string_view bytes) {
    std::string pattern = "/";
    std::string path = "/";
    for (const char c : bytes.substr(0, 24)) {
        const auto bits = static_cast<unsigned char>(c);
        if ((bits & 3U) != 3) pattern += "ab*"[bits & 3U];
        if ((bits & 4U) != 0) path += (bits & 8U) != 0 ? 'a' : 'b';
    }
    const bool is_anchored = !bytes.empty() && (static_cast<unsigned char>(bytes[0]) & 16U) != 0;
    const std::string text = "User-agent: *\nDisallow: " + pattern + (is_anchored ? "$\n" : "\n");
    const auto rules = zocalo::url::robots::parse(text);
    const bool is_hit = !rules.can_fetch("a", zocalo::url::uri::parse("http://a" + path));
    require(is_hit == matches(pattern, path, is_anchored));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    namespace url = zocalo::url;
    const std::string text(reinterpret_cast<const char*>(data), size);
    const url::robots rules = url::robots::parse(text);
    (void)rules.can_fetch("zocalo/1", url::uri::parse("http://a/b/c.html?d=%2A"));
    (void)rules.crawl_delay("a");
    (void)rules.request_rate("a");
    require(rules.can_fetch("a", url::uri::parse("http://a/robots.txt")));
    require(rules.site_maps().size() <= size);
    compare(text);
    return 0;
}
