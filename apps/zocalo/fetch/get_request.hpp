// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fetch/mirror_scope.hpp"
#include "fetch/request_content.hpp"
#include "fetch/web_options.hpp"

namespace zocalo::program {

/// What `get` is told beside what all web commands are.
struct get_request : web_options {
    std::vector<std::string> urls;
    std::vector<std::string> listed;  // those of --input-file, where nothing is a pattern
    bool no_patterns = false;         // -g

    std::string method;
    request_content content;
    std::string range;
    bool head_only = false;
    bool compressed = false;
    std::string newer_than;

    bool include = false;
    std::string heads;          // -D: a file for them
    std::string etag_save;      // the file for the version that came
    std::string etag_compare;   // that of the one that is there
    std::uint64_t largest = 0;  // of content; 0: any
    bool fail = false;
    bool fail_early = false;
    bool drops_content = false;  // what the answer has
    bool fail_with_body = false;
    std::vector<std::string> outputs;
    bool remote_name = false;
    bool remote_time = false;
    bool header_name = false;
    bool clobber = false;
    bool no_clobber = false;  // a number behind the names of files that are there
    std::string folder;
    bool create_folders = false;
    std::string format;  // -w
    std::string report;  // --json-report

    std::size_t retries = 0;
    timeout retry_delay = timeout::none();
    bool retry_refused = false;
    bool retry_any = false;
    timeout retry_within = timeout::none();
    std::uint64_t rate = 0;
    std::string continue_at;   // -C: an offset, or `-`
    std::size_t segments = 1;  // of one file
    bool parallel = false;
    std::size_t parallel_most = 16;

    // A mirror.
    bool recursive = false;
    std::size_t level = 5;  // 0: any
    std::vector<std::string> accept;
    std::vector<std::string> reject;
    bool timestamping = false;
    bool convert_links = false;
    bool adjust_extension = false;  // pages without .html get it
    mirror_reach reach;
    bool only_page = false;  // and what it is shown with: --page-requisites without --recursive
    bool spider = false;     // nothing is kept: which links lead somewhere?
    bool robots = true;      // what the site asks for is kept to
    timeout wait = timeout::none();
    std::size_t most_files = 50'000;
    std::uint64_t quota = std::uint64_t{16} << 30;
};

/// -C OFFSET; nothing for `-`. Throws std::invalid_argument.
[[nodiscard]] std::optional<std::uint64_t> offset_of(const get_request& request);

/// Throws CLI::ValidationError for options that do not go together.
void check(const get_request& request);

/// -w and --json-report.
void add_report_options(CLI::App& command, get_request& request);
/// How much is tried, how fast, and how much at once.
void add_transfer_options(CLI::App& command, get_request& request);
/// --recursive, and how far that goes.
void add_mirror_options(CLI::App& command, get_request& request);
/// How far it goes: --level, --page-requisites, --span-hosts and so on.
void add_reach_options(CLI::App& command, get_request& request);
/// Throws CLI::ValidationError for what of that does not go together.
void check_reach(const get_request& request);
/// Throws CLI::ValidationError for what goes not together with --recursive, or not without.
void check_mirror(const get_request& request);
void add_get_options(CLI::App& command, get_request& request);

/// `100`, `64k`, `10M`, `1.5G`: a number of bytes, in powers of 1024 as curl has them. Throws
/// std::invalid_argument.
[[nodiscard]] std::uint64_t parse_size(std::string_view text);

}  // namespace zocalo::program
