// SPDX-License-Identifier: MIT
#include "zocalo/io/memory_pair.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <utility>

#include "core/byte_queue.hpp"
#include "io/here.hpp"
#include "io/misuse.hpp"
#include "net/fail.hpp"
#include "zocalo/io/detail/wait_queue.hpp"

namespace zocalo::io {

namespace {

/// One direction.
struct lane {
    byte_queue bytes;
    bool finished = false;   ///< by the writer
    bool abandoned = false;  ///< by the reader
    detail::wait_queue arrived;
    detail::wait_queue room;
};

void check(const char* verb, int result) {
    if (result < 0) net::fail(verb, result);
}

constexpr const char* reading = "receive from memory";
constexpr const char* writing = "send to memory";

/// One operation of its kind at a time.
class turn {
 public:
    turn(bool& taken, const char* verb) : taken_(taken) {
        check(verb, taken ? -EBUSY : 0);
        taken_ = true;
    }
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;
    ~turn() { taken_ = false; }

 private:
    bool& taken_;
};

class memory_end final : public transport {
 public:
    memory_end(std::shared_ptr<lane> in, std::shared_ptr<lane> out, std::size_t capacity) noexcept
        : in_(std::move(in)), out_(std::move(out)), capacity_(capacity) {}
    memory_end(const memory_end&) = delete;
    memory_end& operator=(const memory_end&) = delete;
    ~memory_end() override {
        if (is_reading_ || is_writing_) detail::closed_while_busy();
        in_->abandoned = true;
        in_->room.wake_all();
        out_->finished = true;
        out_->arrived.wake_all();
    }

    task<chunk> read() override {
        co_await something();
        if (in_->bytes.empty()) co_return chunk();
        std::byte* const buffer = detail::take_buffer();
        chunk lent(buffer, detail::chunk_size);
        lent.shrink(take(mutable_buffer(buffer, detail::chunk_size)));
        co_return lent;
    }
    task<std::size_t> read_some(mutable_buffer into) override {
        co_await something();
        co_return take(into);
    }
    task<> write(std::span<const const_buffer> pieces) override {
        const turn mine(is_writing_, writing);
        const detail::fiber& in = co_await detail::here();
        check(writing, in.cancelled() ? -ECANCELED : 0);
        for (const const_buffer& each : pieces) {
            for (const_buffer rest = each; !rest.empty();) {
                co_await room();
                rest = rest.without(put(rest));
            }
        }
    }
    task<> finish() override {
        out_->finished = true;
        out_->arrived.wake_all();
        co_return;
    }

 private:
    /// Waits until there are bytes, or an end.
    task<> something() {
        const turn mine(is_reading_, reading);
        const detail::fiber& in = co_await detail::here();
        check(reading, in.cancelled() ? -ECANCELED : 0);
        while (in_->bytes.empty() && !in_->finished)
            co_await in_->arrived.wait(reading);
    }
    task<> room() {
        for (;;) {
            check(writing, out_->abandoned || out_->finished ? -EPIPE : 0);
            if (out_->bytes.size() < capacity_) co_return;
            co_await out_->room.wait(writing);
        }
    }
    std::size_t take(mutable_buffer into) {
        const std::size_t count = std::min(into.size(), in_->bytes.size());
        std::memcpy(into.data(), in_->bytes.view(0, count).data(), count);
        in_->bytes.pop(count);
        in_->room.wake_one();
        return count;
    }
    std::size_t put(const_buffer data) {
        const const_buffer part = data.first(capacity_ - out_->bytes.size());
        out_->bytes.push(part.text());
        out_->arrived.wake_one();
        return part.size();
    }

    std::shared_ptr<lane> in_;
    std::shared_ptr<lane> out_;
    std::size_t capacity_;
    bool is_reading_ = false;
    bool is_writing_ = false;
};

}  // namespace

struct memory_port::lanes {
    std::shared_ptr<lane> in;
    std::shared_ptr<lane> out;
    std::size_t capacity;

    lanes(std::shared_ptr<lane> from, std::shared_ptr<lane> to, std::size_t room) noexcept
        : in(std::move(from)), out(std::move(to)), capacity(room) {}
    lanes(const lanes&) = delete;
    lanes& operator=(const lanes&) = delete;
    ~lanes() {
        in->abandoned = true;
        in->room.wake_all();
        out->finished = true;
        out->arrived.wake_all();
    }
};

memory_port::memory_port(std::unique_ptr<lanes> both) noexcept : lanes_(std::move(both)) {}
memory_port::memory_port(memory_port&&) noexcept = default;
memory_port& memory_port::operator=(memory_port&&) noexcept = default;
memory_port::~memory_port() = default;

std::size_t memory_port::feed(const_buffer data) {
    lane& out = *lanes_->out;
    if (out.abandoned || out.finished) return 0;
    const const_buffer part = data.first(lanes_->capacity - out.bytes.size());
    out.bytes.push(part.text());
    out.arrived.wake_one();
    return part.size();
}

void memory_port::finish() noexcept {
    lanes_->out->finished = true;
    lanes_->out->arrived.wake_all();
}

std::string memory_port::take() {
    lane& in = *lanes_->in;
    std::string all(in.bytes.view(0, in.bytes.size()));
    in.bytes.pop(all.size());
    in.room.wake_one();
    return all;
}

std::size_t memory_port::pending() const noexcept {
    return lanes_->in->bytes.size();
}

bool memory_port::at_end() const noexcept {
    return lanes_->in->finished && lanes_->in->bytes.empty();
}

std::pair<stream, memory_port> memory_by_hand(std::size_t capacity) {
    if (capacity == 0) throw std::invalid_argument("memory_by_hand: a capacity of 0 holds nothing");
    const auto there = std::make_shared<lane>();
    const auto back = std::make_shared<lane>();
    return {stream(std::make_unique<memory_end>(back, there, capacity)),
            memory_port(std::make_unique<memory_port::lanes>(there, back, capacity))};
}

std::pair<stream, stream> memory_pair(std::size_t capacity) {
    if (capacity == 0) throw std::invalid_argument("memory_pair: a capacity of 0 holds nothing");
    const auto there = std::make_shared<lane>();
    const auto back = std::make_shared<lane>();
    return {stream(std::make_unique<memory_end>(back, there, capacity)),
            stream(std::make_unique<memory_end>(there, back, capacity))};
}

}  // namespace zocalo::io
