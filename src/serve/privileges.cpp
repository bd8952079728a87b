// SPDX-License-Identifier: MIT
#include "zocalo/serve/privileges.hpp"

#include <cerrno>
#include <stdexcept>
#include <vector>

#include "net/fail.hpp"
#include "serve/identity.hpp"
#include "sys/process.hpp"
#include "sys/user.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::serve {

detail::identity detail::look_up(const std::string& name) {
    std::vector<char> memory(1024);
    for (;;) {
        passwd entry{};
        passwd* found = nullptr;
        const int error = sys::getpwnam(name.c_str(), entry, memory.data(), memory.size(), &found);
        if (error == ERANGE && memory.size() < std::size_t{1} << 20) {
            memory.resize(2 * memory.size());
            continue;
        }
        if (error != 0) net::fail("look up the user " + quoted(name), error);
        if (found == nullptr) throw std::invalid_argument("no such user: " + quoted(name));
        return {entry.pw_uid, entry.pw_gid};
    }
}

namespace {

void must(const std::string& what, int result) {
    if (result < 0) net::fail(what, result);
}

}  // namespace

void forbid_core_files() {
    must("forbid core files", sys::forbid_dumps());
}

void drop_privileges(const std::string& user, const std::string& root) {
    const detail::identity wanted = detail::look_up(user);
    if (wanted.user == 0) throw std::invalid_argument("drop_privileges: that user is root");
    const bool has_core_files = sys::is_dumpable();
    const std::string to = " of " + quoted(user);
    if (!root.empty() && sys::effective_user() != 0) {
        net::fail("see " + quoted(root) + " only", -EPERM);
    }
    if (sys::effective_user() == 0) {
        // In this order: who is not root any more cannot change groups.
        must("take the groups" + to, sys::initgroups(user.c_str(), wanted.group));
        must("take the group" + to, sys::set_group(wanted.group));
        if (!root.empty()) must("see " + quoted(root) + " only", sys::change_root(root.c_str()));
        must("take the rights" + to, sys::set_user(wanted.user));
        if (!sys::is_group(wanted.group)) net::fail("give up the group of root", -EPERM);
    }
    if (!sys::is_user(wanted.user)) net::fail("take the rights" + to, -EPERM);
    if (sys::set_user(0) >= 0) net::fail("give up the rights of root", -EPERM);
    // A change of user sets it to what fs.suid_dumpable says, which may be a core for root.
    if (!has_core_files) forbid_core_files();
    must("forbid new privileges", sys::forbid_new_privileges());
}

}  // namespace zocalo::serve
