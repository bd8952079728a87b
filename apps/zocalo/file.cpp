// SPDX-License-Identifier: MIT
#include "file.hpp"

#include <cerrno>
#include <iostream>
#include <iterator>

#include "sys/file.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::program {

namespace {

template <class Stream>
Stream open(const std::string& path, std::ios::openmode how = std::ios::binary) {
    sys::clear_error();
    Stream file(path, how);
    if (!file) throw file_error(sys::last_error(), std::system_category(), "open " + quoted(path));
    return file;
}

}  // namespace

std::string what_failed(const std::system_error& error) {
    std::string text = error.what();
    const std::string end = ": " + error.code().message();
    if (text.ends_with(end)) text.resize(text.size() - end.size());
    return text;
}

std::ifstream open_file(const std::string& path) {
    auto file = open<std::ifstream>(path);
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

std::ofstream open_end_of_file(const std::string& path) {
    return open<std::ofstream>(path, std::ios::binary | std::ios::app);
}

std::string read_file(const std::string& path) {
    if (path == "-") return {std::istreambuf_iterator<char>(std::cin), {}};
    auto file = open_file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

void flush(std::ostream& out, const std::string& what) {
    const bool had_failed = !out;
    if (had_failed) {  // and nobody has kept the reason: another attempt will have the same
        out.clear();
        out << '\n';
    }
    sys::clear_error();
    if (out.flush() && !had_failed) return;
    const int error = sys::last_error();
    throw file_error(error != 0 ? error : EIO, std::system_category(), "write " + what);
}

void flush_output() {
    flush(std::cout, "standard output");
}

void hold_standard_descriptors() noexcept {
    for (int fd = 0; fd <= 2; ++fd) {
        if (sys::get_descriptor_flags(fd) != -EBADF) continue;
        if (sys::open("/dev/null", O_RDONLY) == fd) sys::set_descriptor_flags(fd, 0);
    }
}

}  // namespace zocalo::program
