// SPDX-License-Identifier: MIT
#include "zocalo/io/reader.hpp"

#include <algorithm>
#include <stdexcept>

#include "core/find_end.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/io/writer.hpp"

namespace zocalo::io {

void reader::refuse(std::size_t size) const {
    throw std::invalid_argument("reader: consume(" + std::to_string(size) + ") of " +
                                std::to_string(buffered().size()) + " bytes");
}

/// Nothing is left over: holds no memory while waiting for more.
void reader::let_go() noexcept {
    used_ = 0;
    arrived_.release();
    if (!kept_.empty()) std::string().swap(kept_);
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
    end_search what{.end = end, .limit = limit};
    for (;;) {
        const std::string_view text = buffered().text();
        if (const auto at = find_end(text, what)) {
            lent_ = *at + end.size();
            co_return text.substr(0, *at);
        }
        what.seen = text.size();
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
