// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>

#include "fetch/get_request.hpp"

namespace zocalo::program {

void add_mirror_options(CLI::App& command, get_request& request) {
    auto* recursive = command.add_flag(
        "--recursive", request.recursive,
        "The folder that the URL is in, and what is below it, as far as links of its pages lead "
        "there; into --output-dir, or HOST/FOLDER. -r URL is the same");
    auto* level = command
                      .add_option("-l,--level", request.level,
                                  "Follow so many links one after the other; 0 is any number, and "
                                  "5 when not given")
                      ->type_name("NUMBER");
    const auto add_patterns = [&](const char* name, std::vector<std::string>& into,
                                  const char* about) {
        return command.add_option(name, into, about)
            ->allow_extra_args(false)
            ->type_name("NAME,...");
    };
    auto* accept = add_patterns("--accept", request.accept,
                                "Keep files with such names only: .jpg, *.tar.?z; pages are read "
                                "for their links all the same");
    auto* reject = add_patterns("--reject", request.reject, "Keep no files with such names");
    auto* newer = command.add_flag("-N,--timestamping", request.timestamping,
                                   "Mirror what is newer than the file that is there. Elsewhere -N "
                                   "does nothing: no output is held back");
    const auto set_robots = [&request](const std::string& text) { request.robots = text == "on"; };
    auto* robots =
        command
            .add_option_function<std::string>(
                "--robots", set_robots,
                "off: links are followed that the site's robots.txt asks programs not to follow "
                "(wget's -e robots=off)")
            ->check(CLI::IsMember({"on", "off"}))
            ->type_name("on|off");
    auto* most = command
                     .add_option("--max-files", request.most_files,
                                 "At most so many URLs; 50000 when not given")
                     ->check(CLI::Range(1, 100'000'000))
                     ->type_name("NUMBER");
    const auto set_quota = [&request](const std::string& text) {
        request.quota = parse_size(text);
    };
    auto* quota = command
                      .add_option_function<std::string>("--quota", set_quota,
                                                        "At most so many bytes; 16G when not given")
                      ->type_name("SIZE");
    for (auto* option : {recursive, level, accept, reject, newer, robots, most, quota})
        option->group("Mirror");
}

void check_mirror(const get_request& request) {
    if (!request.recursive) {
        if (!request.accept.empty() || !request.reject.empty())
            throw CLI::ValidationError("--accept and --reject are for --recursive");
        return;
    }
    const bool is_plain = request.content.is_empty() && request.method.empty() &&
                          !request.head_only && !request.include && request.range.empty() &&
                          request.newer_than.empty() && request.continue_at.empty() &&
                          request.segments == 1;
    const bool has_place = request.outputs.empty() && !request.remote_name && !request.header_name;
    if (!is_plain || !has_place) {
        throw CLI::ValidationError(
            "--recursive fetches whole files into a folder: not with -d, -F, -T, -X, -I, -i, -z, "
            "-C, --segments, -r RANGE, -o, -O or -J");
    }
    if (request.urls.size() != 1)
        throw CLI::ValidationError("--recursive is for one URL, and what is below it");
}

}  // namespace zocalo::program
