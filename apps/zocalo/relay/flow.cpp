// SPDX-License-Identifier: MIT
#include "relay/flow.hpp"

#include <algorithm>
#include <chrono>

namespace zocalo::program {

void flow::push(std::string bytes) {
    if (ended_) return;
    if (filter_) filter_(bytes, false);
    if (to_ == nullptr || write_error_) {
        moved_ += bytes.size();
        return;
    }
    // An empty datagram is a message as well, where the destination can carry one.
    if (bytes.empty() && !to_->keeps_packets()) return;
    waiting_ += bytes.size();
    chunks_.push_back(std::move(bytes));
}

void flow::end() {
    if (ended_) return;
    std::string rest;
    if (filter_) filter_(rest, true);
    ended_ = true;
    if (rest.empty() || to_ == nullptr || write_error_) return;
    waiting_ += rest.size();
    chunks_.push_back(std::move(rest));
}

void flow::abandon() noexcept {
    ended_ = true;
    drop();
}

void flow::drop() noexcept {
    chunks_.clear();
    offset_ = 0;
    waiting_ = 0;
}

void flow::watch(poll_set& set) {
    read_index_ = write_index_ = poll_set::none;
    if (from_ != nullptr && has_room()) read_index_ = set.add(from_->read_fd(), POLLIN);
    if (!chunks_.empty()) write_index_ = set.add(to_->write_fd(), POLLOUT);
}

bool flow::step(const poll_set& set) {
    const bool can_write = set.ready(write_index_);
    const bool can_read = set.ready(read_index_);
    if (can_write) write();
    if (can_read) read();
    return can_write || can_read;
}

void flow::read() {
    if (scratch_.empty()) scratch_.resize(std::size_t{64} * 1024);
    const arrival came = from_->read(mutable_buffer(scratch_));
    if (came.what == arrival::bytes) push(scratch_.substr(0, came.size));
    if (came.what == arrival::end) {
        read_error_ = came.error;
        end();
    }
}

void flow::write() {
    const std::string& chunk = chunks_.front();
    const auto [size, error] = to_->write(const_buffer(chunk).without(offset_));
    if (error) {
        write_error_ = error;
        drop();
        return;
    }
    moved_ += size;
    offset_ += size;
    if (offset_ < chunk.size()) return;
    waiting_ -= chunk.size();
    offset_ = 0;
    chunks_.pop_front();
}

namespace {

/// Waits for `flows` and lets them do what they can; false when there was nothing for so long.
bool turn(std::span<flow* const> flows, timeout longest) {
    poll_set set;
    for (flow* one : flows)
        one->watch(set);
    set.wait(longest);
    bool moved = false;
    for (flow* one : flows)
        moved |= one->step(set);
    return moved;
}

}  // namespace

void wind_up(std::span<flow* const> flows) {
    using namespace std::chrono_literals;
    const auto has_more = [](const flow* one) { return !one->drained(); };
    const deadline until(1s);
    // With nothing to write, only what is there already is worth a turn.
    while (turn(flows, std::ranges::any_of(flows, has_more) ? until.remaining() : 0s)) {
        if (until.passed()) break;
    }
    for (flow* one : flows)
        one->end();
    while (std::ranges::any_of(flows, has_more) && turn(flows, 1s)) {
    }
}

}  // namespace zocalo::program
