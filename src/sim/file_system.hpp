// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "zocalo/sim/random.hpp"

namespace zocalo::sim::detail {

/// Files as programs see them, and what is left of them when the power goes away. Results are those
/// of the system calls: 0 or a count, or −errno.
///
/// A name may have slashes, and belongs to the folder before the last one. Folders are always
/// there.
class file_system {
 public:
    /// A write that may not be on the disk yet.
    struct change {
        std::size_t at = 0;
        std::string data;
        bool cuts = false;  ///< the file is made so long first: cut, or filled with zeroes
    };
    struct file {
        std::string now;
        std::string synced;
        std::vector<change> unsynced;
    };
    using shared_file = std::shared_ptr<file>;

    // --- Open files

    /// The file of that name; a new one when `create` says so.
    int open(const std::string& name, bool create, bool must_be_new, shared_file& opened);
    long write_at(file& to, std::size_t offset, std::string_view data);
    int resize(file& which, std::size_t size);
    static void sync(file& which);
    int link(const shared_file& which, const std::string& name);
    /// The names in one folder.
    void sync_names_in(const std::string& which);
    /// Whether it has, or may have after a crash, something in it.
    [[nodiscard]] bool is_folder(const std::string& which) const;

    // --- By name

    int write(const std::string& name, std::string_view data, bool append);
    /// Null: no such file.
    [[nodiscard]] const std::string* read(const std::string& name) const;
    int rename(const std::string& from, const std::string& to);
    int remove(const std::string& name);
    int sync(const std::string& name);
    void sync_names();
    [[nodiscard]] std::vector<std::string> names() const;

    /// What was not synced becomes what chance wants.
    void lose_power(random& chance);

    std::size_t capacity = SIZE_MAX;

 private:
    using folder = std::map<std::string, shared_file>;

    [[nodiscard]] std::size_t used() const noexcept;
    [[nodiscard]] bool has_room_for(std::size_t more) const noexcept;
    /// Notes a state of the folder, which may be the one that a crash leaves.
    void names_changed() { unsynced_names_.push_back(names_); }
    static void apply(change what, std::string& to, random& chance);

    folder names_;
    folder synced_names_;
    std::vector<folder> unsynced_names_;  ///< each state since then, the last is now
};

}  // namespace zocalo::sim::detail
