// SPDX-License-Identifier: MIT
#include "zocalo/io/unread.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace zocalo::io {

namespace {

class unread_transport final : public transport {
 public:
    unread_transport(stream below, std::string first)
        : below_(std::move(below)), first_(std::move(first)) {}

    task<chunk> read() override {
        if (first_.empty()) co_return co_await below_.read();
        std::byte* const buffer = detail::take_buffer();
        chunk lent(buffer, std::min(first_.size(), detail::chunk_size));
        take(mutable_buffer(buffer, lent.size()));
        co_return lent;
    }
    task<std::size_t> read_some(mutable_buffer into) override {
        if (first_.empty()) co_return co_await below_.read_some(into);
        co_return take(into);
    }
    task<> write(std::span<const const_buffer> pieces) override { co_await below_.write(pieces); }
    task<> finish() override { return below_.finish(); }

    net::endpoint local_endpoint() const override { return below_.local_endpoint(); }
    net::endpoint peer_endpoint() const override { return below_.peer_endpoint(); }

 private:
    std::size_t take(mutable_buffer into) {
        const std::size_t size = std::min(first_.size(), into.size());
        std::copy_n(const_buffer(first_).data(), size, into.data());
        first_.erase(0, size);
        if (first_.empty()) first_.shrink_to_fit();
        return size;
    }

    stream below_;
    std::string first_;
};

}  // namespace

stream unread(stream below, std::string bytes) {
    if (bytes.empty()) return below;
    return stream(std::make_unique<unread_transport>(std::move(below), std::move(bytes)));
}

}  // namespace zocalo::io
