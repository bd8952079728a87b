// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "zocalo/core/buffer.hpp"
#include "zocalo/io/file.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/io/task.hpp"

namespace zocalo::http::detail {

/// Bytes on their way from one task to another, who may be slow: so many are in memory, the others
/// in a file without a name in the system's folder for temporary ones.
///
/// put() and take() may be under way at once, each of them once. **Errors.** As of files.
class cgi_spool {
 public:
    explicit cgi_spool(std::size_t in_memory) noexcept : most_(in_memory) {}

    [[nodiscard]] io::task<> put(const_buffer data);
    /// Nothing more will be put.
    void end() noexcept;
    /// Waits for the next bytes, 64 KiB of them at most; empty at the end.
    [[nodiscard]] io::task<std::string> take();

 private:
    [[nodiscard]] io::task<std::string> take_from_file();
    [[nodiscard]] bool has_file() const noexcept { return is_writing_ || written_ > read_; }

    const std::size_t most_;
    std::string near_;  ///< comes before what is in the file
    io::file far_;
    std::uint64_t read_ = 0;     ///< of the file
    std::uint64_t written_ = 0;  ///< to it
    bool is_writing_ = false;
    bool has_ended_ = false;
    io::event news_;
};

}  // namespace zocalo::http::detail
