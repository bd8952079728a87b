// SPDX-License-Identifier: MIT
// A stack of codings is a row of stages, each with room for what it made last. The last stage that
// can do something does it: so nothing is made before what was made earlier is used up.
#include "zocalo/http/coding.hpp"

#include <array>
#include <stdexcept>

#include "http/codec.hpp"
#include "http/lists.hpp"
#include "zocalo/http/error.hpp"
#include "zocalo/http/grammar.hpp"

namespace zocalo::http {

namespace {

constexpr std::array<std::string_view, 4> names{"gzip", "deflate", "br", "zstd"};
constexpr std::size_t room_size = std::size_t{64} * 1024;

// Content is coded again to make it smaller. What is much larger in its inner coding than without
// it is there to keep a decoder busy that gives nothing: a gibibyte of empty gzip files, in brotli.
constexpr std::uint64_t inner_from = std::uint64_t{4} * 1024 * 1024;
constexpr std::uint64_t inner_ratio = 8;

std::unique_ptr<detail::decompressor> make_decompressor(coding which) {
    if (which == coding::brotli) return detail::make_brotli_decoder();
    if (which == coding::zstd) return detail::make_zstd_decoder();
    return detail::make_inflater(which);
}

std::unique_ptr<detail::compressor> make_compressor(coding which, std::optional<int> wanted) {
    struct levels {
        int usual, lowest, highest;
    };
    constexpr std::array<levels, 4> known{{{6, 1, 9}, {6, 1, 9}, {5, 0, 11}, {3, 1, 19}}};
    const levels& allowed = known[static_cast<std::size_t>(which)];
    const int level = wanted.value_or(allowed.usual);
    if (level < allowed.lowest || level > allowed.highest) {
        throw std::invalid_argument("no level of " + std::string(to_text(which)) + ": " +
                                    std::to_string(level));
    }
    if (which == coding::brotli) return detail::make_brotli_encoder(level);
    if (which == coding::zstd) return detail::make_zstd_encoder(level);
    return detail::make_deflater(which, level);
}

/// Appends all that a wish makes.
void drive(detail::compressor& with, const_buffer content, detail::compressor::wish what,
           std::string& out) {
    constexpr std::size_t step = std::size_t{16} * 1024;
    for (;;) {
        const std::size_t before = out.size();
        out.resize(before + step);
        const detail::codec_step done =
            with.run(content, mutable_buffer(out.data() + before, step), what);
        out.resize(before + done.made);
        content = content.without(done.used);
        // What has not filled the room holds nothing back.
        if (content.empty() && done.made < step) return;
    }
}

}  // namespace

void detail::fail_coding(const char* what) {
    throw bad_message(status::bad_request, what);
}

std::string_view to_text(coding which) noexcept {
    return names[static_cast<std::size_t>(which)];
}

std::optional<coding> try_parse_coding(std::string_view text) noexcept {
    if (same_name(text, "x-gzip")) return coding::gzip;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (same_name(text, names[i])) return static_cast<coding>(i);
    }
    return std::nullopt;
}

std::optional<std::vector<coding>> try_parse_codings(std::string_view list, std::size_t most) {
    std::vector<coding> all;
    while (!list.empty()) {
        const std::string_view name = detail::take_until(list, ',');
        if (name.empty() || same_name(name, "identity")) continue;
        const auto which = try_parse_coding(name);
        if (!which || all.size() == most) return std::nullopt;
        all.push_back(*which);
    }
    return all;
}

// --- The decoder

struct decoder::stage {
    std::unique_ptr<detail::decompressor> by;
    std::string room;
    const_buffer unread = {};  ///< of the room: what the next stage has not taken yet
    bool was_full = false;     ///< there may be more without more going in
    std::uint64_t given = 0;
};

