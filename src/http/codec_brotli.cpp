// SPDX-License-Identifier: MIT
// br, by the library of its authors.
#include <array>
#include <new>

#include <brotli/decode.h>
#include <brotli/encode.h>

#include "http/codec.hpp"

namespace zocalo::http::detail {

namespace {

const std::uint8_t* bytes_of(const std::byte* data) noexcept {
    return reinterpret_cast<const std::uint8_t*>(data);
}
std::uint8_t* bytes_of(std::byte* data) noexcept {
    return reinterpret_cast<std::uint8_t*>(data);
}

struct freed {
    void operator()(BrotliDecoderState* state) const noexcept {
        BrotliDecoderDestroyInstance(state);
    }
    void operator()(BrotliEncoderState* state) const noexcept {
        BrotliEncoderDestroyInstance(state);
    }
};

class brotli_decoder final : public decompressor {
 public:
    brotli_decoder() : state_(BrotliDecoderCreateInstance(nullptr, nullptr, nullptr)) {
        if (!state_) throw std::bad_alloc();
    }

    codec_step run(const_buffer coded, mutable_buffer room) override {
        if (BrotliDecoderIsFinished(state_.get()) != 0) {
            if (!coded.empty()) fail_coding("content goes on behind its end");
            return {};
        }
        std::size_t in_left = coded.size();
        std::size_t room_left = room.size();
        const std::uint8_t* in = bytes_of(coded.data());
        std::uint8_t* out = bytes_of(room.data());
        const auto result =
            BrotliDecoderDecompressStream(state_.get(), &in_left, &in, &room_left, &out, nullptr);
        if (result == BROTLI_DECODER_RESULT_ERROR) fail_coding("content is no br");
        return {coded.size() - in_left, room.size() - room_left};
    }

    [[nodiscard]] bool is_complete() const noexcept override {
        return BrotliDecoderIsFinished(state_.get()) != 0 || BrotliDecoderIsUsed(state_.get()) == 0;
    }

 private:
    std::unique_ptr<BrotliDecoderState, freed> state_;
};

class brotli_encoder final : public compressor {
 public:
    explicit brotli_encoder(int level)
        : state_(BrotliEncoderCreateInstance(nullptr, nullptr, nullptr)) {
        if (!state_) throw std::bad_alloc();
        BrotliEncoderSetParameter(state_.get(), BROTLI_PARAM_QUALITY,
                                  static_cast<std::uint32_t>(level));
    }

    codec_step run(const_buffer content, mutable_buffer room, wish what) override {
        constexpr std::array<BrotliEncoderOperation, 3> operations{
            BROTLI_OPERATION_PROCESS, BROTLI_OPERATION_FLUSH, BROTLI_OPERATION_FINISH};
        std::size_t in_left = content.size();
        std::size_t room_left = room.size();
        const std::uint8_t* in = bytes_of(content.data());
        std::uint8_t* out = bytes_of(room.data());
        if (BrotliEncoderCompressStream(state_.get(), operations[static_cast<std::size_t>(what)],
                                        &in_left, &in, &room_left, &out, nullptr) == BROTLI_FALSE)
            throw std::bad_alloc();  // the only thing that can go wrong
        return {content.size() - in_left, room.size() - room_left};
    }

 private:
    std::unique_ptr<BrotliEncoderState, freed> state_;
};

}  // namespace

std::unique_ptr<decompressor> make_brotli_decoder() {
    return std::make_unique<brotli_decoder>();
}

std::unique_ptr<compressor> make_brotli_encoder(int level) {
    return std::make_unique<brotli_encoder>(level);
}

}  // namespace zocalo::http::detail
