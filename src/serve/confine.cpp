// SPDX-License-Identifier: MIT
// All kinds of access that the kernel can refuse are refused, and those that are asked for allowed
// again. A kernel that knows fewer kinds refuses fewer: those were added one by one.
#include <cstdint>
#include <string>
#include <vector>

#include "net/fail.hpp"
#include "sys/file.hpp"
#include "sys/landlock.hpp"
#include "sys/user.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/unique_fd.hpp"
#include "zocalo/serve/privileges.hpp"

namespace zocalo::serve {

namespace {

using rights = std::uint64_t;

// Of later versions than our headers may be.
constexpr rights truncating = 1U << 14;  // third
constexpr rights devices = 1U << 15;     // fifth: ioctl(2) on those that are opened from now on

constexpr rights reading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr rights of_sockets = LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_REMOVE_FILE;
constexpr rights writing = reading | of_sockets | truncating | LANDLOCK_ACCESS_FS_WRITE_FILE |
                           LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_MAKE_DIR |
                           LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_FIFO |
                           LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REFER;
/// What can be allowed for something that is no folder.
constexpr rights of_files =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | truncating;

rights known_to(int version) noexcept {
    rights all = LANDLOCK_ACCESS_FS_REFER - 1;  // the first version has all before it
    if (version >= 2) all |= LANDLOCK_ACCESS_FS_REFER;
    if (version >= 3) all |= truncating;
    if (version >= 5) all |= devices;
    return all;
}

class rule_set {
 public:
    rule_set() {
        const int version = sys::landlock_version();
        if (version < 0) net::fail("confine the process to some files", version);
        handled_ = known_to(version);
        fd_ = unique_fd(sys::landlock_create(handled_));
        if (!fd_) net::fail("confine the process to some files", fd_.get());
    }

    void allow(const std::vector<std::string>& paths, rights what) {
        for (const std::string& path : paths)
            allow(path, what);
    }

    void hold() {
        must("forbid new privileges", sys::forbid_new_privileges());
        must("confine the process to some files", sys::landlock_restrict(fd_.get()));
    }

 private:
    static void must(const std::string& what, int result) {
        if (result < 0) net::fail(what, result);
    }

    void allow(const std::string& path, rights what) {
        const std::string operation = "confine the process to " + quoted(path);
        const unique_fd place(sys::open(path.c_str(), O_PATH));
        if (!place) net::fail(operation, place.get());
        struct stat status{};
        must(operation, sys::fstat(place.get(), &status));
        what &= handled_;
        if (!S_ISDIR(status.st_mode)) what &= of_files;
        must(operation, sys::landlock_allow(fd_.get(), place.get(), what));
    }

    rights handled_ = 0;
    unique_fd fd_;
};

}  // namespace

void confine(const file_access& to) {
    rule_set rules;
    rules.allow(to.read, reading);
    rules.allow(to.write, writing);
    rules.allow(to.sockets, of_sockets);
    rules.hold();
}

}  // namespace zocalo::serve
