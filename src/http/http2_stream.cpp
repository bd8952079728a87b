// SPDX-License-Identifier: MIT
#include "http/http2_stream.hpp"

namespace zocalo::http::detail {

namespace {

constexpr std::size_t kept = 128;  // in a thread

std::vector<std::unique_ptr<http2_stream>>& free_ones() {
    thread_local std::vector<std::unique_ptr<http2_stream>> mine = [] {
        std::vector<std::unique_ptr<http2_stream>> none;
        none.reserve(kept);  // to give one back needs no memory
        return none;
    }();
    return mine;
}

}  // namespace

std::unique_ptr<http2_stream> take_http2_stream() {
    auto& free = free_ones();
    if (free.empty()) return std::make_unique<http2_stream>();
    std::unique_ptr<http2_stream> taken = std::move(free.back());
    free.pop_back();
    return taken;
}

void put_http2_stream(std::unique_ptr<http2_stream> used) noexcept {
    auto& free = free_ones();
    if (free.size() == kept) return;
    used->begin_anew();
    free.push_back(std::move(used));
}

}  // namespace zocalo::http::detail