decoder::decoder(const std::vector<coding>& codings, const decode_limits& within)
    : limits_(within) {
    for (auto which = codings.rbegin(); which != codings.rend(); ++which) {
        stages_.emplace_back();
        stages_.back().by = make_decompressor(*which);
        stages_.back().room.resize(room_size);
    }
}

decoder::decoder(decoder&& other) noexcept = default;
decoder& decoder::operator=(decoder&& other) noexcept = default;
decoder::~decoder() = default;

decoder::piece decoder::put(const_buffer coded) {
    piece made;
    if (stages_.empty()) {
        taken_ += coded.size();
        given_ += coded.size();
        hold_limits(given_, true);
        return {coded.size(), coded};
    }
    std::size_t index = stages_.size();
    while (index > 0) {
        --index;
        if (!run(index, coded.without(made.used), made)) continue;
        if (!made.data.empty()) return made;
        index = stages_.size();  // from the last one again
    }
    return made;
}

/// One step of one stage: whether it did anything. What the last one made goes to `made`.
bool decoder::run(std::size_t index, const_buffer coded, piece& made) {
    stage& here = stages_[index];
    const const_buffer input = index == 0 ? coded : stages_[index - 1].unread;
    if (input.empty() && !here.was_full) return false;
    const detail::codec_step done = here.by->run(input, here.room);
    here.was_full = done.made == here.room.size();
    if (done.used == 0 && done.made == 0) return false;
    if (index == 0) {
        made.used += done.used;
        taken_ += done.used;
    } else {
        stages_[index - 1].unread = input.without(done.used);
    }
    const bool is_last = index + 1 == stages_.size();
    here.given += done.made;
    hold_limits(here.given, is_last);
    const const_buffer fresh(here.room.data(), done.made);
    if (is_last) {
        given_ = here.given;
        made.data = fresh;
    } else {
        here.unread = fresh;
    }
    return true;
}

void decoder::hold_limits(std::uint64_t given, bool is_last) const {
    if (is_last && given > limits_.size)
        throw bad_message(status::content_too_large, "content is too large when it is decoded");
    if (given > limits_.ratio_from && given / limits_.ratio > taken_)
        throw bad_message(status::content_too_large, "content grows too much when it is decoded");
    if (!is_last && given > inner_from && (given - inner_from) / inner_ratio > given_)
        throw bad_message(status::content_too_large, "content is much larger coded than decoded");
}

void decoder::end() const {
    for (const stage& each : stages_) {
        if (!each.by->is_complete()) detail::fail_coding("content was cut off");
    }
}

std::string decode(const_buffer coded, const std::vector<coding>& codings,
                   const decode_limits& within) {
    decoder content(codings, within);
    std::string all;
    for (const_buffer rest = coded;;) {
        const decoder::piece got = content.put(rest);
        if (got.used == 0 && got.data.empty()) break;
        all += got.data.text();
        rest = rest.without(got.used);
    }
    content.end();
    return all;
}

// --- The encoder

encoder::encoder(coding which, std::optional<int> level)
    : compressor_(make_compressor(which, level)) {}
encoder::encoder(encoder&& other) noexcept = default;
encoder& encoder::operator=(encoder&& other) noexcept = default;
encoder::~encoder() = default;

void encoder::put(const_buffer content, std::string& out) {
    if (has_ended_) throw std::logic_error("content after its end");
    if (!content.empty()) drive(*compressor_, content, detail::compressor::wish::go_on, out);
}

void encoder::flush(std::string& out) {
    if (has_ended_) throw std::logic_error("content after its end");
    drive(*compressor_, {}, detail::compressor::wish::flush, out);
}

void encoder::end(std::string& out) {
    if (has_ended_) throw std::logic_error("content after its end");
    has_ended_ = true;
    drive(*compressor_, {}, detail::compressor::wish::end, out);
}

std::string encode(const_buffer content, coding which, std::optional<int> level) {
    encoder made(which, level);
    std::string out;
    made.put(content, out);
    made.end(out);
    return out;
}

}  // namespace zocalo::http
