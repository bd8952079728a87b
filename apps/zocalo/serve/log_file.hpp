// SPDX-License-Identifier: MIT
#pragma once

#include <fstream>
#include <iostream>
#include <mutex>
#include <string>
#include <utility>

#include "file.hpp"

namespace zocalo::program {

/// Lines of an access log, each whole.
class log_file {
 public:
    void open(const std::string& path) {
        path_ = path;
        if (path_ == "-") out_ = &std::cout;
        reopen();
    }
    /// Goes on in whatever has the name now. Throws file_error, and goes on as before, when
    /// it cannot be written.
    void reopen() {
        if (path_.empty() || path_ == "-") return;
        std::ofstream next = open_end_of_file(path_);
        const std::lock_guard lock(mutex_);
        file_ = std::move(next);
        out_ = &file_;
    }
    void write(std::string line) {
        if (out_ == nullptr) return;
        line += '\n';
        const std::lock_guard lock(mutex_);
        *out_ << line << std::flush;
    }

 private:
    std::string path_;
    std::ofstream file_;
    std::ostream* out_ = nullptr;
    std::mutex mutex_;
};

}  // namespace zocalo::program
