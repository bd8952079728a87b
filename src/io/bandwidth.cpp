// SPDX-License-Identifier: MIT
// Each byte takes its time on a line that is never faster than the rate. A stream may be ahead of
// that line by one burst, and then waits. How much a read will bring nobody knows before, so what
// it brought waits for its turn: as many as share a line may have waited for bytes that come at
// once.
#include "zocalo/io/bandwidth.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

namespace zocalo::io {

bandwidth::bandwidth(std::uint64_t bytes_per_second, std::size_t burst)
    : rate_(bytes_per_second), burst_(burst) {
    if (rate_ == 0 || burst == 0) {
        throw std::invalid_argument("bandwidth: nothing would ever go through");
    }
}

std::chrono::nanoseconds bandwidth::time_for(std::size_t bytes) const noexcept {
    const std::chrono::duration<double> span(static_cast<double>(bytes) /
                                             static_cast<double>(rate_));
    return std::chrono::duration_cast<std::chrono::nanoseconds>(span);
}

/// Others may have been let through meanwhile, so each looks again.
task<> bandwidth::wait() {
    for (;;) {
        const time_point moment = co_await now();
        paid_until_ = std::max(paid_until_, moment - time_for(burst_));
        if (paid_until_ <= moment) co_return;
        co_await sleep_until(paid_until_);
    }
}

void bandwidth::charge(std::size_t bytes) noexcept {
    paid_until_ += time_for(bytes);
}

namespace {

class limited_transport final : public transport {
 public:
    limited_transport(stream below, std::shared_ptr<bandwidth> reading,
                      std::shared_ptr<bandwidth> writing)
        : below_(std::move(below)), reading_(std::move(reading)), writing_(std::move(writing)) {}

    task<chunk> read() override {
        if (reading_ == nullptr) co_return co_await below_.read();
        const std::size_t most = std::min(reading_->burst(), detail::chunk_size);
        std::byte* const buffer = detail::take_buffer();
        chunk lent(buffer, detail::chunk_size);
        const std::size_t got = co_await read_some(mutable_buffer(buffer, most));
        if (got == 0) co_return chunk();
        lent.shrink(got);
        co_return lent;
    }
    task<std::size_t> read_some(mutable_buffer into) override {
        if (reading_ == nullptr) co_return co_await below_.read_some(into);
        task<> ready = reading_->wait();  // the peer feels the limit: it sends no faster than this
        co_await std::move(ready);
        const mutable_buffer room = into.first(reading_->burst());
        std::size_t got = take_held(room);
        if (got == 0) got = co_await below_.read_some(room);
        if (got == 0) co_return 0;
        try {
            task<> turn = reading_->wait();
            co_await std::move(turn);
        } catch (...) {
            held_.insert(0, const_buffer(room.first(got)).text());
            throw;
        }
        reading_->charge(got);
        co_return got;
    }
    task<> write(std::span<const const_buffer> pieces) override {
        if (writing_ == nullptr) {
            co_await below_.write(pieces);
            co_return;
        }
        for (const const_buffer& each : pieces) {
            for (const_buffer rest = each; !rest.empty();) {
                co_await writing_->wait();
                const const_buffer part = rest.first(writing_->burst());
                writing_->charge(part.size());
                co_await below_.write(part);
                rest = rest.without(part.size());
            }
        }
    }
    task<> finish() override { return below_.finish(); }

    net::endpoint local_endpoint() const override { return below_.local_endpoint(); }
    net::endpoint peer_endpoint() const override { return below_.peer_endpoint(); }

 private:
    /// Of bytes that came and were not handed out, because the read was cancelled.
    std::size_t take_held(mutable_buffer into) noexcept {
        const std::size_t size = std::min(held_.size(), into.size());
        std::memcpy(into.data(), held_.data(), size);
        held_.erase(0, size);
        return size;
    }

    stream below_;
    std::shared_ptr<bandwidth> reading_;
    std::shared_ptr<bandwidth> writing_;
    std::string held_;
};

}  // namespace

stream limit_bandwidth(stream below, std::shared_ptr<bandwidth> reading,
                       std::shared_ptr<bandwidth> writing) {
    if (reading == nullptr && writing == nullptr) return below;
    return stream(std::make_unique<limited_transport>(std::move(below), std::move(reading),
                                                      std::move(writing)));
}

}  // namespace zocalo::io
