// SPDX-License-Identifier: MIT
// zstd, by the library of its authors.
#include <array>
#include <new>

#include <zstd.h>

#include "http/codec.hpp"

namespace zocalo::http::detail {

namespace {

/// 8 MiB: no sender may use more over HTTP (RFC 9659).
constexpr int window_log = 23;

struct freed {
    void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
    void operator()(ZSTD_CCtx* context) const noexcept { ZSTD_freeCCtx(context); }
};

class zstd_decoder final : public decompressor {
 public:
    zstd_decoder() : context_(ZSTD_createDCtx()) {
        if (!context_) throw std::bad_alloc();
        ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, window_log);
    }

    codec_step run(const_buffer coded, mutable_buffer room) override {
        // Several frames behind each other are one content (RFC 8878 §3.1), but asked again for
        // nothing it begins the next.
        if (wanted_ == 0 && coded.empty()) return {};
        ZSTD_inBuffer in{coded.data(), coded.size(), 0};
        ZSTD_outBuffer out{room.data(), room.size(), 0};
        wanted_ = ZSTD_decompressStream(context_.get(), &out, &in);
        if (ZSTD_isError(wanted_) != 0) fail_coding("content is no zstd, or wants too much memory");
        return {in.pos, out.pos};
    }

    [[nodiscard]] bool is_complete() const noexcept override { return wanted_ == 0; }

 private:
    std::unique_ptr<ZSTD_DCtx, freed> context_;
    std::size_t wanted_ = 0;  ///< a hint; 0: a frame has ended
};

class zstd_encoder final : public compressor {
 public:
    explicit zstd_encoder(int level) : context_(ZSTD_createCCtx()) {
        if (!context_) throw std::bad_alloc();
        ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, level);
        ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
    }

    codec_step run(const_buffer content, mutable_buffer room, wish what) override {
        constexpr std::array<ZSTD_EndDirective, 3> directives{ZSTD_e_continue, ZSTD_e_flush,
                                                              ZSTD_e_end};
        ZSTD_inBuffer in{content.data(), content.size(), 0};
        ZSTD_outBuffer out{room.data(), room.size(), 0};
        if (is_over_) return {};
        const std::size_t left = ZSTD_compressStream2(context_.get(), &out, &in,
                                                      directives[static_cast<std::size_t>(what)]);
        if (ZSTD_isError(left) != 0) throw std::bad_alloc();  // the only thing that can go wrong
        is_over_ = what == wish::end && left == 0;
        return {in.pos, out.pos};
    }

 private:
    std::unique_ptr<ZSTD_CCtx, freed> context_;
    bool is_over_ = false;  ///< the next call would begin another frame
};

}  // namespace

std::unique_ptr<decompressor> make_zstd_decoder() {
    return std::make_unique<zstd_decoder>();
}

std::unique_ptr<compressor> make_zstd_encoder(int level) {
    return std::make_unique<zstd_encoder>(level);
}

}  // namespace zocalo::http::detail
