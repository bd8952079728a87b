// SPDX-License-Identifier: MIT
#include <array>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>

#include "net/fail.hpp"
#include "sys/file.hpp"
#include "sys/process.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/unique_fd.hpp"
#include "zocalo/url/netrc.hpp"

namespace zocalo::url {

namespace {

std::string read_all(const unique_fd& from, const std::string& doing) {
    std::string text;
    for (;;) {
        std::array<char, 4096> room{};
        const auto got = sys::read(from.get(), room.data(), room.size());
        if (got < 0) net::fail(doing, got);
        if (got == 0) return text;
        text.append(room.data(), static_cast<std::size_t>(got));
        if (text.size() > netrc::longest) net::fail(doing, -EFBIG);
    }
}

/// Whether it is the user's own, and nobody else's to read.
bool is_private(const unique_fd& file, const std::string& doing) {
    struct stat status = {};
    const int result = sys::fstat(file.get(), &status);
    if (result < 0) net::fail(doing, result);
    const bool is_own = status.st_uid == sys::effective_user() || status.st_uid == 0;
    return is_own && (status.st_mode & (S_IRWXG | S_IRWXO)) == 0;
}

}  // namespace

netrc netrc::load(const std::string& path) {
    const std::string doing = "read " + quoted(path);
    const int opened = sys::open(path.c_str(), O_RDONLY);
    if (opened < 0) net::fail(doing, opened);
    const unique_fd file(opened);
    netrc made = parse(read_all(file, doing));
    bool has_secrets = made.default_ && !made.default_->password.empty();
    for (const machine& each : made.machines_)
        has_secrets |= !each.what.password.empty();
    if (has_secrets && !is_private(file, doing))
        net::fail(doing + ", which others may read or own", -EACCES);
    return made;
}

netrc netrc::load_own() {
    const char* const named = std::getenv("NETRC");
    const char* const home = std::getenv("HOME");
    if (named == nullptr && home == nullptr) return {};
    try {
        return load(named != nullptr ? std::string(named) : std::string(home) + "/.netrc");
    } catch (const std::system_error& error) {
        if (error.code() != std::errc::no_such_file_or_directory) throw;
        return {};
    }
}

}  // namespace zocalo::url
