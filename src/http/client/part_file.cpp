// SPDX-License-Identifier: MIT
#include "http/client/part_file.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "zocalo/core/number.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::http {

namespace {

constexpr std::size_t longest_note = std::size_t{64} * 1024;
constexpr std::size_t digits = 20;  // of the largest number
constexpr std::uint64_t note_every = std::uint64_t{256} * 1024;

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

io::task<> part_file::open(bool resume) {
    std::string note;
    if (resume) {
        io::task<std::string> reading = read_note();
        note = co_await std::move(reading);
    }
    io::file_options how;
    how.writable = how.create = true;
    how.empty = note.empty();
    io::task<io::file> opening = io::open_file(part(), how);
    file_ = co_await std::move(opening);
    io::task<std::uint64_t> measuring = file_.size();
    const std::uint64_t size = co_await std::move(measuring);
    read(note, size);
    if (!is_split_) co_return;
    // Before several write to it.
    io::task<> beginning = open_note(false);
    co_await std::move(beginning);
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
    is_split_ = read_table(note.substr(line + 1), in_file);
    if (is_split_) return;
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
        found.push_back({.next = *next, .end = *end, .noted = *next});
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
    io::task<io::file> opening = io::open_file(path_, how);
    file_ = co_await std::move(opening);
    io::task<std::uint64_t> measuring = file_.size();
    have_ = co_await std::move(measuring);
    segments_ = {segment{.next = have_}};
    is_begun_ = true;
}

io::task<> part_file::adopt(std::string version) {
    version_ = std::move(version);
    io::task<> noting = write_note();
    co_await std::move(noting);
    io::task<> renaming = io::rename_file(path_, part());
    co_await std::move(renaming);
    is_begun_ = false;
}

io::task<> part_file::begin_anew(std::string version) {
    if (is_begun_) {
        io::file_options how;
        how.writable = how.create = true;
        io::task<io::file> opening = io::open_file(part(), how);
        file_ = co_await std::move(opening);
        is_begun_ = false;
    }
    io::task<> cutting = file_.truncate(0);
    co_await std::move(cutting);
    version_ = std::move(version);
    have_ = 0;
    is_split_ = false;
    segments_.front() = segment{.is_taken = segments_.front().is_taken};
    segments_.resize(1);
    note_ = io::file();
    io::task<> noting = write_note();
    co_await std::move(noting);
}

io::task<> part_file::split(std::uint64_t size, std::size_t most, std::uint64_t least) {
    segment& first = segments_.front();
    const std::uint64_t missing = size - first.next;
    const std::uint64_t parts =
        std::clamp<std::uint64_t>(missing / std::max<std::uint64_t>(least, 1), 1, most);
    const std::uint64_t each = missing / parts;
    first.end = first.next + each;
    for (std::uint64_t next = first.end; segments_.size() < parts; next += each)
        segments_.push_back({.next = next, .end = next + each, .noted = next});
    segments_.back().end = size;
    if (parts == 1) co_return;
    is_split_ = true;
    size_ = size;
    io::task<> growing = file_.truncate(size);
    co_await std::move(growing);
    note_ = io::file();
    io::task<> noting = write_note();
    co_await std::move(noting);
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
    if (!is_split_ || (to.next - to.noted < note_every && !to.is_done())) co_return;
    to.noted = to.next;
    io::task<> noting = write_note();
    co_await std::move(noting);
}

/// All of it in one write, always as long: a note that comes late says less, and nothing wrong.
io::task<> part_file::write_note() {
    if (!note_.is_open()) {
        io::task<> opening = open_note(true);
        co_await std::move(opening);
    }
    std::string text = version_;
    if (is_split_) {
        text += '\n' + padded(size_) + '\n';
        for (const segment& each : segments_) {
            text += padded(each.next) + ' ';
            text += padded(each.end) + '\n';
        }
    }
    io::task<> writing = note_.write_at(0, text);
    co_await std::move(writing);
}

io::task<> part_file::finish() {
    io::task<> next = file_.sync();
    co_await std::move(next);
    next = file_.close();
    co_await std::move(next);
    next = io::rename_file(part(), path_);
    co_await std::move(next);
    next = io::sync_folder(io::folder_of(path_));
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
