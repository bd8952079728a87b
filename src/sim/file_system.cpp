// SPDX-License-Identifier: MIT
#include "sim/file_system.hpp"

#include <algorithm>
#include <cerrno>
#include <iterator>

#include "zocalo/io/file.hpp"

namespace zocalo::sim::detail {

std::size_t file_system::used() const noexcept {
    std::size_t sum = 0;
    for (const auto& [name, each] : names_)
        sum += each->now.size();
    return sum;
}

bool file_system::has_room_for(std::size_t more) const noexcept {
    return more <= capacity && used() <= capacity - more;
}

int file_system::open(const std::string& name, bool create, bool must_be_new, shared_file& opened) {
    const auto found = names_.find(name);
    if (found != names_.end()) {
        opened = found->second;
        return create && must_be_new ? -EEXIST : 0;
    }
    if (!create) return -ENOENT;
    opened = names_[name] = std::make_shared<file>();
    names_changed();
    return 0;
}

/// What lies between the end of the file and the place reads as zeroes.
long file_system::write_at(file& to, std::size_t offset, std::string_view data) {
    const std::size_t end = offset + data.size();
    if (end > to.now.size() && !has_room_for(end - to.now.size())) return -ENOSPC;
    to.unsynced.push_back({offset, std::string(data)});
    to.now.resize(std::max(to.now.size(), end), '\0');
    to.now.replace(offset, data.size(), data);
    return static_cast<long>(data.size());
}

int file_system::resize(file& which, std::size_t size) {
    if (size > which.now.size() && !has_room_for(size - which.now.size())) return -ENOSPC;
    which.unsynced.push_back({.at = size, .data = {}, .cuts = true});
    which.now.resize(size, '\0');
    return 0;
}

void file_system::sync(file& which) {
    which.synced = which.now;
    which.unsynced.clear();
}

int file_system::link(const shared_file& which, const std::string& name) {
    if (!names_.try_emplace(name, which).second) return -EEXIST;
    names_changed();
    return 0;
}

int file_system::write(const std::string& name, std::string_view data, bool append) {
    shared_file to;
    open(name, true, false, to);
    if (!append) resize(*to, 0);
    const long written = write_at(*to, to->now.size(), data);
    return written < 0 ? static_cast<int>(written) : 0;
}

const std::string* file_system::read(const std::string& name) const {
    const auto found = names_.find(name);
    return found == names_.end() ? nullptr : &found->second->now;
}

int file_system::rename(const std::string& from, const std::string& to) {
    const auto found = names_.find(from);
    if (found == names_.end()) return -ENOENT;
    if (from == to) return 0;
    names_[to] = found->second;
    names_.erase(from);
    names_changed();
    return 0;
}

int file_system::remove(const std::string& name) {
    if (names_.erase(name) == 0) return -ENOENT;
    names_changed();
    return 0;
}

int file_system::sync(const std::string& name) {
    const auto found = names_.find(name);
    if (found == names_.end()) return -ENOENT;
    sync(*found->second);
    return 0;
}

void file_system::sync_names() {
    synced_names_ = names_;
    unsynced_names_.clear();
}

bool file_system::is_folder(const std::string& which) const {
    const std::string beginning = which.ends_with('/') ? which : which + '/';
    const auto has_some = [&](const folder& state) {
        return std::ranges::any_of(
            state, [&](const auto& each) { return each.first.starts_with(beginning); });
    };
    return which == "." || which == "/" || has_some(names_) || has_some(synced_names_) ||
           std::ranges::any_of(unsynced_names_, has_some);
}

/// In whatever state the other folders survive, this one is as it is now.
void file_system::sync_names_in(const std::string& which) {
    const auto is_there = [&which](const auto& each) { return io::folder_of(each.first) == which; };
    const auto take_over = [&](folder& state) {
        std::erase_if(state, is_there);
        std::ranges::copy_if(names_, std::inserter(state, state.end()), is_there);
    };
    take_over(synced_names_);
    std::ranges::for_each(unsynced_names_, take_over);
}

std::vector<std::string> file_system::names() const {
    std::vector<std::string> all;
    for (const auto& [name, each] : names_)
        all.push_back(name);
    return all;
}

/// Whole, in part, or not at all. What was never written between two that were is zeroes.
void file_system::apply(change what, std::string& to, random& chance) {
    if (what.cuts && chance.chance(0.5)) to.resize(what.at, '\0');
    if (chance.chance(0.3)) return;
    if (chance.chance(0.3)) what.data.resize(chance.below(what.data.size() + 1));
    if (what.data.empty()) return;
    to.resize(std::max(to.size(), what.at + what.data.size()), '\0');
    to.replace(what.at, what.data.size(), what.data);
}

void file_system::lose_power(random& chance) {
    const std::uint64_t state = chance.below(unsynced_names_.size() + 1);
    if (state > 0) synced_names_ = unsynced_names_[state - 1];
    unsynced_names_.clear();
    names_ = synced_names_;
    for (const auto& [name, each] : names_) {
        for (change& one : each->unsynced)
            apply(std::move(one), each->synced, chance);
        each->unsynced.clear();
        each->now = each->synced;
    }
}

}  // namespace zocalo::sim::detail
