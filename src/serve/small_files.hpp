// SPDX-License-Identifier: MIT
#pragma once

#include <sys/stat.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace zocalo::serve::detail {

/// What is in the small files that were read lately, for as long as they stay as they are.
///
/// A file is known by its inode; its size and the times of its last changes say whether it is still
/// the same, as an entity tag does. These times have steps: what has changed within the last two
/// seconds could change once more without another time, and is not kept. Nothing is searched or
/// thrown out: a file has one place, and whoever comes there next takes it. So it needs at most 8
/// MiB. **Threads.** May be shared.
class small_files {
 public:
    using content = std::shared_ptr<const std::string>;
    static constexpr std::size_t largest = std::size_t{32} * 1024;

    small_files() : slots_(256) {}

    /// Of the file that is in that state now; null when it is not known.
    [[nodiscard]] content find(const struct stat& state) const;
    /// Reads a file that was in that state after it had been opened. Null when it may not be kept,
    /// or would have to be waited for.
    content learn(const struct stat& state, int file);

    /// Whether something known was found by that name lately: no more than a guess.
    [[nodiscard]] bool may_know(std::string_view name) const noexcept {
        const std::size_t hash = std::hash<std::string_view>()(name);
        return names_[hash % names_.size()].load(std::memory_order_relaxed) == hash;
    }
    void was_found_by(std::string_view name) noexcept {
        const std::size_t hash = std::hash<std::string_view>()(name);
        names_[hash % names_.size()].store(hash, std::memory_order_relaxed);
    }

 private:
    struct slot {
        struct stat state = {};
        content text;
    };
    [[nodiscard]] std::size_t place_of(const struct stat& state) const noexcept {
        return static_cast<std::size_t>(state.st_ino % slots_.size());
    }

    mutable std::mutex mutex_;
    std::vector<slot> slots_;
    std::array<std::atomic<std::size_t>, 256> names_{};
};

}  // namespace zocalo::serve::detail
