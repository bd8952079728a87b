// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "zocalo/core/buffer.hpp"
#include "zocalo/io/durable_file.hpp"
#include "zocalo/io/task.hpp"

/// Where what was fetched goes.
namespace zocalo::program {

class sink {
 public:
    sink() = default;
    virtual ~sink() = default;
    sink(const sink&) = delete;
    sink& operator=(const sink&) = delete;

    [[nodiscard]] virtual io::task<> write(const_buffer data) = 0;
    /// All of it was written: whoever looks for it may find it.
    [[nodiscard]] virtual io::task<> finish() = 0;
    /// The file, or empty.
    [[nodiscard]] virtual std::string path() const { return {}; }
};

/// Drops everything.
[[nodiscard]] std::unique_ptr<sink> no_sink();

/// Standard output. On a terminal text is escaped, so that it moves no cursor, and what is no text
/// refused with std::runtime_error; `raw`: all bytes as they are, wherever they go.
[[nodiscard]] std::unique_ptr<sink> output_sink(bool raw);

/// A file that is there already, and goes on at this byte; what was behind that is cut off. Throws
/// file_error, also for a file that is shorter.
[[nodiscard]] io::task<std::unique_ptr<sink>> rest_sink(std::string path, std::uint64_t offset);

/// A file that has its name only when it is whole; what replaces another one keeps its permissions.
/// What is no regular file, such as /dev/null, is written as it is, and so is a file in a folder
/// that takes no others. Throws file_error.
[[nodiscard]] io::task<std::unique_ptr<sink>> file_sink(std::string path, io::existing other);

}  // namespace zocalo::program
