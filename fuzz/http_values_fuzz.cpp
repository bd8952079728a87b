// SPDX-License-Identifier: MIT
// Values of fields: any text is read; dates, tags, types and Content-Range are read again the same
// when they are written; ranges lie within the whole, and one alone is what a naive reader finds;
// linear time.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "linear.hpp"
#include "require.hpp"
#include "zocalo/http/conditional.hpp"
#include "zocalo/http/date.hpp"
#include "zocalo/http/media_type.hpp"
#include "zocalo/http/negotiate.hpp"
#include "zocalo/http/range.hpp"

namespace {

namespace http = zocalo::http;

constexpr std::chrono::sys_seconds now{std::chrono::days(20000)};
constexpr std::uint64_t whole = 1000;

void written_again(const std::string& text) {
    if (const auto when = http::parse_date(text, now))
        require(http::parse_date(http::date_text(*when), now) == when);
    if (const auto tag = http::entity_tag::try_parse(text))
        require(http::entity_tag::try_parse(tag->to_string()) == tag);
    if (const auto part = http::content_range::try_parse(text))
        require(http::content_range::try_parse(part->to_string()) == part);
    if (const auto type = http::media_type::try_parse(text))
        require(http::media_type::try_parse(type->to_string()) == type);
}

void ranges(const std::string& text) {
    const http::chosen_ranges chosen = http::choose_ranges(text, whole);
    require((chosen.answer == http::range_answer::partial) == !chosen.parts.empty());
    for (std::size_t i = 0; i < chosen.parts.size(); ++i) {
        const http::byte_range& each = chosen.parts[i];
        require(each.first <= each.last && each.last < whole);
        for (std::size_t j = 0; j < i; ++j)
            require(chosen.parts[j].last < each.first || each.last < chosen.parts[j].first);
    }
}

/// The oracle: of two small numbers it is plain what is meant.
void one_range(std::uint64_t first, std::uint64_t last) {
    const std::string text = "bytes=" + std::to_string(first) + "-" + std::to_string(last);
    const http::chosen_ranges chosen = http::choose_ranges(text, whole);
    if (last < first) {
        require(chosen.answer == http::range_answer::whole);
    } else if (first >= whole) {
        require(chosen.answer == http::range_answer::none);
    } else {
        const http::byte_range expected{first, std::min(last, whole - 1)};
        require(chosen.parts == std::vector<http::byte_range>{expected});
    }
}

void choices(const std::string& text) {
    constexpr std::string_view types[] = {"text/html", "application/json", "image/png"};
    constexpr std::string_view codings[] = {"br", "gzip"};
    require(http::choose_media_type(text, types).value_or(0) < 3);
    require(http::choose_coding(text, codings).value_or(0) < 2);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    written_again(text);
    ranges(text);
    choices(text);
    if (size >= 4) {
        const auto number = [&](std::size_t at) { return std::uint64_t{data[at]} * 8; };
        one_range(number(0) + data[1] % 8, number(2) + data[3] % 8);
    }
    linear::require_linear(text, [](const std::string& all) {
        (void)http::media_type::try_parse(all);
        ranges(all);
        choices(all);
    });
    return 0;
}
