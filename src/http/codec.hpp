// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "zocalo/core/buffer.hpp"
#include "zocalo/http/coding.hpp"

/// The libraries that know the codings, each behind the same two interfaces.
namespace zocalo::http::detail {

/// What one step did.
struct codec_step {
    std::size_t used = 0;
    std::size_t made = 0;
};

class decompressor {
 public:
    virtual ~decompressor() = default;

    /// Fills `room` from `coded`. Nothing used and nothing made: it needs more.
    ///
    /// Throws bad_message for what is none of its coding, or stands behind its end.
    virtual codec_step run(const_buffer coded, mutable_buffer room) = 0;
    /// Whether it may end here.
    [[nodiscard]] virtual bool is_complete() const noexcept = 0;
};

class compressor {
 public:
    enum class wish : std::uint8_t { go_on, flush, end };

    virtual ~compressor() = default;

    /// The same; nothing made and nothing left: the wish was granted.
    virtual codec_step run(const_buffer content, mutable_buffer room, wish what) = 0;
};

[[nodiscard]] std::unique_ptr<decompressor> make_inflater(coding which);
[[nodiscard]] std::unique_ptr<compressor> make_deflater(coding which, int level);
[[nodiscard]] std::unique_ptr<decompressor> make_brotli_decoder();
[[nodiscard]] std::unique_ptr<compressor> make_brotli_encoder(int level);
[[nodiscard]] std::unique_ptr<decompressor> make_zstd_decoder();
[[nodiscard]] std::unique_ptr<compressor> make_zstd_encoder(int level);

/// Content that cannot be read. `what` names the coding and what is wrong.
[[noreturn]] void fail_coding(const char* what);

}  // namespace zocalo::http::detail
