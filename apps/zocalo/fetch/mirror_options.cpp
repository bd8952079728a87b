// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>

#include "duration.hpp"
#include "fetch/get_request.hpp"

namespace zocalo::program {

void add_mirror_options(CLI::App& command, get_request& request) {
    auto* recursive = command.add_flag(
        "--recursive", request.recursive,
        "The folder that the URL is in, and what is below it, as far as links of its pages lead "
        "there, or items of a Gopher menu; into --output-dir, or HOST/FOLDER. -r URL is the same");
    add_reach_options(command, request);
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
    auto* convert =
        command.add_flag("--convert-links", request.convert_links,
                         "In the end, make links of pages, style sheets and Gopher menus lead to "
                         "the files that are there now, and the others to where they have led "
                         "(wget's -k)");
    auto* adjust = command.add_flag(
        "--adjust-extension", request.adjust_extension,
        "Files of pages end in .html, and those of style sheets in .css, whatever they are called "
        "at the server (wget's -E)");
    auto* spider = command.add_flag("--spider", request.spider,
                                    "Keep nothing, and say which links lead nowhere: pages are "
                                    "fetched, of all else the fields (HEAD). Without --recursive, "
                                    "see whether a URL leads somewhere");
    auto* wait = add_duration(command, "--wait", request.wait,
                              "Begin a request so long after the one before; robots.txt may ask "
                              "for more (Crawl-delay)");
    const auto set_robots = [&request](const std::string& text) { request.robots = text == "on"; };
    auto* robots =
        command
            .add_option_function<std::string>(
                "--robots", set_robots,
                "off: nobody looks at the site's robots.txt, which says where programs are not to "
                "go, and how long they are to wait (wget's -e robots=off)")
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
    for (auto* option :
         {recursive, accept, reject, newer, convert, adjust, spider, wait, robots, most, quota})
        option->group("Mirror");
}

void check_mirror(const get_request& request) {
    if (!request.recursive) {
        const bool is_mirror = !request.accept.empty() || !request.reject.empty() ||
                               request.convert_links || request.adjust_extension ||
                               request.reach.is_wide() || !request.wait.is_none();
        if (is_mirror)
            throw CLI::ValidationError(
                "--accept, --reject, --convert-links, --adjust-extension, --span-hosts, --parent "
                "and --wait are for --recursive");
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
    if (request.spider && (request.timestamping || request.convert_links))
        throw CLI::ValidationError("--spider keeps no files: not with -N or --convert-links");
    check_reach(request);
    if (request.urls.size() != 1)
        throw CLI::ValidationError("--recursive is for one URL, and what is below it");
}

}  // namespace zocalo::program
