// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "zocalo/core/buffer.hpp"
#include "zocalo/io/file_writer.hpp"
#include "zocalo/io/task.hpp"

/// Files that are there whole or not at all, whatever happens meanwhile.
namespace zocalo::io {

/// What keep() does when something has the name already.
enum class existing {
    refuse,   ///< it stays, and keep() fails with std::errc::file_exists
    replace,  ///< it is there until the moment when the new one is
};

/// A file that gets its name when it is whole.
///
///     io::durable_file message = co_await io::create_durable_file("new/1234");
///     co_await message.write(text);
///     co_await message.keep();
///     co_await client.write("250 accepted\r\n");  // no loss of power takes it back
///
/// keep() syncs the file, links it into place, syncs the folder, and only then ends. Without it
/// nothing is left of the file, also after a crash where the file system knows files without names
/// (Linux's do); on others one may be left that ends in ".tmp". **Cancellation** of keep() leaves
/// open whether the file is there. **Errors** are those of io::file. Move-only, for one task at a
/// time.
class durable_file {
 public:
    durable_file() noexcept = default;
    durable_file(durable_file&& other) noexcept;
    durable_file& operator=(durable_file&& other) noexcept;
    ~durable_file();

    /// Adds to it; small pieces are gathered.
    [[nodiscard]] task<> write(const_buffer data) { return writer_.write(data); }
    /// file_writer::gather().
    void gather(std::size_t bytes) noexcept { writer_.gather(bytes); }
    /// What is gathered is in the file when this ends.
    [[nodiscard]] task<> flush() { return writer_.flush(); }
    /// How much was written.
    [[nodiscard]] std::uint64_t size() const noexcept { return writer_.position(); }
    /// What is flushed can be read, and changed.
    [[nodiscard]] file& contents() noexcept { return writer_.contents(); }

    /// Once: the file is closed when this ends.
    [[nodiscard]] task<> keep(existing other = existing::refuse);

    /// The path that it will have.
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
    friend task<durable_file> create_durable_file(std::string path, std::uint32_t permissions);
    durable_file(file made, std::string path, std::string temporary) noexcept;
    task<> replace();
    void drop() noexcept;

    file_writer writer_;
    std::string path_;
    std::string temporary_;  ///< a name that it has meanwhile; none where it needs none
};

/// Begins one in the folder where it will be, which is there already.
[[nodiscard]] task<durable_file> create_durable_file(std::string path,
                                                     std::uint32_t permissions = 0666);

}  // namespace zocalo::io
