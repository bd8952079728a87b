// SPDX-License-Identifier: MIT
#include "zocalo/ws/engine.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "ws/compression.hpp"
#include "zocalo/tls/hash.hpp"

namespace zocalo::ws {

namespace {

constexpr std::size_t most_of_control = 125;

/// Memory for what a peer has announced and not sent.
constexpr std::uint64_t most_trusted = std::uint64_t{256} * 1024;

std::optional<close_reason> read_reason(std::string_view payload) {
    if (payload.empty()) return close_reason{};
    if (payload.size() < 2) return std::nullopt;
    const auto byte = [&payload](std::size_t at) {
        return static_cast<unsigned char>(payload[at]);
    };
    const auto code = static_cast<close_code>(byte(0) << 8 | byte(1));
    if (!may_be_sent(code)) return std::nullopt;
    return close_reason{.code = code, .text = std::string(payload.substr(2))};
}

}  // namespace

engine::engine(role own, const limits& within, const std::optional<deflate_agreement>& agreed,
               const deflate_options& wish)
    : own_(own), limits_(within), compress_from_(wish.from) {
    if (!agreed) return;
    constexpr int smallest_window = 9;  // that zlib makes: who wants less gets nothing compressed
    if (agreed->own_window >= smallest_window) {
        compressor_ = std::make_unique<detail::compressor>(agreed->own_window, wish.level,
                                                           agreed->own_context);
    }
    decompressor_ = std::make_unique<detail::decompressor>(
        std::max(agreed->peer_window, smallest_window), agreed->peer_context);
}

engine::engine(engine&&) noexcept = default;
engine& engine::operator=(engine&&) noexcept = default;
engine::~engine() = default;

// --- Receiving

incoming engine::next(const_buffer received) {
    return next(received, nullptr);
}

incoming engine::next(const_buffer received, std::string& message) {
    return next(received, &message);
}

incoming engine::next(const_buffer received, std::string* message) {
    if (is_broken_ || received_close_) return {.used = received.size()};
    try {
        return receive(received, message);
    } catch (...) {
        is_broken_ = true;
        throw;
    }
}

incoming engine::receive(const_buffer received, std::string* message) {
    std::size_t used = 0;
    if (!frame_) {
        const auto got = read_frame_head(received);
        if (!got) return {};
        begin_frame(got->head);
        used = got->used;
    }
    const const_buffer rest = received.without(used);
    const const_buffer payload =
        rest.first(static_cast<std::size_t>(std::min<std::uint64_t>(left_, rest.size())));
    return is_control(frame_->what) ? continue_control(payload, used)
                                    : continue_data(payload, used, message);
}

void engine::begin_frame(const frame_head& head) {
    if (own_ == role::server && !head.mask)
        throw bad_message(close_code::protocol_error, "a client's frame without a mask");
    if (own_ == role::client && head.mask)
        throw bad_message(close_code::protocol_error, "a server's frame with a mask");
    if (is_control(head.what)) {
        control_.clear();
    } else {
        begin_data_frame(head);
    }
    frame_ = head;
    left_ = head.size;
}

void engine::begin_data_frame(const frame_head& head) {
    const bool begins = head.what != opcode::continuation;
    if (begins && receiving_)
        throw bad_message(close_code::protocol_error, "a message within another one");
    if (!begins && !receiving_)
        throw bad_message(close_code::protocol_error, "a continuation of no message");
    if (head.is_compressed && (!begins || !decompressor_))
        throw bad_message(close_code::protocol_error, "a frame with a reserved bit");
    if (begins) {
        receiving_.emplace();
        receiving_->kind = head.what == opcode::text ? kind::text : kind::binary;
        receiving_->is_compressed = head.is_compressed;
    }
    detail::progress& message = *receiving_;
    if (head.size > limits_.frame) throw bad_message(close_code::too_big, "a frame is too large");
    if (!message.is_compressed && head.size > limits_.message - message.size)
        throw bad_message(close_code::too_big, "a message is too large");
    if (++message.frames > limits_.frames)
        throw bad_message(close_code::too_big, "a message in too many frames");
    message.coded += head.size;
}

/// Puts the bytes behind what `to` has, and there takes them out of their mask: a few at a time, so
/// that they are still at hand. Gives them where they are then.
const_buffer engine::append_unmasked(const_buffer payload, std::string& to) const {
    constexpr std::size_t at_once = 4096;
    const std::size_t from = to.size();
    std::uint64_t offset = frame_->size - left_;
    while (!payload.empty()) {
        const std::string_view some = payload.first(at_once).text();
        to += some;
        const mutable_buffer there(to.data() + (to.size() - some.size()), some.size());
        if (frame_->mask) apply_mask(there, *frame_->mask, offset);
        offset += some.size();
        payload = payload.without(some.size());
    }
    return const_buffer(to).without(from);
}

/// The bytes without their mask; good until the next call.
const_buffer engine::unmasked(const_buffer payload) {
    if (!frame_->mask) return payload;
    plain_.clear();
    return append_unmasked(payload, plain_);
}

incoming engine::continue_control(const_buffer payload, std::size_t used) {
    (void)append_unmasked(payload, control_);
    left_ -= payload.size();
    used += payload.size();
    if (left_ != 0) return {.used = used};
    return finish_control(used);
}

incoming engine::finish_control(std::size_t used) {
    const opcode what = std::exchange(frame_, std::nullopt)->what;
    if (what == opcode::close) {
        read_close();
        return {.what = event::close, .used = used};
    }
    return {
        .what = what == opcode::ping ? event::ping : event::pong, .used = used, .data = control_};
}

void engine::read_close() {
    std::optional<close_reason> got = read_reason(control_);
    if (!got) throw bad_message(close_code::protocol_error, "a close frame with no code");
    if (!detail::is_text(got->text))
        throw bad_message(close_code::invalid_data, "a close frame with a text that is no UTF-8");
    received_close_ = std::move(got);
}

incoming engine::continue_data(const_buffer payload, std::size_t used, std::string* message) {
    // What is compressed is taken in small pieces, for each of them can become a thousand times as
    // large.
    constexpr std::size_t most_compressed = 4096;
    if (receiving_->is_compressed) payload = payload.first(most_compressed);
    if (payload.empty() && left_ != 0) return {.used = used};
    const bool is_there = message != nullptr && !receiving_->is_compressed;
    if (is_there && message->empty()) {
        const std::uint64_t rest = std::min(left_ - payload.size(), most_trusted);
        message->reserve(payload.size() + static_cast<std::size_t>(rest));
    }
    const_buffer data = is_there ? append_unmasked(payload, *message) : unmasked(payload);
    left_ -= payload.size();
    const bool is_last = left_ == 0 && frame_->is_last;
    if (receiving_->is_compressed) {
        data = decompressed(data, is_last);
        if (message != nullptr) *message += data.text();
    }
    check_piece(data, is_last);
    const incoming got{.what = event::piece,
                       .used = used + payload.size(),
                       .data = data,
                       .kind = receiving_->kind,
                       .is_last = is_last,
                       .left = left_};
    if (left_ == 0) frame_.reset();
    if (is_last) receiving_.reset();
    return got;
}

const_buffer engine::decompressed(const_buffer payload, bool ends_message) {
    const detail::progress& message = *receiving_;
    const std::size_t room = limits_.message - message.size;
    expanded_.clear();
    decompressor_->put(payload, ends_message, room, expanded_);
    if (expanded_.size() > room) throw bad_message(close_code::too_big, "a message is too large");
    const std::size_t size = message.size + expanded_.size();
    if (size > limits_.ratio_from && size / limits_.ratio > message.coded - left_)
        throw bad_message(close_code::too_big, "a message is compressed too well");
    return expanded_;
}

void engine::check_piece(const_buffer data, bool is_last) {
    detail::progress& message = *receiving_;
    message.size += data.size();
    if (message.kind != kind::text) return;
    if (!message.text.put(data.text()) || (is_last && !message.text.is_complete()))
        throw bad_message(close_code::invalid_data, "a text that is no UTF-8");
}

// --- Sending

bool engine::is_worth_compressing(std::size_t size) const noexcept {
    return compressor_ && size >= compress_from_;
}

void engine::send(const message& what, std::string& to) {
    if (what.kind == kind::text && !detail::is_text(what.data))
        throw std::invalid_argument("WebSocket: a text that is no UTF-8");
    begin(what.kind);
    sending_->is_compressed = is_worth_compressing(what.data.size());
    send_piece(what.data, true, to);
}

void engine::send_in_place(message& what, std::string& head) {
    if (is_worth_compressing(what.data.size())) {
        send(what, head);
        what.data.clear();
        return;
    }
    if (what.kind == kind::text && !detail::is_text(what.data))
        throw std::invalid_argument("WebSocket: a text that is no UTF-8");
    begin(what.kind);
    sending_.reset();
    frame_head one{.what = what.kind == kind::text ? opcode::text : opcode::binary,
                   .size = what.data.size()};
    if (own_ == role::client) one.mask = next_mask();
    append_frame_head(one, head);
    if (one.mask) apply_mask(what.data, *one.mask);
}

void engine::begin(kind what) {
    if (has_sent_close_) throw std::logic_error("WebSocket: a message after the close frame");
    if (sending_) throw std::logic_error("WebSocket: a message within another one");
    sending_.emplace();
    sending_->kind = what;
    sending_->is_compressed = compressor_ != nullptr;
}

void engine::send_piece(std::string_view data, bool is_last, std::string& to) {
    if (!sending_ || has_sent_close_) throw std::logic_error("WebSocket: a piece of no message");
    detail::progress& message = *sending_;
    if (message.kind == kind::text) {
        detail::text_check text = message.text;
        if (!text.put(data) || (is_last && !text.is_complete()))
            throw std::invalid_argument("WebSocket: a text that is no UTF-8");
        message.text = text;
    }
    frame_head head{.what = message.kind == kind::text ? opcode::text : opcode::binary,
                    .is_last = is_last};
    if (message.frames++ != 0) head.what = opcode::continuation;
    head.is_compressed = message.is_compressed && head.what != opcode::continuation;
    if (message.is_compressed) {
        coded_.clear();
        compressor_->put(data, is_last, coded_);
        data = coded_;
    }
    append_frame(head, data, to);
    if (is_last) sending_.reset();
}

void engine::forget_compressed() noexcept {
    if (compressor_) compressor_->forget();
}

void engine::send_control(opcode what, std::string_view data, std::string& to) {
    if (has_sent_close_) throw std::logic_error("WebSocket: a frame after the close frame");
    if (data.size() > most_of_control)
        throw std::invalid_argument("WebSocket: more than 125 bytes in a control frame");
    append_frame({.what = what}, data, to);
}

void engine::send_ping(std::string_view data, std::string& to) {
    send_control(opcode::ping, data, to);
}

void engine::send_pong(std::string_view data, std::string& to) {
    send_control(opcode::pong, data, to);
}

void engine::send_close(const close_reason& why, std::string& to) {
    std::string payload;
    if (why.code != close_code::no_status) {
        if (!may_be_sent(why.code))
            throw std::invalid_argument("WebSocket: a code that is never sent: " +
                                        std::to_string(number(why.code)));
        payload += static_cast<char>(number(why.code) >> 8);
        payload += static_cast<char>(number(why.code) & 0xFF);
    } else if (!why.text.empty()) {
        throw std::invalid_argument("WebSocket: a reason without a code");
    }
    if (!detail::is_text(why.text))
        throw std::invalid_argument("WebSocket: a reason that is no UTF-8");
    payload += why.text;
    send_control(opcode::close, payload, to);
    has_sent_close_ = true;
}

/// Each frame has a new one that nobody can foretell (§10.3); they are made many at a time.
mask_key engine::next_mask() {
    constexpr std::size_t at_once = 64;
    mask_key key{};
    if (masks_.size() < key.size()) masks_ = tls::random_bytes(at_once * key.size());
    const std::size_t from = masks_.size() - key.size();
    std::ranges::transform(masks_.substr(from), key.begin(),
                           [](char c) { return static_cast<std::byte>(c); });
    masks_.resize(from);
    return key;
}

void engine::append_frame(frame_head head, std::string_view payload, std::string& to) {
    head.size = payload.size();
    if (own_ == role::client) head.mask = next_mask();
    append_frame_head(head, to);
    const std::size_t from = to.size();
    to += payload;
    if (head.mask) apply_mask(mutable_buffer(to.data() + from, payload.size()), *head.mask);
}

}  // namespace zocalo::ws
