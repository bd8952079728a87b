// SPDX-License-Identifier: MIT
#include "file.hpp"

#include "sys/retry.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::program {

namespace {

template <class Stream>
Stream open(const std::string& path) {
    sys::clear_error();
    Stream file(path, std::ios::binary);
    if (!file) throw file_error(sys::last_error(), std::system_category(), "open " + quoted(path));
    return file;
}

}  // namespace

std::ifstream open_file(const std::string& path) {
    std::ifstream file = open<std::ifstream>(path);
    // A folder opens, and fails when it is read.
    sys::clear_error();
    file.peek();
    if (file.bad())
        throw file_error(sys::last_error(), std::system_category(), "read " + quoted(path));
    file.clear();
    return file;
}

std::ofstream create_file(const std::string& path) {
    return open<std::ofstream>(path);
}

}  // namespace zocalo::program
