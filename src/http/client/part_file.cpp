// SPDX-License-Identifier: MIT
#include "http/client/part_file.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <optional>
#include <system_error>
#include <utility>

#include "sys/file_lock.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/io/blocking.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::http {

namespace {

constexpr std::size_t longest_note = std::size_t{64} * 1024;
constexpr std::size_t digits = 20;  // of the largest number
constexpr std::uint64_t note_every = std::uint64_t{256} * 1024;
constexpr std::chrono::milliseconds least_pause{500};  // between two notes

std::string padded(std::uint64_t number) {
    std::string text = std::to_string(number);
    return text.insert(0, digits - text.size(), '0');
}

/// Takes a number of the table and the one character behind it.
std::optional<std::uint64_t> take_number(std::string_view& from) {
    if (from.size() < digits + 1) return std::nullopt;
    std::string_view text = from.substr(0, digits);
    from.remove_prefix(digits + 1);
    text.remove_prefix(std::min(text.find_first_not_of('0'), digits - 1));
    return from_digits<std::uint64_t>(text);
}

/// Whether the file is locked now, and still has that name. Descriptors below 0 are of simulated
/// networks, and some file systems know no locks.
bool lock_under(int descriptor, const std::string& path) {
    if (descriptor < 0) return true;
    if (sys::try_lock(descriptor) == -EWOULDBLOCK) {
        throw std::system_error(std::make_error_code(std::errc::device_or_resource_busy),
                                "download: " + escaped(path) + ": another one writes to it");
    }
    return sys::is_at(descriptor, path.c_str());
}

io::task<bool> is_there(std::string path) {
    bool found = true;
    try {
        io::task<io::file> opening = io::open_file(std::move(path));
        const io::file it = co_await std::move(opening);
    } catch (const std::system_error& error) {
        if (error.code() != std::errc::no_such_file_or_directory) throw;
        found = false;
    }
    co_return found;
}

}  // namespace

io::task<std::string> part_file::read_note() const {
    std::string text;
    try {
        io::task<std::string> reading = io::read_file(note_file(), longest_note);
        text = co_await std::move(reading);
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        text.clear();  // there is none
    }
    co_return text;
}

/// The lock is the file's, whatever its name: one that was finished meanwhile is not the part any
/// more, and there is another one, or none.
io::task<> part_file::open_locked(std::string path, io::file_options how) {
    for (bool is_here = false; !is_here;) {
        io::task<io::file> opening = io::open_file(path, how);
        file_ = co_await std::move(opening);
        const int descriptor = file_.fileno();
        const auto lock = [descriptor, &path] { return lock_under(descriptor, path); };
        io::task<bool> locking = io::spawn_blocking(lock);
        is_here = co_await std::move(locking);
    }
}

io::task<> part_file::open(bool resume) {
    io::file_options how;
    how.writable = how.create = true;
    io::task<> next = open_locked(part(), how);
    co_await std::move(next);
    io::task<std::string> reading = read_note();
    std::string note = co_await std::move(reading);
    has_old_note_ = !note.empty();
    if (!resume) note.clear();
    io::task<std::uint64_t> measuring = file_.size();
    const std::uint64_t size = co_await std::move(measuring);
    read(note, size);
    if (!is_split_ && have_ != 0 && have_ < size) {
        next = file_.truncate(have_);
        co_await std::move(next);
    }
    if (!is_split_) co_return;
    // Before several write to it.
    next = open_note(false);
    co_await std::move(next);
}

io::task<> part_file::open_note(bool empty) {
    io::file_options how;
    how.writable = how.create = true;
    how.empty = empty;
    io::task<io::file> opening = io::open_file(note_file(), how);
    note_ = co_await std::move(opening);
}

void part_file::read(std::string_view note, std::uint64_t in_file) {
    const std::size_t line = std::min(note.find('\n'), note.size());
    version_ = note.substr(0, line);
    if (std::ranges::any_of(version_, [](unsigned char c) { return c < ' ' || c > '~'; }))
        version_.clear();
    have_ = version_.empty() ? 0 : in_file;
    segments_ = {segment{.next = have_}};
    if (line == note.size()) return;
    std::string_view table = note.substr(line + 1);
    is_split_ = read_table(table, in_file);
    if (is_split_) return;
    const auto noted = take_number(table);
    if (noted && table.empty() && *noted <= in_file) {
        have_ = version_.empty() ? 0 : *noted;
        segments_ = {segment{.next = have_}};
        return;
    }
    version_.clear();
    have_ = 0;
    segments_ = {segment{}};
}

bool part_file::read_table(std::string_view table, std::uint64_t in_file) {
    const auto size = take_number(table);
    std::deque<segment> found;
    std::uint64_t missing = 0;
    std::uint64_t last = 0;
    while (size && !table.empty()) {
        const auto next = take_number(table);
        const auto end = take_number(table);
        if (!next || !end || *next < last || *end < *next || *end > *size) return false;
        found.push_back({.next = *next, .end = *end});
        last = *end;
        missing += *end - *next;
    }
    if (found.empty() || *size != in_file) return false;
    segments_ = std::move(found);
    size_ = *size;
    have_ = size_ - missing;
    return true;
}

io::task<> part_file::open_begun() {
    io::task<bool> looking = is_there(part());
    const bool has_part = co_await std::move(looking);
    looking = is_there(path_);
    const bool has_file = co_await std::move(looking);
    if (has_part || !has_file) co_return;
    io::file_options how;
    how.writable = true;
    io::task<> opening = open_locked(path_, how);
    co_await std::move(opening);
    io::task<std::uint64_t> measuring = file_.size();
    have_ = co_await std::move(measuring);
    segments_ = {segment{.next = have_}};
    is_begun_ = true;
}

