// SPDX-License-Identifier: MIT
#pragma once

#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace zocalo::test {

/// The files of /etc by their names, and the name of the machine.
struct system_files {
    std::map<std::string, std::string> etc;
    std::string hostname = "machine";
};

/// Makes this process a machine of its own: /etc, the name and the network, whose loopback also has
/// the link-local address fe80::1.
inline bool become_a_system(const system_files& files) {
    if (::unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS) != 0) return false;
    const bool has_network =
        std::system("ip link set lo up && ip address add fe80::1/64 dev lo nodad") == 0;
    // The kernel makes the route a moment after the address.
    if (!has_network || std::system("for i in $(seq 1000); do ip -6 route show table local | "
                                    "grep -q fe80::1 && break; sleep 0.01; done") != 0) {
        return false;
    }
    const bool has_files = ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                           ::mount("none", "/etc", "tmpfs", 0, nullptr) == 0;
    if (!has_files || ::sethostname(files.hostname.data(), files.hostname.size()) != 0) {
        return false;
    }
    for (const auto& [name, text] : files.etc)
        std::ofstream("/etc/" + name) << text;
    return true;
}

/// What `work` says in a process that is a machine of its own; nothing where that cannot be had.
inline std::optional<std::string> said_in(const system_files& files,
                                          const std::function<std::string()>& work) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return std::nullopt;
    const pid_t child = ::fork();
    if (child == 0) {
        const bool ready = become_a_system(files);
        const std::string said = ready ? work() : "";
        const bool told = ::write(ends[1], said.data(), said.size()) >= 0;
        ::_exit(ready && told ? 0 : 1);
    }
    ::close(ends[1]);
    std::string said;
    std::array<char, 4096> some;
    for (ssize_t got; (got = ::read(ends[0], some.data(), some.size())) > 0;)
        said.append(some.data(), static_cast<std::size_t>(got));
    ::close(ends[0]);
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) != child || status != 0) return std::nullopt;
    return said;
}

}  // namespace zocalo::test
