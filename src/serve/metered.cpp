// SPDX-License-Identifier: MIT
#include "serve/metered.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>
#include <vector>

#include "zocalo/io/detail/send_cached.hpp"
#include "zocalo/net/option.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::serve::detail {

namespace {

/// What is written at once: a peer that takes so much within the idle limit is not idle.
constexpr std::size_t part = std::size_t{64} * 1024;

class receiving {
 public:
    explicit receiving(guard& told) noexcept : guard_(told) { guard_.begin_read(); }
    receiving(const receiving&) = delete;
    receiving& operator=(const receiving&) = delete;
    ~receiving() { guard_.end_read(came); }

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

/// A little that would be left over goes out with what is before it.
std::size_t size_of_next(std::size_t left) noexcept {
    constexpr std::size_t little = 4096;
    return left <= part + little ? left : part;
}

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

void metered::reset_on_close() noexcept {
    try {
        socket_.set(net::option::linger(std::chrono::seconds(0)));
    } catch (const std::system_error&) {
        // Passed over: then the kernel goes on trying for a while.
    }
}

std::size_t metered::take_held(mutable_buffer into) noexcept {
    const std::size_t size = take_from(rest_, into);
    guard_.hold(rest_.size());
    return size;
}

io::detail::descriptor* metered::begin_receive() noexcept {
    io::detail::descriptor* const socket = native();
    if (!rest_.empty() || socket == nullptr) return nullptr;
    guard_.begin_read();
    return socket;
}

/// A read that is given up so that the connection can be parked says that the stream has ended.
bool metered::end_receive(std::int32_t result) noexcept {
    const bool is_parked = result == -ECANCELED && guard_.is_parking();
    guard_.end_read(result > 0 ? static_cast<std::size_t>(result) : 0);
    return !is_parked;
}

io::detail::descriptor* metered::begin_send(std::span<const const_buffer> pieces) noexcept {
    io::detail::descriptor* const socket = native();
    sends_ = total_size(pieces);
    if (size_of_next(sends_) != sends_ || socket == nullptr) return nullptr;
    guard_.begin_wait();
    return socket;
}

void metered::end_send(std::int32_t result) noexcept {
    guard_.end_wait(0, result < 0 ? 0 : sends_);
    if (result < 0) guard_.broke_off();
}

io::task<io::chunk> metered::read() {
    if (!rest_.empty()) {
        std::byte* const buffer = io::detail::take_buffer();
        co_return io::chunk(buffer, take_held(mutable_buffer(buffer, io::detail::chunk_size)));
    }
    receiving now(guard_);
    io::chunk got;
    try {
        got = co_await socket_.read();
    } catch (const net::stopped&) {
        if (!guard_.is_parking()) throw;
    }
    now.came = got.size();
    co_return got;
}

io::task<std::size_t> metered::read_some(mutable_buffer into) {
    if (!rest_.empty()) co_return take_held(into);
    receiving now(guard_);
    try {
        now.came = co_await socket_.read_some(into);
    } catch (const net::stopped&) {
        if (!guard_.is_parking()) throw;
    }
    co_return now.came;
}

io::task<> metered::write(std::span<const const_buffer> pieces) {
    sending now(guard_);
    const std::size_t size = total_size(pieces);
    if (size_of_next(size) == size) {
        co_await socket_.write(pieces);
        now.went = size;
    } else {
        io::task<> writing = write_in_parts(pieces, size);
        co_await std::move(writing);
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

/// Each part has as many of the pieces as fit: a small one goes out with its neighbours.
io::task<> metered::write_in_parts(std::span<const const_buffer> pieces, std::size_t size) {
    std::vector<const_buffer> batch;
    std::size_t room = size_of_next(size);
    for (const const_buffer& each : pieces) {
        const_buffer left = each;
        while (!left.empty()) {
            batch.push_back(left.first(std::min(room, left.size())));
            left = left.without(batch.back().size());
            room -= batch.back().size();
            if (room > 0) continue;
            const std::size_t sent = total_size(batch);
            co_await socket_.write(std::span<const const_buffer>(batch));
            guard_.sent(sent);
            size -= sent;
            room = size_of_next(size);
            batch.clear();
        }
    }
}

}  // namespace zocalo::serve::detail
