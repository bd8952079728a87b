// SPDX-License-Identifier: MIT
#include "zocalo/io/file_writer.hpp"

namespace zocalo::io {

namespace {

/// So few that the disk is not idle for long, and so many that asking costs nothing.
constexpr std::uint64_t worth_beginning = std::uint64_t{8} * 1024 * 1024;

}  // namespace

task<> file_writer::write(const_buffer data) {
    if (gathered_.size() + data.size() > most_) co_await flush();
    if (data.size() >= most_ / 4 && gathered_.empty()) {
        co_await pass_on(data);
    } else {
        gathered_.append(data.text());
    }
}

task<> file_writer::flush() {
    if (gathered_.empty()) co_return;
    co_await pass_on(gathered_);
    gathered_.clear();
}

task<> file_writer::pass_on(const_buffer data) {
    co_await file_.write(data);
    const std::uint64_t end = file_.position();
    if (end < begun_ + worth_beginning) co_return;
    co_await file_.begin_sync(begun_, end - begun_);
    begun_ = end;
}

}  // namespace zocalo::io