io::task<> part_file::adopt(std::string version) {
    version_ = std::move(version);
    io::task<> next = note();
    co_await std::move(next);
    next = io::rename_file(path_, part());
    co_await std::move(next);
    is_begun_ = is_named_ = false;
}

io::task<> part_file::begin_anew(std::string version) {
    io::task<io::semaphore::permit> locking = noting_.lock();
    const io::semaphore::permit mine = co_await std::move(locking);
    if (is_begun_) {
        io::file_options how;
        how.writable = how.create = true;
        io::task<> opening = open_locked(part(), how);
        co_await std::move(opening);
        is_begun_ = false;
    }
    version_ = std::move(version);
    have_ = not_noted_ = 0;
    is_split_ = false;
    segments_.front() = segment{.is_taken = segments_.front().is_taken};
    segments_.resize(1);
    note_ = io::file();
    io::task<> next = open_note(true);
    co_await std::move(next);
    const std::string text = note_text();
    next = note_.write_at(0, text);
    co_await std::move(next);
    // The old note must not come back, or it would be one of what comes now.
    if (std::exchange(has_old_note_, true)) {
        next = note_.sync();
        co_await std::move(next);
    }
    next = file_.truncate(0);
    co_await std::move(next);
}

io::task<> part_file::split(std::uint64_t size, std::size_t most, std::uint64_t least) {
    io::task<io::semaphore::permit> locking = noting_.lock();
    const io::semaphore::permit mine = co_await std::move(locking);
    segment& first = segments_.front();
    const std::uint64_t missing = size - first.next;
    const std::uint64_t parts =
        std::clamp<std::uint64_t>(missing / std::max<std::uint64_t>(least, 1), 1, most);
    const std::uint64_t each = missing / parts;
    first.end = first.next + each;
    for (std::uint64_t next = first.end; segments_.size() < parts; next += each)
        segments_.push_back({.next = next, .end = next + each});
    segments_.back().end = size;
    if (parts == 1) co_return;
    is_split_ = true;
    size_ = size;
    io::task<> next = file_.truncate(size);
    co_await std::move(next);
    note_ = io::file();
    next = write_note();
    co_await std::move(next);
}

bool part_file::merge(segment& with_next) {
    const auto is_behind = [&](const segment& each) {
        return &each != &with_next && !each.is_done() && each.next == with_next.end;
    };
    const auto next = std::ranges::find_if(segments_, is_behind);
    if (next == segments_.end() || next->is_taken) return false;
    with_next.end = next->end;
    next->next = next->end;
    return true;
}

io::task<> part_file::write(segment& to, const_buffer data) {
    io::task<> writing = file_.write_at(to.next, data);
    co_await std::move(writing);
    to.next += data.size();
    have_ += data.size();
    not_noted_ += data.size();
    if (not_noted_ >= note_every) has_more_.set();
}

io::task<> part_file::keep_notes() {
    for (;;) {
        io::task<> next = has_more_.wait();
        co_await std::move(next);
        has_more_.reset();
        const io::time_point began = co_await io::now();
        if (!version_.empty()) {
            next = note();
            co_await std::move(next);
        }
        const io::time_point ended = co_await io::now();
        const auto pause = std::max<io::time_point::duration>(19 * (ended - began), least_pause);
        co_await io::sleep(pause);
    }
}

io::task<> part_file::settle() {
    const bool is_of_use = file_.is_open() && !is_begun_ && !version_.empty();
    if (!is_of_use || not_noted_ == 0) co_return;
    io::task<> noting = note();
    co_await std::move(noting);
}

io::task<> part_file::note() {
    io::task<io::semaphore::permit> locking = noting_.lock();
    const io::semaphore::permit mine = co_await std::move(locking);
    io::task<> writing = write_note();
    co_await std::move(writing);
}

std::string part_file::note_text() const {
    std::string text = version_;
    if (version_.empty()) return text;
    text += '\n' + padded(is_split_ ? size_ : have_) + '\n';
    if (!is_split_) return text;
    for (const segment& each : segments_) {
        text += padded(each.next) + ' ';
        text += padded(each.end) + '\n';
    }
    return text;
}

/// All of it in one write, always as long. What is written while the data is synced comes with the
/// next one.
io::task<> part_file::write_note() {
    const std::string text = note_text();
    not_noted_ = 0;
    io::task<> next = file_.sync();
    co_await std::move(next);
    if (!note_.is_open()) {
        next = open_note(true);
        co_await std::move(next);
    }
    next = note_.write_at(0, text);
    co_await std::move(next);
    next = note_.sync();
    co_await std::move(next);
    has_old_note_ = true;
    if (std::exchange(is_named_, true)) co_return;
    next = io::sync_folder(io::folder_of(path_));
    co_await std::move(next);
}

io::task<> part_file::finish() {
    io::task<> next = file_.sync();
    co_await std::move(next);
    next = io::rename_file(part(), path_);
    co_await std::move(next);
    next = io::sync_folder(io::folder_of(path_));
    co_await std::move(next);
    next = file_.close();  // whoever waits for the lock finds that it is no part any more
    co_await std::move(next);
    note_ = io::file();
    try {
        next = io::remove_file(note_file());
        co_await std::move(next);
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        version_.clear();  // there was none
    }
}

}  // namespace zocalo::http
