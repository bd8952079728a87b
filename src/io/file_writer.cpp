// SPDX-License-Identifier: MIT
#include "zocalo/io/file_writer.hpp"

namespace zocalo::io {

task<> file_writer::write(const_buffer data) {
    if (gathered_.size() + data.size() > most) co_await flush();
    if (data.size() >= large && gathered_.empty()) {
        co_await file_.write(data);
    } else {
        gathered_.append(data.text());
    }
}

task<> file_writer::flush() {
    if (gathered_.empty()) co_return;
    co_await file_.write(gathered_);
    gathered_.clear();
}

}  // namespace zocalo::io
