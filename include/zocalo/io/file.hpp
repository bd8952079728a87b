// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "zocalo/core/buffer.hpp"
#include "zocalo/io/task.hpp"

/// Files whose reading and writing holds up nobody else on the loop.
///
/// io_uring does them by itself, poll and epoll have threads for them, and in a task on a simulated
/// host they are that host's (sim::disk), which a crash makes lose what was not synced. What must
/// be there whole or not at all is a durable_file (durable_file.hpp).
namespace zocalo::io {

namespace detail {
class opened_file;  // src/io/backend/file_operation.hpp
class file_operation;
}  // namespace detail

/// How a file is opened. As it is: for reading what is there.
struct file_options {
    bool writable = false;     ///< it may be written, too
    bool create = false;       ///< it is made when there is none
    bool must_be_new = false;  ///< with create: std::errc::file_exists when there is one
    bool empty = false;        ///< what it holds is dropped
    bool append = false;       ///< each write goes to the end, wherever that is by then
    /// The path is that of a folder, in which the file is made without a name: it is gone when it
    /// is closed, unless link() gives it one. Not every file system can:
    /// std::errc::operation_not_supported.
    bool unnamed = false;
    std::uint32_t permissions = 0666;  ///< of a new one, less the process's umask
};

/// An open file. Move-only; the destructor closes it.
///
/// Any number of operations may be under way, but for read() and write(), which share the position
/// and are for one task at a time. **Cancellation** ends what has not begun with net::stopped; what
/// the kernel or a thread has begun is waited for, because the buffer is theirs until then.
/// **Lifetime.** Buffers must live until the operation has ended; so must the file.
/// **Errors.** std::system_error that names the operation and the path:
/// no_such_file_or_directory, permission_denied, no_space_on_device, file_exists.
/// Only regular files and devices with positions; for pipes and terminals there is
/// open_descriptor().
class file {
 public:
    /// No file: every operation fails with std::errc::bad_file_descriptor.
    file() noexcept;
    file(file&& other) noexcept;
    file& operator=(file&& other) noexcept;
    ~file();

    /// Fills `into` from a place in the file on; less only at its end.
    [[nodiscard]] task<std::size_t> read_at(std::uint64_t offset, mutable_buffer into);
    /// Writes all of it to that place; what is left out before it reads as zeroes.
    [[nodiscard]] task<> write_at(std::uint64_t offset, const_buffer data);

    /// The same at the position, which goes on by as much.
    [[nodiscard]] task<std::size_t> read(mutable_buffer into);
    [[nodiscard]] task<> write(const_buffer data);
    /// Where the next read() or write() begins; 0 at first.
    [[nodiscard]] std::uint64_t position() const noexcept { return position_; }
    void seek(std::uint64_t position) noexcept { position_ = position; }

    [[nodiscard]] task<std::uint64_t> size();
    /// Makes it that long: cuts it, or adds zeroes.
    [[nodiscard]] task<> truncate(std::uint64_t size);
    /// Has the disk begin with what was written there, so that a later sync() takes less long. It
    /// promises nothing, and a system that cannot do it does not.
    [[nodiscard]] task<> begin_sync(std::uint64_t offset, std::uint64_t size);
    /// What was written survives a loss of power from here on: fsync(2). Its name does when
    /// sync_folder() has ended.
    [[nodiscard]] task<> sync();
    /// Gives it one more name, or the first one; std::errc::file_exists when something has it.
    [[nodiscard]] task<> link(std::string path);
    /// Closes it and says what the system thinks of that: a network's file system may report then
    /// what it could not write.
    [[nodiscard]] task<> close();

    [[nodiscard]] bool is_open() const noexcept { return made_of_ != nullptr; }
    /// The path that it was opened with.
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// The number of the descriptor, or −1 in a simulated network.
    [[nodiscard]] int fileno() const noexcept;
    /// What a backend keeps of it; null when it is closed.
    [[nodiscard]] detail::opened_file* made_of() const noexcept { return made_of_.get(); }

 private:
    friend task<file> open_file(std::string path, file_options options);
    file(std::string path, std::unique_ptr<detail::opened_file> made_of) noexcept;

    std::unique_ptr<detail::opened_file> made_of_;
    std::string path_;
    std::uint64_t position_ = 0;
};

[[nodiscard]] task<file> open_file(std::string path, file_options options = {});

/// Everything in a file. Throws std::system_error with std::errc::file_too_large when that is more
/// than `limit` bytes.
[[nodiscard]] task<std::string> read_file(std::string path, std::size_t limit);

/// Replaces what has the new name, in one step.
[[nodiscard]] task<> rename_file(std::string from, std::string to);
[[nodiscard]] task<> remove_file(std::string path);

/// The names in a folder survive a loss of power from here on, as links, renames and removes have
/// made them.
[[nodiscard]] task<> sync_folder(std::string path);
/// The folder that a path leads to: "." for a bare name.
[[nodiscard]] std::string folder_of(const std::string& path);

}  // namespace zocalo::io
