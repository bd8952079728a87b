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
/// flush() writes what is gathered; what was not flushed when this is destroyed is dropped. After
/// an error nobody knows what is in the file. Move-only. One task at a time.
class file_writer {
 public:
    static constexpr std::size_t most = std::size_t{64} * 1024;   ///< bytes that are gathered
    static constexpr std::size_t large = std::size_t{16} * 1024;  ///< is written uncopied

    file_writer() noexcept = default;
    explicit file_writer(file to) noexcept : file_(std::move(to)) {}

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
    file file_;
    std::string gathered_;
};

}  // namespace zocalo::io
