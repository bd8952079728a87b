// SPDX-License-Identifier: MIT
// Content in codings: only the declared error; never more than the limits say; the same however it
// was split; what is put into a coding comes out.
#include <optional>
#include <string>
#include <vector>

#include "require.hpp"
#include "zocalo/http/coding.hpp"
#include "zocalo/http/error.hpp"

namespace {

namespace http = zocalo::http;

constexpr http::decode_limits within{
    .size = std::uint64_t{1} << 20, .ratio = 50, .ratio_from = std::uint64_t{1} << 16};

/// Nothing when it was refused.
std::optional<std::string> decoded(std::string_view coded, const std::vector<http::coding>& as,
                                   std::size_t step) {
    http::decoder content(as, within);
    std::string all;
    try {
        for (std::size_t at = 0; at < coded.size(); at += step) {
            for (zocalo::const_buffer rest = coded.substr(at, step);;) {
                const auto got = content.put(rest);
                if (got.used == 0 && got.data.empty()) break;
                all += got.data.text();
                rest = rest.without(got.used);
                require(all.size() == content.given() && all.size() <= within.size);
            }
        }
        content.end();
    } catch (const http::bad_message&) {
        return std::nullopt;
    }
    return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    std::vector<http::coding> as;
    for (unsigned i = 0; i < 1U + data[0] % 3U; ++i)
        as.push_back(static_cast<http::coding>(data[0] >> (2 * (i + 1)) & 3));
    const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
    const auto whole = decoded(text, as, text.size());
    // A ratio is held against what has come, so a split may refuse what comes whole.
    const auto split = decoded(text, as, 1);
    require(!split || split == whole);
    if (whole && as.size() == 1 && whole->size() <= within.ratio_from) require(split == whole);
    if (size > 65536) return 0;
    const std::string coded = http::encode(text, as[0]);
    require(http::decode(coded, {as[0]}, {}) == text);
    return 0;
}
