// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/io/task.hpp"

/// The files of a simulated host.
namespace zocalo::sim {

namespace detail {
struct machine;
class file_system;
class filing;
class simulated_file;
}  // namespace detail

/// One folder of files that loses at a crash what was not synced.
///
/// It behaves as the kernel promises, and no better: what was written is there for every reader at
/// once, and after a crash of the host it is there for certain only when sync() had ended before.
/// Without it, each write may be there, be missing or be there in part, whatever came of those
/// before it. Names are changed in order, and are there for certain after sync_names(): a file that
/// was synced under a name that was not may be gone. So a file is replaced safely by write() to
/// another name, sync(), rename(), sync_names(). host::kill() loses nothing.
///
/// Every operation takes a little time, during which the host may go down: then it has not
/// happened. **Errors.** std::system_error that names the operation and the
/// file: no_such_file_or_directory, no_space_on_device.
class disk {
 public:
    explicit disk(detail::machine& of);
    disk(const disk&) = delete;
    disk& operator=(const disk&) = delete;
    ~disk();

    /// Creates the file, or empties it, and writes.
    [[nodiscard]] io::task<> write(std::string name, std::string data);
    /// Writes at the end; creates the file when it is not there.
    [[nodiscard]] io::task<> append(std::string name, std::string data);
    [[nodiscard]] io::task<std::string> read(std::string name);
    /// Nothing when there is no such file.
    [[nodiscard]] io::task<std::optional<std::string>> try_read(std::string name);
    /// Replaces what has the new name, in one step.
    [[nodiscard]] io::task<> rename(std::string from, std::string to);
    [[nodiscard]] io::task<> remove(std::string name);

    /// What was written to the file survives a crash: fsync(2).
    [[nodiscard]] io::task<> sync(std::string name);
    /// The names survive a crash, with all that renames and removes did: fsync(2) of the folder.
    [[nodiscard]] io::task<> sync_names();

    // --- For the test, at once

    [[nodiscard]] std::vector<std::string> names() const;
    /// What the files may hold together in bytes; writes beyond it fail.
    void set_capacity(std::size_t bytes) noexcept;
    /// How long an operation takes at most; 2 ms unless set.
    void set_latency(std::chrono::nanoseconds most) noexcept;

 private:
    friend struct detail::machine;
    friend class detail::filing;
    friend class detail::simulated_file;
    [[nodiscard]] io::task<> pause();

    detail::machine& machine_;
    std::unique_ptr<detail::file_system> files_;
    std::chrono::nanoseconds latency_ = std::chrono::milliseconds(2);
};

}  // namespace zocalo::sim
