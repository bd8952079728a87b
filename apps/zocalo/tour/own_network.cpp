// SPDX-License-Identifier: MIT
#include "tour/own_network.hpp"

#include <fstream>
#include <string>
#include <system_error>

#include "sys/process.hpp"
#include "tour/stage.hpp"

namespace zocalo::program {

namespace {

void write_file(const char* path, const std::string& text) {
    std::ofstream(path) << text;
}

/// Makes this user the root of a world of its own (user_namespaces(7)): without these, the
/// capabilities would end with the next program that is run.
void become_root_inside(uid_t user, gid_t group) {
    write_file("/proc/self/setgroups", "deny");
    write_file("/proc/self/uid_map", "0 " + std::to_string(user) + " 1");
    write_file("/proc/self/gid_map", "0 " + std::to_string(group) + " 1");
}

}  // namespace

void enter_own_network() {
    if (sys::unshare(CLONE_NEWNET) == 0) return;
    const uid_t user = sys::effective_user();
    const gid_t group = sys::effective_group();
    if (const int error = sys::unshare(CLONE_NEWUSER | CLONE_NEWNET); error < 0) {
        throw not_here(
            "raw frames want root, or a system that gives users networks of their own (" +
            std::system_category().message(-error) + ")");
    }
    become_root_inside(user, group);
}

}  // namespace zocalo::program
