// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "zocalo/core/buffer.hpp"
#include "zocalo/io/file.hpp"
#include "zocalo/io/task.hpp"

/// Writing a file in few pieces.
namespace zocalo::io {

/// A file at whose position small pieces are gathered before they are written: each write of a file
/// may be a way to another thread and back.
///
/// flush() writes what is gathered; what was not flushed when this is destroyed is dropped. The
/// disk begins with each 8 MiB when they are written, so that a sync() at the end of a large file
/// finds little to do. After an error nobody knows what is in the file. Move-only. One task at a
/// time.
class file_writer {
 public:
    static constexpr std::size_t most = std::size_t{64} * 1024;  ///< bytes that are gathered

    file_writer() noexcept = default;
    explicit file_writer(file to) noexcept : file_(std::move(to)), begun_(file_.position()) {}

    /// Gathers so many bytes from now on. More of them, half a megabyte say, write a large file
    /// with half the processor time, and are memory for each file that is open.
    void gather(std::size_t bytes) noexcept { most_ = bytes; }

    [[nodiscard]] task<> write(const_buffer data);
    [[nodiscard]] task<> flush();

    /// Where the next byte goes.
    [[nodiscard]] std::uint64_t position() const noexcept {
        return file_.position() + gathered_.size();
    }
    /// What is gathered is not in it.
    [[nodiscard]] file& contents() noexcept { return file_; }
    [[nodiscard]] const file& contents() const noexcept { return file_; }

 private:
    task<> pass_on(const_buffer data);

    file file_;
    std::string gathered_;
    std::size_t most_ = most;
    std::uint64_t begun_ = 0;  ///< what is before it the disk has begun with
};

}  // namespace zocalo::io
