// SPDX-License-Identifier: MIT
#include "serve/metered.hpp"

#include <algorithm>
#include <cstring>

#include "zocalo/io/detail/send_cached.hpp"

namespace zocalo::serve::detail {

namespace {

/// What is written at once: a peer that takes so much within the idle limit is not idle.
constexpr std::size_t part = std::size_t{64} * 1024;

class receiving {
 public:
    explicit receiving(guard& told) noexcept : guard_(told) { guard_.begin_wait(); }
    receiving(const receiving&) = delete;
    receiving& operator=(const receiving&) = delete;
    ~receiving() { guard_.end_wait(came, 0); }

    std::size_t came = 0;

 private:
    guard& guard_;
};

/// Unless it is said to be done, the write was broken off.
class sending {
 public:
    explicit sending(guard& told) noexcept : guard_(told) { guard_.begin_wait(); }
    sending(const sending&) = delete;
    sending& operator=(const sending&) = delete;
    ~sending() {
        guard_.end_wait(0, went);
        if (!is_done) guard_.broke_off();
    }

    std::size_t went = 0;  ///< but for what the guard was told of
    bool is_done = false;

 private:
    guard& guard_;
};

std::size_t total_size(std::span<const const_buffer> pieces) noexcept {
    std::size_t sum = 0;
    for (const const_buffer& one : pieces)
        sum += one.size();
    return sum;
}

/// As much of `rest` as there is room for; the others stay.
std::size_t take_from(std::string& rest, mutable_buffer into) noexcept {
    const std::size_t size = std::min(rest.size(), into.size());
    std::memcpy(into.data(), rest.data(), size);
    rest.erase(0, size);
    if (rest.empty()) std::string().swap(rest);
    return size;
}

}  // namespace

io::task<io::chunk> metered::read() {
    if (!rest_.empty()) {
        std::byte* const buffer = io::detail::take_buffer();
        co_return io::chunk(buffer,
                            take_from(rest_, mutable_buffer(buffer, io::detail::chunk_size)));
    }
    receiving now(guard_);
    io::chunk got = co_await socket_.read();
    now.came = got.size();
    co_return got;
}

io::task<std::size_t> metered::read_some(mutable_buffer into) {
    if (!rest_.empty()) co_return take_from(rest_, into);
    receiving now(guard_);
    const std::size_t got = co_await socket_.read_some(into);
    now.came = got;
    co_return got;
}

io::task<> metered::write(std::span<const const_buffer> pieces) {
    sending now(guard_);
    const std::size_t size = total_size(pieces);
    if (size <= part) {
        co_await socket_.write(pieces);
        now.went = size;
    } else {
        for (const const_buffer& one : pieces)
            co_await write_in_parts(one);
    }
    now.is_done = true;
}

io::task<std::int64_t> metered::send_cached(int file, std::uint64_t offset, std::uint64_t most) {
    sending now(guard_);
    const std::int64_t moved = co_await io::detail::send_cached(socket_, file, offset, most);
    if (moved > 0) now.went = static_cast<std::size_t>(moved);
    now.is_done = moved >= 0;
    co_return moved;
}

io::task<> metered::write_in_parts(const_buffer data) {
    while (!data.empty()) {
        const const_buffer next = data.first(std::min(part, data.size()));
        co_await socket_.write(next);
        guard_.sent(next.size());
        data = data.without(next.size());
    }
}

}  // namespace zocalo::serve::detail
