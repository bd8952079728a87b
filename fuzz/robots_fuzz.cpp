// SPDX-License-Identifier: MIT
// /robots.txt: any text is read; what it says of a path is what matching by trying everything says
// of single rules; linear time.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "linear.hpp"
#include "require.hpp"
#include "zocalo/url/robots.hpp"
#include "zocalo/url/uri.hpp"

namespace {

/// Patterns of letters and stars, by the book: after each of them, all places where one may be.
bool matches(std::string_view pattern, std::string_view path, bool to_the_end) {
    std::vector<bool> places(path.size() + 1);
    places[0] = true;
    for (const char c : pattern) {
        std::vector<bool> next(path.size() + 1);
        for (std::size_t i = 0; i <= path.size(); ++i) {
            if (c == '*') {
                next[i] = places[i] || (i > 0 && next[i - 1]);
            } else if (i > 0) {
                next[i] = places[i - 1] && path[i - 1] == c;
            }
        }
        places = next;
    }
    return to_the_end ? places.back() : std::ranges::find(places, true) != places.end();
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
    linear::require_linear(text, [](const std::string& all) {
        (void)url::robots::parse(all).can_fetch("a", url::uri::parse("http://a/b/c.html?d"));
    });
    return 0;
}
