// SPDX-License-Identifier: MIT
#include "zocalo/io/reader.hpp"

#include <algorithm>
#include <stdexcept>

#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/io/writer.hpp"

namespace zocalo::io {

const_buffer reader::buffered() const noexcept {
    if (!kept_.empty()) return const_buffer(kept_).without(used_ + lent_);
    return const_buffer(arrived_.data(), arrived_.size()).without(used_ + lent_);
}

void reader::consume(std::size_t size) {
    if (size > buffered().size()) {
        throw std::invalid_argument("reader: consume(" + std::to_string(size) + ") of " +
                                    std::to_string(buffered().size()) + " bytes");
    }
    used_ += std::exchange(lent_, 0) + size;
    if (!buffered().empty()) return;
    // Nothing is left over: hold no memory while waiting for more.
    used_ = 0;
    arrived_.release();
    kept_.clear();
    kept_.shrink_to_fit();
}

void reader::settle() {
    consume(0);
}

task<bool> reader::fill() {
    settle();
    if (!buffered().empty()) {
        if (kept_.empty()) {
            kept_.assign(buffered().text());
        } else {
            kept_.erase(0, used_);
        }
        used_ = 0;
        arrived_.release();
    }
    if (answers_ != nullptr) co_await answers_->flush();
    arrived_ = co_await from_.read();
    if (arrived_.empty()) co_return false;
    if (!kept_.empty()) {
        kept_ += arrived_.text();
        arrived_.release();
    }
    co_return true;
}

task<std::optional<std::string_view>> reader::read_until(std::string_view end, std::size_t limit) {
    settle();
    std::size_t searched = 0;
    for (;;) {
        const std::string_view text = buffered().text();
        const std::size_t at = text.find(end, searched);
        const bool may_end_here = text.size() > limit && end.starts_with(text.substr(limit));
        if (std::min(at, text.size()) > limit && !may_end_here) {
            throw protocol_error("more than " + std::to_string(limit) + " bytes without " +
                                 quoted(end));
        }
        if (at != std::string_view::npos) {
            lent_ = at + end.size();
            co_return text.substr(0, at);
        }
        searched = text.size() - std::min(text.size(), end.size() - 1);
        if (co_await fill()) continue;
        if (buffered().empty()) co_return std::nullopt;
        throw protocol_error("the stream ended after " + std::to_string(buffered().size()) +
                             " bytes without " + quoted(end));
    }
}

task<std::string> reader::read_exactly(std::size_t size) {
    settle();
    std::string whole;
    while (whole.size() < size) {
        const std::string_view part = buffered().text().substr(0, size - whole.size());
        whole += part;
        consume(part.size());
        if (whole.size() == size || co_await fill()) continue;
        throw protocol_error("the stream ended after " + std::to_string(whole.size()) + " of " +
                             std::to_string(size) + " bytes");
    }
    co_return whole;
}

task<std::string> reader::read_all(std::size_t limit) {
    settle();
    std::string all;
    do {
        all += buffered().text();
        consume(buffered().size());
        if (all.size() > limit) {
            throw protocol_error("more than " + std::to_string(limit) + " bytes");
        }
    } while (co_await fill());
    co_return all;
}

}  // namespace zocalo::io
