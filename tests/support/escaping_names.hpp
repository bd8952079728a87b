// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

/// What those try who want out of a served folder.
namespace zocalo::tests {

/// 2,560 names that have led out of folders elsewhere, made from ways up, separators, ends and
/// depths, escaped as URLs are; and those of some files that every machine has.
inline std::vector<std::string> names_that_lead_out() {
    const std::array<std::string, 20> ups{
        "..",         "%2e%2e",    "%2E.",  ".%2e",        "..%00",   "..%c0%af", "....",
        "%252e%252e", "..;",       "..%5c", "%c0%ae.",     "..%20",   "swap",     "swap/..",
        "a/../..",    "a/b/../..", "./..",  "..%ef%bc%8f", "%uff0e.", "swap/swap"};
    const std::array<std::string, 8> separators{"/",  "%2f", "%2F", "//",
                                                "\\", "%5c", "/./", "%00/"};
    const std::array<std::string, 4> ends{"secret.txt", "root/../secret.txt", "%73ecret.txt",
                                          "../secret.txt"};
    std::vector<std::string> all;
    for (const auto& up : ups)
        for (const auto& separator : separators)
            for (const auto& end : ends)
                for (int depth = 1; depth <= 4; ++depth) {
                    std::string path = "/";
                    for (int i = 0; i < depth; ++i)
                        path.append(up).append(separator);
                    all.push_back(path + end);
                }
    for (const auto* path : {"/proc/self/root/", "/proc/self/cwd/", "/dev/fd/3", "file:///"})
        all.push_back(std::string("/") + path);
    return all;
}

/// While it lives, `swap` in the folder is now another folder, now a link to the folder's parent,
/// and now nothing.
class racing_link {
 public:
    explicit racing_link(std::filesystem::path root) : root_(std::move(root)) {
        std::filesystem::create_directory(root_ / "swap-folder");
        std::filesystem::create_directory_symlink("..", root_ / "swap-link");
        racer_ = std::thread([this] { race(); });
    }
    racing_link(const racing_link&) = delete;
    racing_link& operator=(const racing_link&) = delete;
    ~racing_link() {
        is_over_ = true;
        racer_.join();
    }

 private:
    void race() const {
        const auto swap = root_ / "swap";
        while (!is_over_) {
            for (const char* each : {"swap-folder", "swap-link"}) {
                std::filesystem::rename(root_ / each, swap);
                std::filesystem::rename(swap, root_ / each);
            }
        }
    }

    std::filesystem::path root_;
    std::atomic<bool> is_over_ = false;
    std::thread racer_;
};

}  // namespace zocalo::tests
