// SPDX-License-Identifier: MIT
#include "zocalo/net/packet/cursor.hpp"

#include <stdexcept>
#include <string>

#include "zocalo/core/error.hpp"

namespace zocalo::net::packet {

std::span<const std::byte> reader::take(std::size_t count, std::string_view field) noexcept {
    if (failed()) return {};
    if (count > left()) {
        fail(field, position_, "the bytes end before it does");
        return {};
    }
    const auto run = data_.subspan(position_, count);
    position_ += count;
    return run;
}

std::span<const std::byte> reader::payload(std::size_t count, std::string_view field) noexcept {
    return take(may_be_cut_ && count > left() ? left() : count, field);
}

void reader::fail(std::string_view field, std::size_t position, std::string_view why) noexcept {
    if (failed()) return;
    field_ = field;
    failed_at_ = position;
    why_ = why;
}

void reader::check() const {
    if (!failed()) return;
    std::string message(header_);
    message += ": ";
    message += field_;
    message += " at offset " + std::to_string(offset_ + failed_at_) + ": ";
    message += why_;
    throw protocol_error(message);
}

writer& writer::put(const_buffer run) {
    out_->insert(out_->end(), run.data(), run.data() + run.size());
    return *this;
}

writer& writer::zeros(std::size_t count) {
    out_->resize(out_->size() + count);
    return *this;
}

void writer::patch_u16(std::size_t at, std::uint16_t value) {
    if (size() < sizeof value || at > size() - sizeof value) {
        throw std::out_of_range("writer: patch outside of what was written");
    }
    const auto high = static_cast<std::byte>(value >> 8);
    const auto low = static_cast<std::byte>(value & 0xFF);
    const bool big = order_ == std::endian::big;
    (*out_)[start_ + at] = big ? high : low;
    (*out_)[start_ + at + 1] = big ? low : high;
}

}  // namespace zocalo::net::packet
