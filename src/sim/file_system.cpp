// SPDX-License-Identifier: MIT
#include "sim/file_system.hpp"

#include <algorithm>
#include <cerrno>

namespace zocalo::sim::detail {

std::size_t file_system::used() const noexcept {
    std::size_t sum = 0;
    for (const auto& [name, each] : names_)
        sum += each->now.size();
    return sum;
}

file_system::file& file_system::find_or_create(const std::string& name) {
    const auto [place, is_new] = names_.try_emplace(name);
    if (is_new) {
        place->second = std::make_shared<file>();
        names_changed();
    }
    return *place->second;
}

int file_system::write(const std::string& name, std::string_view data, bool append) {
    file& to = find_or_create(name);
    if (!append) to.now.clear();
    const bool fits = data.size() <= capacity && used() <= capacity - data.size();
    if (!fits) data = {};
    to.unsynced.push_back({to.now.size(), std::string(data), !append});
    to.now += data;
    return fits ? 0 : -ENOSPC;
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
    found->second->synced = found->second->now;
    found->second->unsynced.clear();
    return 0;
}

void file_system::sync_names() {
    synced_names_ = names_;
    unsynced_names_.clear();
}

std::vector<std::string> file_system::names() const {
    std::vector<std::string> all;
    for (const auto& [name, each] : names_)
        all.push_back(name);
    return all;
}

/// Whole, in part, or not at all. What was never written between two that were is zeroes.
void file_system::apply(change what, std::string& to, random& chance) {
    if (what.empties && chance.chance(0.5)) to.clear();
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
