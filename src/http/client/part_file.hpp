// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <string>
#include <string_view>

#include "zocalo/core/buffer.hpp"
#include "zocalo/io/file.hpp"
#include "zocalo/io/mutex.hpp"
#include "zocalo/io/task.hpp"

namespace zocalo::http {

/// Bytes that are still to come, from `next` to before `end`.
struct segment {
    static constexpr std::uint64_t unknown = std::numeric_limits<std::uint64_t>::max();

    std::uint64_t next = 0;
    std::uint64_t end = unknown;
    bool is_taken = false;  ///< somebody fetches it

    [[nodiscard]] bool is_done() const noexcept { return next == end; }
};

/// A file that is not there as a whole: `path.part`, and the note `path.part.version` of what it
/// is a part of.
///
/// The note is the version, in one line. When the file came in several segments, lines with its
/// size and with what is missing follow; otherwise one with how much there is, or nothing, and then
/// that is the file's length. The note never says more than there is, also after a loss of power:
/// it is written when the data was synced. A part whose version nobody knows is never gone on with.
///
/// The part is locked while it is open, where there are descriptors: who finds it locked gets
/// std::errc::device_or_resource_busy.
class part_file {
 public:
    explicit part_file(std::string path) : path_(std::move(path)) {}

    /// What is left of another day, if `resume`; else nothing.
    [[nodiscard]] io::task<> open(bool resume);
    /// Whether it is the file at `path` itself, of a version that nobody knows: open_begun().
    [[nodiscard]] bool is_begun() const noexcept { return is_begun_; }
    /// Takes the file at `path`, if there is one and no part.
    [[nodiscard]] io::task<> open_begun();
    /// That is a part, of this version.
    [[nodiscard]] io::task<> adopt(std::string version);

    /// Drops what is there.
    [[nodiscard]] io::task<> begin_anew(std::string version);
    /// Makes segments of what is missing of the first one, as many as asked for, none of them
    /// smaller than `least`.
    [[nodiscard]] io::task<> split(std::uint64_t size, std::size_t most, std::uint64_t least);
    /// Makes a segment end where the next one does, which nobody has begun. False: there is none.
    [[nodiscard]] bool merge(segment& with_next);

    /// Writes to the beginning of a segment, which is shorter then.
    [[nodiscard]] io::task<> write(segment& to, const_buffer data);
    /// Notes what was written, beside those who write; ends by cancellation only. It takes a
    /// twentieth of the time at most, however long the disk takes to sync.
    [[nodiscard]] io::task<> keep_notes();
    /// Notes what was written since, when there is something to go on with.
    [[nodiscard]] io::task<> settle();
    /// Gives it its name, when it is on the disk.
    [[nodiscard]] io::task<> finish();

    [[nodiscard]] const std::string& version() const noexcept { return version_; }
    [[nodiscard]] std::uint64_t have() const noexcept { return have_; }
    [[nodiscard]] bool is_split() const noexcept { return is_split_; }
    /// Of the whole, when it is split.
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
    /// At least one; in their order.
    [[nodiscard]] std::deque<segment>& segments() noexcept { return segments_; }

 private:
    [[nodiscard]] std::string part() const { return path_ + ".part"; }
    [[nodiscard]] std::string note_file() const { return path_ + ".part.version"; }
    [[nodiscard]] io::task<> open_locked(std::string path, io::file_options how);
    [[nodiscard]] io::task<std::string> read_note() const;
    [[nodiscard]] io::task<> open_note(bool empty);
    /// What is there now, when that is on the disk.
    [[nodiscard]] io::task<> note();
    /// The same for who has the lock.
    [[nodiscard]] io::task<> write_note();
    [[nodiscard]] std::string note_text() const;
    void read(std::string_view note, std::uint64_t in_file);
    [[nodiscard]] bool read_table(std::string_view table, std::uint64_t in_file);

    const std::string path_;
    io::file file_;
    io::file note_;
    std::string version_;  ///< empty: not known
    std::deque<segment> segments_{segment{}};
    std::uint64_t have_ = 0;
    std::uint64_t size_ = 0;  ///< of the whole, when it is split
    bool is_split_ = false;
    bool is_begun_ = false;
    bool has_old_note_ = false;    ///< there was one when this was opened
    bool is_named_ = false;        ///< the names are on the disk
    std::uint64_t not_noted_ = 0;  ///< bytes that were written since the last note
    io::event has_more_;           ///< that is enough for another note
    io::mutex noting_;             ///< one at a time says what the note is
};

}  // namespace zocalo::http
