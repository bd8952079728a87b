// SPDX-License-Identifier: MIT
// One task writes, the others hand over: so that a cancellation among them never meets a message
// that is half sent.
#include "zocalo/io/write_queue.hpp"

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "io/backend/contract.hpp"
#include "net/fail.hpp"
#include "zocalo/core/buffer.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/detail/operation.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::io {

namespace detail {

/// Of run(): it is in its place as long as nobody has woken it.
class wait_to_write : public operation {
 public:
    explicit wait_to_write(wait_to_write*& place) noexcept : place_(place) {}
    wait_to_write(wait_to_write&&) noexcept = default;

    bool begin(fiber& in, std::coroutine_handle<> who) noexcept {
        if (!enlist(in, who)) return false;
        wait();
        place_ = this;
        return true;
    }
    void finish() const {
        if (result < 0) net::fail("wait for something to write", result);
    }
    void cancel() noexcept override {
        if (now != state::waiting) return;
        place_ = nullptr;
        where->engine().post_done(*this, -ECANCELED);
    }

 protected:
    ~wait_to_write() = default;

 private:
    wait_to_write*& place_;
};

}  // namespace detail

namespace {

constexpr std::size_t most_pieces = 64;  ///< of one write

[[noreturn]] void refuse(std::errc why, const char* operation) {
    throw std::system_error(std::make_error_code(why), operation);
}

std::exception_ptr error(std::errc why, const char* operation) {
    return std::make_exception_ptr(std::system_error(std::make_error_code(why), operation));
}

}  // namespace

bool write_queue::has_room(std::size_t size) const noexcept {
    return bytes_ == 0 || (bytes_ <= options_.most_bytes && size <= options_.most_bytes - bytes_);
}

void write_queue::check() const {
    if (failure_) std::rethrow_exception(failure_);
    if (closed_) refuse(std::errc::broken_pipe, "write to a queue that is closed");
}

void write_queue::fail(std::exception_ptr why) noexcept {
    if (failure_) return;
    failure_ = std::move(why);
    closed_ = true;
    room_.wake_all();
    progress_.wake_all();
    dropped_.set();
}

void write_queue::close() noexcept {
    closed_ = true;
    room_.wake_all();
    wake(false);
}

void write_queue::wake(bool soon) noexcept {
    detail::wait_to_write* const who = std::exchange(idle_, nullptr);
    if (who == nullptr) return;
    detail::backend& engine = who->where->engine();
    soon ? engine.post_done_soon(*who, 0) : engine.post_done(*who, 0);
}

std::uint64_t write_queue::append(std::string message) {
    const std::size_t size = message.size();
    waiting_.push_back(std::move(message));
    bytes_ += size;
    return ++came_;
}

std::uint64_t write_queue::push(std::string message) {
    wake(false);
    return append(std::move(message));
}

/// What the policy says of a message for which there is no room; nothing when it may wait.
void write_queue::overflowed(std::size_t size) {
    if (options_.policy == overflow::wait || (has_room(size) && !entrance_.is_locked())) return;
    if (options_.policy == overflow::refuse) {
        refuse(std::errc::no_buffer_space, "write to a queue without room");
    }
    fail(error(std::errc::no_buffer_space, "write to a peer that reads too slowly"));
    check();
}

bool write_queue::try_put(std::string message) {
    check();
    if (!has_room(message.size()) || entrance_.is_locked()) return false;
    (void)push(std::move(message));
    return true;
}

bool write_queue::try_put(std::string& head, std::string& rest, bool soon) {
    check();
    if (!has_room(head.size() + rest.size()) || entrance_.is_locked()) return false;
    if (!head.empty()) (void)append(std::move(head));
    (void)append(std::move(rest));
    wake(soon);
    return true;
}

/// Who waits for room keeps the entrance closed for those who came later: order stays.
task<std::uint64_t> write_queue::placed(std::string head, std::string rest) {
    check();
    const std::size_t size = head.size() + rest.size();
    overflowed(size);
    task<semaphore::permit> entering = entrance_.lock();
    const semaphore::permit turn = co_await std::move(entering);
    check();
    while (!has_room(size)) {
        co_await room_.wait("wait for room in a write queue");
        check();
    }
    if (!head.empty()) (void)push(std::move(head));
    co_return push(std::move(rest));
}

task<> write_queue::put(std::string message) {
    return put(std::string(), std::move(message));
}

task<> write_queue::put(std::string head, std::string rest) {
    const bool is_in = try_put(head, rest);
    if (is_in) co_return;
    task<std::uint64_t> coming = placed(std::move(head), std::move(rest));
    (void)co_await std::move(coming);
}

task<> write_queue::write(std::string message) {
    task<std::uint64_t> coming = placed(std::string(), std::move(message));
    const std::uint64_t place = co_await std::move(coming);
    task<> going = written(place);
    co_await std::move(going);
}

task<> write_queue::flush() {
    task<> going = written(came_);
    co_await std::move(going);
}

task<> write_queue::written(std::uint64_t place) {
    while (written_ < place) {
        if (failure_) std::rethrow_exception(failure_);
        co_await progress_.wait("wait for a write queue");
    }
}

std::size_t write_queue::take(std::vector<std::string>& batch) {
    std::size_t size = 0;
    while (!waiting_.empty() && batch.size() < most_pieces) {
        size += waiting_.front().size();
        batch.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
    }
    return size;
}

task<> write_queue::drain() {
    std::vector<std::string> batch;
    std::vector<const_buffer> pieces;
    while (!(closed_ && waiting_.empty())) {
        if (waiting_.empty()) {
            co_await detail::awaitable<detail::wait_to_write>(idle_);
            continue;
        }
        const std::size_t size = take(batch);
        pieces.assign(batch.begin(), batch.end());
        co_await to_.write(std::span<const const_buffer>(pieces));
        bytes_ -= size;
        written_ += batch.size();
        batch.clear();
        room_.wake_one();
        progress_.wake_all();
    }
}

task<> write_queue::run() {
    std::exception_ptr ended;
    std::exception_ptr stopped;
    try {
        task<> all = drain();
        task<> lost = dropped_.wait();
        task<std::variant<std::monostate, std::monostate>> either =
            any(std::move(all), std::move(lost));
        (void)co_await std::move(either);
    } catch (const net::stopped&) {
        stopped = std::current_exception();
        ended = error(std::errc::connection_aborted, "write to a queue that was stopped");
    } catch (...) {
        ended = std::current_exception();
    }
    if (ended) fail(std::move(ended));
    if (stopped) std::rethrow_exception(stopped);
    if (failure_) std::rethrow_exception(failure_);
}

}  // namespace zocalo::io
