// SPDX-License-Identifier: MIT
// How far a mirror goes.
#include <CLI/CLI.hpp>
#include <algorithm>

#include "fetch/get_request.hpp"
#include "fetch/letters.hpp"

namespace zocalo::program {

namespace {

/// In the spelling that hosts of URLs have.
void add_domains_to(std::vector<std::string>& all, std::string_view list) {
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        if (comma != 0) all.push_back(lower(list.substr(0, comma)));
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
}

}  // namespace

void add_reach_options(CLI::App& command, get_request& request) {
    const auto set_mirror = [&request] {
        request.recursive = request.timestamping = true;
        request.level = 0;
    };
    auto* mirror = command.add_flag_callback("--mirror", set_mirror,
                                             "As --recursive -N --level 0 (wget's -m)");
    auto* level = command
                      .add_option("-l,--level", request.level,
                                  "Follow so many links one after the other; 0 is any number, and "
                                  "5 when not given")
                      ->type_name("NUMBER");
    auto* requisites = command.add_flag(
        "--page-requisites", request.reach.requisites,
        "What pages are shown with, too: pictures, styles, scripts, frames, from all of the "
        "server, and behind --level. Without --recursive, one page and that (wget's -p)");
    auto* hosts = command.add_flag("--span-hosts", request.reach.hosts,
                                   "Go to other servers, too, which are not told who we are "
                                   "(wget's -H)");
    const auto add_domains = [&](const char* name, std::vector<std::string>& into,
                                 const char* about) {
        const auto add = [&into](const std::string& list) { add_domains_to(into, list); };
        return command.add_option_function<std::string>(name, add, about)->type_name("HOST,...");
    };
    auto* domains =
        add_domains("--domains", request.reach.domains,
                    "With --span-hosts: only to these, and to what is in them (wget's -D)");
    auto* excluded = add_domains("--exclude-domains", request.reach.excluded_domains,
                                 "With --span-hosts: not to these, nor to what is in them");
    auto* above = command.add_flag("--parent,!--no-parent", request.reach.above,
                                   "All of the server, not the folder alone. --no-parent, as "
                                   "without it (wget's -np)");
    for (auto* option : {mirror, level, requisites, hosts, domains, excluded, above})
        option->group("Mirror");
}

void check_reach(const get_request& request) {
    const bool has_domains =
        !request.reach.domains.empty() || !request.reach.excluded_domains.empty();
    if (has_domains && !request.reach.hosts)
        throw CLI::ValidationError("--domains and --exclude-domains are for --span-hosts");
    if (request.reach.hosts && !request.tls.certificate.empty())
        throw CLI::ValidationError("--span-hosts would show other servers the certificate of -E");
}

}  // namespace zocalo::program
