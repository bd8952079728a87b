// SPDX-License-Identifier: MIT
#pragma once

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <string>
#include <vector>

namespace zocalo::tests {

/// Which files of a folder are opened, by whomever, from now on (inotify(7)). Asking what something
/// is (O_PATH) opens nothing.
class opened_files {
 public:
    explicit opened_files(const std::string& folder) : fd_(::inotify_init1(IN_NONBLOCK)) {
        ::inotify_add_watch(fd_, folder.c_str(), IN_OPEN);
    }
    opened_files(const opened_files&) = delete;
    opened_files& operator=(const opened_files&) = delete;
    ~opened_files() { ::close(fd_); }

    /// Since the last call; the folder itself is none of them.
    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> all;
        alignas(inotify_event) std::array<char, 65536> room;
        for (ssize_t got = 0; (got = ::read(fd_, room.data(), room.size())) > 0;) {
            for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
                inotify_event event{};
                std::memcpy(&event, room.data() + at, sizeof event);
                if (event.len > 0 && (event.mask & IN_ISDIR) == 0) {
                    all.emplace_back(room.data() + at + sizeof event);
                }
                at += sizeof event + event.len;
            }
        }
        return all;
    }

 private:
    int fd_;
};

}  // namespace zocalo::tests
