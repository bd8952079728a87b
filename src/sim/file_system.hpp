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
/// of the system calls: 0 or −errno.
class file_system {
 public:
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
    /// A write that may not be on the disk yet.
    struct change {
        std::size_t at;
        std::string data;
        bool empties = false;  ///< the file is cut to nothing first
    };
    struct file {
        std::string now;
        std::string synced;
        std::vector<change> unsynced;
    };
    using folder = std::map<std::string, std::shared_ptr<file>>;

    [[nodiscard]] std::size_t used() const noexcept;
    file& find_or_create(const std::string& name);
    /// Notes a state of the folder, which may be the one that a crash leaves.
    void names_changed() { unsynced_names_.push_back(names_); }
    static void apply(change what, std::string& to, random& chance);

    folder names_;
    folder synced_names_;
    std::vector<folder> unsynced_names_;  ///< each state since then, the last is now
};

}  // namespace zocalo::sim::detail
