// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "zocalo/http/conditional.hpp"
#include "zocalo/http/fields.hpp"
#include "zocalo/http/media_types.hpp"
#include "zocalo/serve/folder.hpp"

namespace zocalo::http {

/// The entity tag of a file (RFC 9110 §8.8.3): another one for each change and each coding.
[[nodiscard]] entity_tag tag_of(const serve::folder_entry& file, std::string_view coding);
[[nodiscard]] resource_state state_of(const serve::folder_entry& file, std::string_view coding);

/// What a response says of a file before anybody asks for a part of it: its type, its age, its tag.
///
/// All of that follows from the file's name and state and the coding in which it goes out, and
/// takes longer to write than the rest of a small response. So what was written is kept, in one
/// place for each name; whoever comes there next takes it. **Threads.** May be shared.
class file_heads {
 public:
    /// With `varies`, files may go out in one coding or another; `cache` is their Cache-Control.
    file_heads(media_types types, bool varies, std::string cache)
        : types_(std::move(types)), cache_(std::move(cache)), varies_(varies) {}

    /// Whether the name says that the file is in a coding as it is.
    [[nodiscard]] bool is_coded(std::string_view name) const {
        return !types_.guess(name).coding.empty();
    }
    /// Sets the fields of a file that was asked for by `name` and goes out as `file`, in `coding`.
    void describe(std::string_view name, const serve::folder_entry& file, std::string_view coding,
                  fields& head) const;

 private:
    /// What a head follows from, and the head.
    struct known {
        std::string name;
        std::string coding;
        std::uint64_t size = 0;
        std::chrono::sys_seconds modified{};
        std::uint32_t nanoseconds = 0;
        fields head;
    };
    [[nodiscard]] fields make(std::string_view name, const serve::folder_entry& file,
                              std::string_view coding) const;

    media_types types_;
    std::string cache_;
    bool varies_;
    mutable std::mutex mutex_;
    mutable std::array<known, 256> known_;
};

}  // namespace zocalo::http
