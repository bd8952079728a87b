// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
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
inline unsigned control_bits(const char* sixteen) noexcept {
    const __m128i bytes = load_16(sixteen);
    const __m128i control = _mm_andnot_si128(equal_to(bytes, '\t'), at_most(bytes, 0x1F));
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(control, equal_to(bytes, 0x7F))));
}

/// A bit for each that is no letter, digit or hyphen: names seldom have anything else.
inline unsigned unusual_bits(const char* sixteen) noexcept {
    const __m128i bytes = load_16(sixteen);
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
    for (; end - at >= 16; at += 16) {
        const unsigned others = control_bits(at);
        if (others != 0) return at + std::countr_zero(others);
    }
#endif
    return find_other(value_character, at, end);
}

/// The first that cannot be in a name, or `end`.
inline const char* find_name_end(const char* at, const char* end) noexcept {
#ifdef __SSE2__
    for (; end - at >= 16; at += 16) {
        const unsigned others = unusual_bits(at);
        if (others == 0) continue;
        at += std::countr_zero(others);
        if (*at == ':') return at;
        break;
    }
#endif
    return find_other(token_character, at, end);
}

inline bool is_value_text(std::string_view text) noexcept {
    const char* const end = text.data() + text.size();
    return find_value_end(end - text.size(), end) == end;
}

}  // namespace zocalo::http::detail
