// SPDX-License-Identifier: MIT
// gzip and deflate, by zlib.
//
// What is called deflate is two things: RFC 1950 says a wrapper, and some servers have always sent
// it without. The two bytes of the wrapper tell: no sensible stream begins like it.
#include <algorithm>
#include <array>
#include <limits>
#include <new>

#define ZLIB_CONST  // what it reads is const
#include <zlib.h>

#include "http/codec.hpp"

namespace zocalo::http::detail {

namespace {

constexpr int window_bits = 15;
constexpr int with_gzip = 16;

const Bytef* bytes_of(const std::byte* data) noexcept {
    return reinterpret_cast<const Bytef*>(data);
}
Bytef* bytes_of(std::byte* data) noexcept {
    return reinterpret_cast<Bytef*>(data);
}

uInt as_much(std::size_t size) noexcept {
    return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
}

class inflater final : public decompressor {
 public:
    explicit inflater(int bits) {
        if (inflateInit2(&stream_, bits) != Z_OK) throw std::bad_alloc();
    }
    inflater(const inflater&) = delete;
    inflater& operator=(const inflater&) = delete;
    ~inflater() override { inflateEnd(&stream_); }

    codec_step run(const_buffer coded, mutable_buffer room) override {
        if (is_over_) {
            if (coded.empty()) return {};
            begin_member();
        }
        stream_.next_in = bytes_of(coded.data());
        stream_.avail_in = as_much(coded.size());
        stream_.next_out = bytes_of(room.data());
        stream_.avail_out = as_much(room.size());
        const int result = inflate(&stream_, Z_NO_FLUSH);
        const codec_step done{as_much(coded.size()) - stream_.avail_in,
                              as_much(room.size()) - stream_.avail_out};
        has_begun_ = has_begun_ || done.used != 0;
        is_over_ = result == Z_STREAM_END;
        if (result == Z_MEM_ERROR) throw std::bad_alloc();
        if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
            fail_coding("content is no gzip or deflate");
        return done;
    }

    [[nodiscard]] bool is_complete() const noexcept override { return is_over_ || !has_begun_; }

    /// Several gzip files behind each other are one (RFC 1952 §2.2).
    void allow_members() noexcept { has_members_ = true; }

 private:
    void begin_member() {
        if (!has_members_ || inflateReset(&stream_) != Z_OK)
            fail_coding("content goes on behind its end");
        is_over_ = false;
    }

    z_stream stream_{};
    bool has_begun_ = false;
    bool is_over_ = false;
    bool has_members_ = false;
};

/// Looks at two bytes, and is an inflater then.
class deflate_reader final : public decompressor {
 public:
    codec_step run(const_buffer coded, mutable_buffer room) override {
        if (!inner_) return look(coded, room);
        if (given_ < seen_) {
            const codec_step done =
                inner_->run(const_buffer(head_.data() + given_, seen_ - given_), room);
            given_ += done.used;
            return {0, done.made};
        }
        return inner_->run(coded, room);
    }

    [[nodiscard]] bool is_complete() const noexcept override {
        return inner_ ? given_ == seen_ && inner_->is_complete() : seen_ == 0;
    }

 private:
    codec_step look(const_buffer coded, mutable_buffer room) {
        const std::size_t used = std::min(coded.size(), head_.size() - seen_);
        std::copy_n(coded.data(), used, head_.data() + seen_);
        seen_ += used;
        if (seen_ < head_.size()) return {used, 0};
        const unsigned both =
            std::to_integer<unsigned>(head_[0]) << 8 | std::to_integer<unsigned>(head_[1]);
        // RFC 1950 §2.2: the method is 8, and both bytes are a multiple of 31.
        const bool is_wrapped = (both >> 8 & 15) == 8 && both % 31 == 0;
        inner_ = std::make_unique<inflater>(is_wrapped ? window_bits : -window_bits);
        codec_step done = inner_->run(const_buffer(head_.data(), seen_), room);
        given_ = done.used;
        done.used = used;
        return done;
    }

    std::unique_ptr<inflater> inner_;
    std::array<std::byte, 2> head_{};
    std::size_t seen_ = 0;   ///< bytes of it
    std::size_t given_ = 0;  ///< that the inflater has
};

class deflater final : public compressor {
 public:
    deflater(int bits, int level) {
        constexpr int memory = 8;
        if (deflateInit2(&stream_, level, Z_DEFLATED, bits, memory, Z_DEFAULT_STRATEGY) != Z_OK)
            throw std::bad_alloc();
    }
    deflater(const deflater&) = delete;
    deflater& operator=(const deflater&) = delete;
    ~deflater() override { deflateEnd(&stream_); }

    codec_step run(const_buffer content, mutable_buffer room, wish what) override {
        constexpr std::array<int, 3> flags{Z_NO_FLUSH, Z_SYNC_FLUSH, Z_FINISH};
        stream_.next_in = bytes_of(content.data());
        stream_.avail_in = as_much(content.size());
        stream_.next_out = bytes_of(room.data());
        stream_.avail_out = as_much(room.size());
        deflate(&stream_, flags[static_cast<std::size_t>(what)]);
        return {as_much(content.size()) - stream_.avail_in,
                as_much(room.size()) - stream_.avail_out};
    }

 private:
    z_stream stream_{};
};

}  // namespace

std::unique_ptr<decompressor> make_inflater(coding which) {
    if (which == coding::deflate) return std::make_unique<deflate_reader>();
    auto made = std::make_unique<inflater>(window_bits + with_gzip);
    made->allow_members();
    return made;
}

std::unique_ptr<compressor> make_deflater(coding which, int level) {
    const int bits = which == coding::gzip ? window_bits + with_gzip : window_bits;
    return std::make_unique<deflater>(bits, level);
}

}  // namespace zocalo::http::detail
