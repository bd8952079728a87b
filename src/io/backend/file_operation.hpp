// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "io/backend/descriptor.hpp"
#include "zocalo/core/unique_fd.hpp"
#include "zocalo/io/blocking.hpp"
#include "zocalo/io/file.hpp"

namespace zocalo::io::detail {

/// What a backend keeps of an open file; destroying it closes the file.
class opened_file {
 public:
    virtual ~opened_file();
    opened_file(const opened_file&) = delete;
    opened_file& operator=(const opened_file&) = delete;

    [[nodiscard]] enum realm realm() const noexcept { return realm_; }
    [[nodiscard]] virtual int fileno() const noexcept { return -1; }

    /// Removes a name in its file system, at once; for destructors, which cannot wait.
    virtual void drop_name(const std::string& path) noexcept = 0;

    unsigned under_way = 0;  ///< operations

 protected:
    explicit opened_file(enum realm where) noexcept : realm_(where) {}

 private:
    enum realm realm_;
};

/// One of the operating system.
class system_file final : public opened_file {
 public:
    explicit system_file(unique_fd fd) noexcept
        : opened_file(realm::kernel), descriptor(std::move(fd)) {}
    [[nodiscard]] int fileno() const noexcept override { return descriptor.get(); }
    void drop_name(const std::string& path) noexcept override;

    unique_fd descriptor;
};

/// One request to a file system. A thread can do it; a backend that knows better does it itself.
class file_operation : public blocking_operation {
 public:
    enum class request : std::uint8_t {
        open,
        read,  ///< some bytes, at least one unless the file ends there
        write,
        size,
        truncate,
        begin_sync,
        sync,
        link,
        close,
        rename,
        remove,
    };

    explicit file_operation(request which, opened_file* on_what = nullptr) noexcept;

    /// Gives it to the backend.
    bool begin(fiber& in, std::coroutine_handle<> who);
    /// The result is for whoever began it to look at.
    void finish() noexcept;
    void cancel() noexcept override;
    void work() noexcept override;

    /// For those that open: the flags of open(2).
    [[nodiscard]] int open_flags() const noexcept;
    /// The file has been opened, or has not: −errno.
    void opened(int fd) noexcept;

    request wanted;
    opened_file* file;             ///< none for those that only know names
    const char* path = nullptr;    ///< to open, to give, to change
    const char* target = nullptr;  ///< the new name
    file_options options;
    std::uint64_t offset = 0;  ///< of a truncate: the size
    std::byte* data = nullptr;
    std::size_t size = 0;
    std::unique_ptr<opened_file> made;
    std::uint64_t value = 0;             ///< the size that was asked for
    std::unique_ptr<std::byte[]> notes;  ///< of the backend

 protected:
    ~file_operation() = default;

 private:
    bool has_begun_ = false;
};

}  // namespace zocalo::io::detail
