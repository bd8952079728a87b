// SPDX-License-Identifier: MIT
#include "zocalo/http/coding.hpp"

#include <gtest/gtest.h>

#include "zocalo/http/error.hpp"

namespace {

namespace http = zocalo::http;
using http::coding;

constexpr coding all_codings[] = {coding::gzip, coding::deflate, coding::brotli, coding::zstd};
constexpr std::size_t mebibyte = std::size_t{1} << 20;

/// Text that does not compress to nothing.
std::string some_text(std::size_t size) {
    std::string text;
    for (std::uint64_t number = 1; text.size() < size;) {
        number = (number * 1664525 + 1013904223) & 0xFFFFFFFF;
        text += "word" + std::to_string(number >> 20) + (number % 7 == 0 ? "\n" : " ");
    }
    text.resize(size);
    return text;
}

std::string decoded(zocalo::const_buffer coded, const std::vector<coding>& codings,
                    http::decode_limits within = {}) {
    return http::decode(coded, codings, within);
}

/// The status of the error, or 200.
http::status verdict(std::string_view coded, const std::vector<coding>& codings,
                     http::decode_limits within = {}) {
    try {
        (void)decoded(coded, codings, within);
        return http::status::ok;
    } catch (const http::bad_message& error) {
        return error.answer();
    }
}

/// The same in pieces of that size.
std::string decoded_in_pieces(std::string_view coded, const std::vector<coding>& codings,
                              std::size_t size) {
    http::decoder content(codings);
    std::string all;
    for (std::size_t at = 0; at <= coded.size(); at += size) {
        for (zocalo::const_buffer rest = coded.substr(at, size);;) {
            const auto got = content.put(rest);
            if (got.used == 0 && got.data.empty()) break;
            EXPECT_LE(got.data.size(), 65536U);
            all += got.data.text();
            rest = rest.without(got.used);
        }
    }
    content.end();
    EXPECT_EQ(content.taken(), coded.size());
    EXPECT_EQ(content.given(), all.size());
    return all;
}

TEST(coding, has_a_name) {
    for (const coding which : all_codings)
        EXPECT_EQ(http::try_parse_coding(http::to_text(which)), which);
    EXPECT_EQ(http::try_parse_coding("X-GZip"), coding::gzip);
    EXPECT_EQ(http::try_parse_coding("compress"), std::nullopt);
    using list = std::vector<coding>;
    EXPECT_EQ(http::try_parse_codings(""), list{});
    EXPECT_EQ(http::try_parse_codings("identity"), list{});
    EXPECT_EQ(http::try_parse_codings("gzip , BR,, identity"),
              (list{coding::gzip, coding::brotli}));
    EXPECT_EQ(http::try_parse_codings("gzip, other"), std::nullopt);
    EXPECT_EQ(http::try_parse_codings("gzip;q=1"), std::nullopt);
    EXPECT_TRUE(http::try_parse_codings("gzip,gzip,gzip,gzip,gzip"));
    EXPECT_FALSE(http::try_parse_codings("gzip,gzip,gzip,gzip,gzip,gzip"));
    EXPECT_FALSE(http::try_parse_codings("gzip,gzip,gzip", 2));
}

TEST(coding, gives_back_what_was_put_in) {
    for (const coding which : all_codings) {
        for (const std::size_t size : {0UL, 1UL, 100UL, 65536UL, 300000UL}) {
            const std::string text = some_text(size);
            const std::string coded = http::encode(text, which);
            EXPECT_LT(coded.size(), text.size() / 2 + 200);
            EXPECT_EQ(decoded(coded, {which}), text) << http::to_text(which) << size;
            if (size <= 100) {
                EXPECT_EQ(decoded_in_pieces(coded, {which}, 1), text);
            }
            EXPECT_EQ(decoded_in_pieces(coded, {which}, 777), text);
        }
    }
    EXPECT_EQ(decoded("as it is", {}), "as it is");
}

TEST(coding, can_be_stacked) {
    const std::string text = some_text(200000);
    std::string coded = text;
    std::vector<coding> codings;
    for (const coding which :
         {coding::zstd, coding::brotli, coding::gzip, coding::deflate, coding::gzip}) {
        coded = http::encode(coded, which);
        codings.push_back(which);
        EXPECT_EQ(decoded_in_pieces(coded, codings, 1000), text);
        EXPECT_EQ(verdict(coded.substr(0, coded.size() - 1), codings), http::status::bad_request);
    }
}

TEST(coding, is_flushed_for_events) {
    for (const coding which : all_codings) {
        http::encoder events(which);
        http::decoder content({which});
        for (int i = 0; i < 50; ++i) {
            const std::string event = "data: " + std::to_string(i) + "\n\n";
            std::string sent;
            events.put(event, sent);
            events.flush(sent);
            std::string got;
            for (zocalo::const_buffer rest = sent;;) {
                const auto piece = content.put(rest);
                if (piece.used == 0 && piece.data.empty()) break;
                got += piece.data.text();
                rest = rest.without(piece.used);
            }
            EXPECT_EQ(got, event) << http::to_text(which);
        }
        std::string last;
        events.end(last);
        EXPECT_TRUE(content.put(last).data.empty());
        content.end();
        EXPECT_THROW(events.put("more", last), std::logic_error);
        EXPECT_THROW(events.end(last), std::logic_error);
    }
}

TEST(coding, that_was_cut_off_anywhere_is_refused) {
    const std::string text = some_text(500);
    for (const coding which : all_codings) {
        const std::string coded = http::encode(text, which);
        EXPECT_EQ(verdict("", {which}), http::status::ok);
        for (std::size_t size = 1; size < coded.size(); ++size) {
            EXPECT_EQ(verdict(coded.substr(0, size), {which}), http::status::bad_request)
                << http::to_text(which) << size;
        }
    }
}

TEST(coding, that_goes_on_behind_its_end_is_refused) {
    for (const coding which : all_codings) {
        const std::string coded = http::encode(some_text(500), which);
        for (const std::string_view more : {"x", "\r\n", "\x1f", "\x1f\x8b", "garbage garbage"}) {
            const std::string both = coded + std::string(more);
            EXPECT_EQ(verdict(both, {which}), http::status::bad_request) << http::to_text(which);
        }
        EXPECT_EQ(verdict(coded + std::string(1, '\0'), {which}), http::status::bad_request);
    }
}

TEST(coding, of_several_files_is_one_content) {
    for (const coding which : {coding::gzip, coding::zstd}) {
        const std::string both =
            http::encode("one ", which) + http::encode("", which) + http::encode("two", which);
        EXPECT_EQ(decoded(both, {which}), "one two");
        EXPECT_EQ(decoded_in_pieces(both, {which}, 1), "one two");
    }
    for (const coding which : {coding::deflate, coding::brotli}) {
        const std::string both = http::encode("one ", which) + http::encode("two", which);
        EXPECT_EQ(verdict(both, {which}), http::status::bad_request);
    }
}

TEST(coding, deflate_is_read_without_its_wrapper) {
    for (const std::size_t size : {0UL, 3UL, 5000UL}) {
        const std::string wrapped = http::encode(some_text(size), coding::deflate);
        const std::string raw = wrapped.substr(2, wrapped.size() - 6);
        EXPECT_EQ(decoded(raw, {coding::deflate}), some_text(size));
        EXPECT_EQ(decoded_in_pieces(raw, {coding::deflate}, 1), some_text(size));
    }
}

TEST(coding, that_is_none_is_refused) {
    const std::string text = some_text(500);
    for (const coding which : all_codings) {
        EXPECT_EQ(verdict("<html>this is not what it says it is</html>", {which}),
                  http::status::bad_request);
        // Those with a checksum notice each flip.
        if (which == coding::brotli) continue;
        std::string coded = http::encode(text, which);
        for (std::size_t at = which == coding::gzip ? 10 : 0; at < coded.size(); ++at) {
            coded[at] = static_cast<char>(coded[at] ^ 0x10);
            bool same = false;
            try {
                same = decoded(coded, {which}) == text;  // a flip in what nobody needs
            } catch (const http::bad_message&) {
                same = true;
            }
            EXPECT_TRUE(same) << http::to_text(which) << at;
            coded[at] = static_cast<char>(coded[at] ^ 0x10);
        }
    }
}

/// So many zeroes, in so many codings.
std::string bomb(coding which, int depth, std::size_t size) {
    std::string coded;
    http::encoder made(which);
    const std::string zeroes(mebibyte, '\0');
    for (std::size_t put = 0; put < size; put += zeroes.size())
        made.put(zeroes, coded);
    made.end(coded);
    for (int i = 1; i < depth; ++i)
        coded = http::encode(coded, which);
    return coded;
}

TEST(bomb, is_stopped_by_its_ratio) {
    for (const coding which : all_codings) {
        for (const int depth : {1, 2, 3}) {
            const std::vector<coding> codings(static_cast<std::size_t>(depth), which);
            const std::string coded = bomb(which, depth, 12 * mebibyte);
            http::decoder content(codings, {.ratio = 100, .ratio_from = 8 * mebibyte});
            std::uint64_t most = 0;
            const auto burst = [&] {
                for (zocalo::const_buffer rest = coded;;) {
                    const auto got = content.put(rest);
                    if (got.used == 0 && got.data.empty()) break;
                    most = content.given();
                    rest = rest.without(got.used);
                }
            };
            EXPECT_THROW(burst(), http::bad_message) << http::to_text(which) << depth;
            EXPECT_LE(most, 9 * mebibyte);
            EXPECT_GT(most, 7 * mebibyte);
        }
    }
}

TEST(bomb, is_no_log_of_one_line) {
    std::string log;
    while (log.size() < 24 * mebibyte)
        log += "the same line of a log\n";
    for (const coding which : all_codings) {
        const std::string coded = http::encode(log, which);
        EXPECT_EQ(decoded(coded, {which}), log) << http::to_text(which) << coded.size();
    }
}

TEST(bomb, ends_at_a_gibibyte_by_default) {
    const std::string coded = bomb(coding::zstd, 1, 1040 * mebibyte);
    http::decoder content({coding::zstd});
    const auto burst = [&] {
        for (zocalo::const_buffer rest = coded;;) {
            const auto got = content.put(rest);
            if (got.used == 0 && got.data.empty()) break;
            rest = rest.without(got.used);
        }
    };
    EXPECT_THROW(burst(), http::bad_message);
    EXPECT_LE(content.given(), 1024 * mebibyte);
}

TEST(bomb, inside_of_a_stack_is_stopped_too) {
    // What comes out in the end is little: the inner coding goes on and on with nothing.
    std::string empties;
    const std::string empty = http::encode("", coding::zstd);
    while (empties.size() < 2 * mebibyte)
        empties += empty;
    const std::string coded = http::encode(empties, coding::brotli);
    EXPECT_LT(coded.size(), 1000U);
    EXPECT_EQ(verdict(coded, {coding::zstd, coding::brotli}, {.ratio_from = mebibyte}),
              http::status::content_too_large);
}

TEST(bomb, of_work_inside_of_a_stack_is_stopped_by_default) {
    for (const coding inner : all_codings) {
        if (inner == coding::deflate || inner == coding::brotli) continue;  // no files behind files
        const std::string empty = http::encode("", inner);
        std::string empties;
        while (empties.size() + empty.size() <= 4 * mebibyte)
            empties += empty;
        for (const std::size_t times : {1U, 2U}) {
            std::string content;
            for (std::size_t i = 0; i < times; ++i)
                content += empties;
            const std::string coded = http::encode(content, coding::brotli);
            EXPECT_EQ(verdict(coded, {inner, coding::brotli}),
                      times == 1 ? http::status::ok : http::status::content_too_large)
                << http::to_text(inner);
        }
    }
}

TEST(stack, may_have_content_that_does_not_shrink) {
    std::string content = some_text(6 * mebibyte);
    std::string coded;
    http::encoder inner(coding::gzip);
    for (std::size_t at = 0; at < content.size(); at += 64) {  // events, each flushed
        inner.put(std::string_view(content).substr(at, 64), coded);
        inner.flush(coded);
    }
    inner.end(coded);
    EXPECT_EQ(decoded(http::encode(coded, coding::zstd), {coding::gzip, coding::zstd}), content);
}

TEST(bomb, is_stopped_by_its_size) {
    for (const coding which : all_codings) {
        const std::string coded = http::encode(some_text(100000), which);
        EXPECT_EQ(verdict(coded, {which}, {.size = 100000}), http::status::ok);
        EXPECT_EQ(verdict(coded, {which}, {.size = 99999}), http::status::content_too_large);
    }
    EXPECT_EQ(verdict("four", {}, {.size = 3}), http::status::content_too_large);
}

TEST(bomb, wants_no_memory_in_advance) {
    // A zstd frame whose window is 1 GiB: 2^(10 + 20).
    const std::string_view greedy("\x28\xB5\x2F\xFD\x00\xA0\x01\x00\x00", 9);
    EXPECT_EQ(verdict(greedy, {coding::zstd}), http::status::bad_request);
    const std::string_view modest("\x28\xB5\x2F\xFD\x00\x58\x01\x00\x00", 9);
    EXPECT_EQ(verdict(modest, {coding::zstd}), http::status::ok);
}

TEST(encoder, knows_its_levels) {
    for (const coding which : all_codings) {
        EXPECT_EQ(decoded(http::encode("text", which, 1), {which}), "text");
        EXPECT_EQ(decoded(http::encode("text", which, 9), {which}), "text");
        EXPECT_THROW((void)http::encode("text", which, -1), std::invalid_argument);
        EXPECT_THROW((void)http::encode("text", which, 20), std::invalid_argument);
    }
}

}  // namespace
