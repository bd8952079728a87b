// SPDX-License-Identifier: MIT
#include "environment.hpp"

#include <array>
#include <string>

#include "core_files.hpp"

namespace zocalo::program {

namespace {

struct entry {
    std::string_view commands;  ///< with a space around each; empty: all
    environment_variable what;
};

constexpr std::array<entry, 9> all = {{
    {"",
     {"ZOCALO_BACKEND",
      "How tasks wait for the network: poll, epoll or uring; epoll unless it is set"}},
    {"",
     {core_files_variable,
      "When set, the program may leave core files, which may hold passwords and keys"}},
    {"",
     {"RES_OPTIONS, LOCALDOMAIN",
      "Options and a search list of name servers, as in resolv.conf(5)"}},
    {" get put ls rpc ",
     {"http_proxy, https_proxy, all_proxy, no_proxy",
      "Proxies, and hosts that are asked without one; in capitals, too, but for http_proxy"}},
    {" get put ls rpc ",
     {"NETRC", "The file of names and passwords that -n reads, in place of .netrc in HOME"}},
    {" get put ls rpc connect resolve serve ",
     {"SSL_CERT_FILE, SSL_CERT_DIR",
      "The authorities that the system trusts, unless options name others"}},
    {" get put ls rpc connect listen resolve serve ",
     {"SSLKEYLOGFILE",
      "A file to append the keys of TLS to: with them anybody can decrypt what was recorded"}},
    {" serve ",
     {"LISTEN_FDS, LISTEN_PID, LISTEN_FDNAMES, NOTIFY_SOCKET",
      "What systemd sets: sockets that are open, and whom to tell when the server is ready"}},
    {" tour ", {"NO_COLOR", "When set, nothing is printed in colour"}},
}};

template <class Predicate>
std::vector<environment_variable> those(Predicate is_wanted) {
    std::vector<environment_variable> found;
    for (const entry& each : all) {
        if (is_wanted(each.commands)) found.push_back(each.what);
    }
    return found;
}

}  // namespace

std::vector<environment_variable> shared_variables() {
    return those([](std::string_view commands) { return commands.empty(); });
}

std::vector<environment_variable> variables_of(std::string_view command) {
    std::string wanted(" ");
    wanted += command;
    wanted += ' ';
    return those(
        [&](std::string_view commands) { return commands.find(wanted) != std::string_view::npos; });
}

}  // namespace zocalo::program
