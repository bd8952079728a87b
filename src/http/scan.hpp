// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "zocalo/http/grammar.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/// Looking for the first character that is not of a kind, 16 at a time where the processor can.
namespace zocalo::http::detail {

#ifdef __SSE2__

inline __m128i load_16(const char* from) noexcept {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}

/// Of 4 to 15 bytes; some of them are there more than once.
inline __m128i load_short(std::string_view text) noexcept {
    const auto load = [](auto part, const char* from) {
        std::memcpy(&part, from, sizeof part);
        return part;
    };
    const char* const end = text.data() + text.size();
    if (text.size() >= 8) {
        return _mm_set_epi64x(load(std::int64_t{}, text.data()), load(std::int64_t{}, end - 8));
    }
    const auto first = load(std::int32_t{}, text.data());
    const auto last = load(std::int32_t{}, end - 4);
    return _mm_set_epi32(first, last, first, last);
}
inline bool is_short(std::string_view text) noexcept {
    return text.size() >= 4 && text.size() < 16;
}

/// Those of 16 bytes that are at most `highest`.
inline __m128i at_most(__m128i bytes, char highest) noexcept {
    return _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(highest)), bytes);
}
inline __m128i between(__m128i bytes, char lowest, char highest) noexcept {
    return at_most(_mm_sub_epi8(bytes, _mm_set1_epi8(lowest)), static_cast<char>(highest - lowest));
}
inline __m128i equal_to(__m128i bytes, char c) noexcept {
    return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c));
}

/// A bit for each that is no character of a value.
inline unsigned control_bits(__m128i bytes) noexcept {
    const __m128i control = _mm_andnot_si128(equal_to(bytes, '\t'), at_most(bytes, 0x1F));
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(control, equal_to(bytes, 0x7F))));
}

/// A bit for each that is no letter, digit or hyphen: names seldom have anything else.
inline unsigned unusual_bits(__m128i bytes) noexcept {
    const __m128i letters = between(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 'a', 'z');
    const __m128i plain = _mm_or_si128(letters, between(bytes, '0', '9'));
    const __m128i usual = _mm_or_si128(plain, equal_to(bytes, '-'));
    return static_cast<unsigned>(_mm_movemask_epi8(usual)) ^ 0xFFFFU;
}

#endif

inline const char* find_other(character kind, const char* at, const char* end) noexcept {
    while (at != end && is(kind, *at))
        ++at;
    return at;
}

/// The first that cannot be in a value, or `end`.
inline const char* find_value_end(const char* at, const char* end) noexcept {
#ifdef __SSE2__
    if (end - at >= 16) {
        const char* const last = end - 16;
        for (;; at = std::min(at + 16, last)) {  // the last 16 may have been seen in part
            const unsigned others = control_bits(load_16(at));
            if (others != 0) return at + std::countr_zero(others);
            if (at == last) return end;
        }
    }
#endif
    return find_other(value_character, at, end);
}

/// The first that cannot be in a name, or `end`.
inline const char* find_name_end(const char* at, const char* end) noexcept {
#ifdef __SSE2__
    for (; end - at >= 16; at += 16) {
        const unsigned others = unusual_bits(load_16(at));
        if (others == 0) continue;
        at += std::countr_zero(others);
        if (*at == ':') return at;
        break;
    }
#endif
    return find_other(token_character, at, end);
}

inline bool is_name_text(std::string_view text) noexcept {
#ifdef __SSE2__
    if (is_short(text) && unusual_bits(load_short(text)) == 0) return true;
#endif
    const char* const end = text.data() + text.size();
    return !text.empty() && find_name_end(end - text.size(), end) == end;
}

inline bool is_value_text(std::string_view text) noexcept {
#ifdef __SSE2__
    if (is_short(text)) return control_bits(load_short(text)) == 0;
#endif
    const char* const end = text.data() + text.size();
    return find_value_end(end - text.size(), end) == end;
}

}  // namespace zocalo::http::detail
