// SPDX-License-Identifier: MIT
// Each message ends with an empty block, whose last four bytes are not sent: the receiver puts them
// back (RFC 7692 §7.2.1, §7.2.2).
#include "ws/compression.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <string_view>

#define ZLIB_CONST  // what it reads is const
#include <zlib.h>

#include "zocalo/ws/types.hpp"

namespace zocalo::ws::detail {

namespace {

constexpr std::string_view tail("\0\0\xFF\xFF", 4);
constexpr std::size_t room = std::size_t{16} * 1024;

const Bytef* bytes_of(const std::byte* data) noexcept {
    return reinterpret_cast<const Bytef*>(data);
}

uInt as_much(std::size_t size) noexcept {
    return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
}

/// Runs zlib once, with new room at the end of `to`; how much it has made.
template <class Step>
std::size_t step_into(z_stream& stream, std::string& to, Step step) {
    const std::size_t before = to.size();
    to.resize(before + room);
    stream.next_out = reinterpret_cast<Bytef*>(to.data() + before);
    stream.avail_out = static_cast<uInt>(room);
    step();
    const std::size_t made = room - stream.avail_out;
    to.resize(before + made);
    return made;
}

}  // namespace

// --- What is sent

struct compressor::state {
    z_stream stream{};
};

compressor::compressor(int window, int level, bool keeps_context)
    : state_(std::make_unique<state>()), keeps_context_(keeps_context) {
    constexpr int memory = 8;
    const int result =
        deflateInit2(&state_->stream, level, Z_DEFLATED, -window, memory, Z_DEFAULT_STRATEGY);
    if (result != Z_OK) throw std::bad_alloc();
}

compressor::~compressor() {
    deflateEnd(&state_->stream);
}

void compressor::put(const_buffer data, bool is_last, std::string& to) {
    z_stream& stream = state_->stream;
    const std::size_t before = to.size();
    std::size_t made = room;
    while (!data.empty() || made == room) {
        const const_buffer part = data.first(as_much(data.size()));
        stream.next_in = bytes_of(part.data());
        stream.avail_in = static_cast<uInt>(part.size());
        made = step_into(stream, to, [&stream] { (void)deflate(&stream, Z_SYNC_FLUSH); });
        data = data.without(part.size() - stream.avail_in);
    }
    if (!is_last) return;
    // Without anything to say zlib says nothing: an empty block then begins with one byte
    // (§7.2.3.6).
    if (to.size() - before < tail.size()) {
        to.resize(before);
        to += '\0';
    } else {
        to.resize(to.size() - tail.size());
    }
    if (!keeps_context_) forget();
}

void compressor::forget() noexcept {
    deflateReset(&state_->stream);
}

// --- What is received

struct decompressor::state {
    z_stream stream{};
    unsigned ends = 0;  ///< blocks of this message that said that they are the last one
};

decompressor::decompressor(int window, bool keeps_context)
    : state_(std::make_unique<state>()), keeps_context_(keeps_context) {
    if (inflateInit2(&state_->stream, -window) != Z_OK) throw std::bad_alloc();
}

decompressor::~decompressor() {
    inflateEnd(&state_->stream);
}

void decompressor::put(const_buffer coded, bool ends_message, std::size_t limit, std::string& to) {
    run(coded, limit, to);
    if (!ends_message || to.size() > limit) return;
    run(tail, limit, to);
    state_->ends = 0;
    if (!keeps_context_) inflateReset(&state_->stream);
}

void decompressor::run(const_buffer coded, std::size_t limit, std::string& to) {
    z_stream& stream = state_->stream;
    std::size_t made = room;
    while ((!coded.empty() || made == room) && to.size() <= limit) {
        const const_buffer part = coded.first(as_much(coded.size()));
        stream.next_in = bytes_of(part.data());
        stream.avail_in = static_cast<uInt>(part.size());
        int result = Z_OK;
        made = step_into(stream, to, [&] { result = inflate(&stream, Z_SYNC_FLUSH); });
        coded = coded.without(part.size() - stream.avail_in);
        if (result == Z_MEM_ERROR) throw std::bad_alloc();
        if (result == Z_STREAM_END) {
            begin_again();
        } else if (result != Z_OK && result != Z_BUF_ERROR) {
            throw bad_message(close_code::invalid_data, "a message that is no deflate");
        }
    }
}

/// A block may say that it is the last one; others follow all the same, and refer to what was
/// before it (§7.2.3.4). Each of them is work for two bytes that come, so there may be few.
void decompressor::begin_again() {
    constexpr unsigned most_ends = 64;
    if (++state_->ends > most_ends)
        throw bad_message(close_code::policy_violation, "a message that ends too often");
    std::array<Bytef, 32768> window{};
    uInt size = 0;
    z_stream& stream = state_->stream;
    if (inflateGetDictionary(&stream, window.data(), &size) != Z_OK ||
        inflateReset(&stream) != Z_OK || inflateSetDictionary(&stream, window.data(), size) != Z_OK)
        throw bad_message(close_code::invalid_data, "a message that is no deflate");
}

}  // namespace zocalo::ws::detail
