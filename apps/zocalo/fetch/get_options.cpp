// SPDX-License-Identifier: MIT
#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>
#include <iostream>
#include <stdexcept>

#include "duration.hpp"
#include "fetch/get_request.hpp"
#include "file.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"

namespace zocalo::program {

namespace {

void add_asking_options(CLI::App& command, get_request& request) {
    auto* method =
        command.add_option("-X,--request", request.method, "The method")->type_name("METHOD");
    auto* head = command.add_flag("-I,--head", request.head_only, "HEAD: the fields only");
    // curl's -r and wget's: no URL looks like a range.
    const auto take_range = [&request](const std::string& text) {
        const bool is_range = text.find_first_not_of("0123456789-, ") == std::string::npos;
        if (is_range && !text.empty()) {
            request.range = text;
        } else {
            request.recursive = true;
            if (!text.empty()) request.urls.push_back(text);
        }
    };
    auto* range = command
                      .add_option_function<std::string>(
                          "-r,--range", take_range,
                          "Parts only: 0-499 is the first 500 bytes, -500 the last. In front of "
                          "what is no range, -r is --recursive")
                      ->expected(0, 1)
                      ->type_name("RANGE");
    auto* newer = command
                      .add_option("-z,--time-cond", request.newer_than,
                                  "Only when it is newer than this date, or than this file; with "
                                  "a - in front, when it is not")
                      ->type_name("DATE");
    auto* etag = command
                     .add_option("--etag-compare", request.etag_compare,
                                 "Only when it is another version than the one in this file, "
                                 "written by --etag-save")
                     ->type_name("FILE");
    auto* compressed = command.add_flag("--compressed", request.compressed,
                                        "Ask for compressed content, and decompress it");
    for (auto* option : {method, head, range, newer, etag, compressed})
        option->group("Request");
}

void add_output_options(CLI::App& command, get_request& request) {
    auto* output = command
                       .add_option("-o,--output", request.outputs,
                                   "Into this file, - is standard output; the n-th one is for the "
                                   "n-th URL, and #1 in it what the first pattern stands for")
                       ->allow_extra_args(false)
                       ->type_name("FILE");
    auto* remote = command.add_flag("-O,--remote-name", request.remote_name,
                                    "URLs without an -o into files, named as the URLs end");
    // For curl's friends: -O is for all URLs here.
    command.add_flag("--remote-name-all", request.remote_name, "For all URLs: as -O")
        ->group("Output");
    auto* time = command.add_flag("-R,--remote-time", request.remote_time,
                                  "Files were last changed when the server says that they were");
    auto* header = command.add_flag("-J,--remote-header-name", request.header_name,
                                    "With -O: named as the server says; replaces no file");
    auto* clobber = command.add_flag("--clobber", request.clobber, "With -J: replaces files");
    auto* no_clobber = command.add_flag("--no-clobber", request.no_clobber,
                                        "Replace no file: a new one is called NAME.1, NAME.2, ...");
    no_clobber->excludes(clobber);
    auto* folder =
        command.add_option("--output-dir", request.folder, "Where the files go")->type_name("DIR");
    auto* create = command.add_flag("--create-dirs", request.create_folders,
                                    "Make the folders that files go into");
    auto* include = command.add_flag("-i,--include", request.include, "Print the fields, too");
    auto* heads = command
                      .add_option("-D,--dump-header", request.heads,
                                  "Write the fields of all answers, those before redirects too, "
                                  "into this file; - is standard output")
                      ->type_name("FILE");
    auto* etag = command
                     .add_option("--etag-save", request.etag_save,
                                 "Write which version came (ETag) into this file, for "
                                 "--etag-compare")
                     ->type_name("FILE");
    const auto set_largest = [&request](const std::string& text) {
        request.largest = parse_size(text);
    };
    auto* largest = command
                        .add_option_function<std::string>("--max-filesize", set_largest,
                                                          "More content than this is an error")
                        ->type_name("SIZE");
    auto* fail = command.add_flag("-f,--fail", request.fail,
                                  "A status of 400 or more is an error: its content is dropped, "
                                  "and the exit code 9");
    auto* body = command
                     .add_flag("--fail-with-body", request.fail_with_body,
                               "The same, and the content is kept")
                     ->excludes(fail);
    header->needs(remote);
    const auto nothing = [](std::int64_t) {};  // for curl's friends: it is so anyway
    command.add_flag_function("--no-buffer", nothing, "Hold no output back: as without it")
        ->group("Output");
    command
        .add_flag_function("--remove-on-error", nothing,
                           "Leave no file that is not whole: as without it")
        ->group("Output");
    for (auto* option : {output, remote, time, header, clobber, no_clobber, folder, create, include,
                         heads, etag, largest, fail, body})
        option->group("Output");
}

/// One in each line; # begins a comment.
void add_urls_in(const std::string& path, std::vector<std::string>& to) {
    constexpr std::size_t most = 1'000'000;
    std::ifstream file;
    if (path != "-") file = open_file(path);
    std::istream& from = path == "-" ? std::cin : file;
    for (std::string line; std::getline(from, line);) {
        const auto last = line.find_last_not_of(" \t\r");
        const auto first = line.find_first_not_of(" \t");
        if (last == std::string::npos || line[first] == '#') continue;
        if (to.size() == most)
            throw CLI::ValidationError("--input-file: more than a million URLs in " + quoted(path));
        to.push_back(line.substr(first, last + 1 - first));
    }
}

void add_part_options(CLI::App& command, get_request& request) {
    command
        .add_option("-C,--continue-at", request.continue_at,
                    "Go on with the file where an earlier download has stopped, when it is still "
                    "the same at the server; or from this byte on")
        ->excludes("--remove-on-error")
        ->excludes("--no-clobber")
        ->type_name("-|OFFSET")
        ->group("Transfer");
    command
        .add_option("--segments", request.segments,
                    "So many parts of a file at once, where the server has ranges")
        ->check(CLI::Range(1, 32))
        ->type_name("NUMBER")
        ->group("Transfer");
}

}  // namespace

void add_report_options(CLI::App& command, get_request& request) {
    const auto set_format = [&request](const std::string& text) {
        request.format = text.starts_with('@') ? read_file(text.substr(1)) : text;
    };
    command
        .add_option_function<std::string>(
            "-w,--write-out", set_format,
            "Print this, or what is in @FILE, after each transfer: %{http_code}, %{time_total}, "
            "%{json}, %{url_effective}, %header{NAME} and others of curl's; what is none of them "
            "is left out, with a warning")
        ->type_name("FORMAT")
        ->group("Output");
    command
        .add_option("--json-report", request.report,
                    "Write what became of each transfer, with the timings of each of its requests, "
                    "as JSON into this file, - is standard output; not curl's --json")
        ->type_name("FILE")
        ->group("Output");
}

void add_transfer_options(CLI::App& command, get_request& request) {
    auto* retry = command
                      .add_option("--retry", request.retries,
                                  "Try so many times more when it took too long, or the server is "
                                  "busy (408, 429, 500, 502, 503, 504)")
                      ->type_name("NUMBER");
    auto* refused = command.add_flag("--retry-connrefused", request.retry_refused,
                                     "With --retry: also when nobody listens there");
    auto* any = command.add_flag("--retry-all-errors", request.retry_any,
                                 "With --retry: whatever went wrong, with -f after 4xx, too");
    auto* until = add_limit(command, "--retry-max-time", request.retry_within,
                            "With --retry: no other try when so long has gone since the first");
    auto* delay = add_limit(command, "--retry-delay", request.retry_delay,
                            "Wait so long before; otherwise a second, two, four, ...");
    const auto set_rate = [&request](const std::string& text) { request.rate = parse_size(text); };
    auto* rate = command
                     .add_option_function<std::string>("--limit-rate", set_rate,
                                                       "So many bytes in a second: 500k, 2M")
                     ->type_name("SIZE");
    auto* parallel = command.add_flag("-Z,--parallel", request.parallel,
                                      "Side by side, not one after the other");
    auto* most = command
                     .add_option("--parallel-max", request.parallel_most,
                                 "With -Z: so many at once; 16 when not given")
                     ->check(CLI::Range(1, 300))
                     ->type_name("NUMBER");
    auto* early = command.add_flag("--fail-early", request.fail_early,
                                   "Begin no other transfer when one has failed");
    for (auto* option : {retry, refused, any, until, delay, rate, parallel, most, early})
        option->group("Transfer");
}

void add_get_options(CLI::App& command, get_request& request) {
    const auto take_urls = [&request](const std::vector<std::string>& all) {
        request.urls.insert(request.urls.end(), all.begin(), all.end());
    };
    command
        .add_option_function<std::vector<std::string>>(
            "url", take_urls, "What to fetch; http:// when no scheme is given")
        ->expected(0, -1);
    command.add_option_function<std::vector<std::string>>("--url", take_urls, "The same")
        ->allow_extra_args(false)
        ->type_name("URL")
        ->group("Request");
    const auto read_urls = [&request](const std::string& path) {
        add_urls_in(path, request.listed);
    };
    command
        .add_option_function<std::string>("--input-file", read_urls,
                                          "The same, one in each line of this file, - is standard "
                                          "input (wget's -i); # begins a comment")
        ->type_name("FILE")
        ->group("Request");
    command
        .add_flag("-g,--globoff", request.no_patterns,
                  "[1-10:2], [a-z] and {one,two} in URLs are no patterns, which stand for several "
                  "URLs otherwise")
        ->group("Request");
    const auto refuse = [](std::int64_t) {
        throw CLI::ValidationError("--next", "stands on the command line itself");
    };
    command
        .add_flag_function("--next", refuse,
                           "What follows are other URLs, with options of their own: -: is the same")
        ->group("Request");
    add_asking_options(command, request);
    add_content_options(command, request.content);
    add_output_options(command, request);
    add_report_options(command, request);
    add_part_options(command, request);
    add_transfer_options(command, request);
    add_mirror_options(command, request);
    add_web_options(command, request);
}

std::optional<std::uint64_t> offset_of(const get_request& request) {
    if (request.continue_at.empty() || request.continue_at == "-") return std::nullopt;
    const auto offset = from_digits<std::uint64_t>(request.continue_at);
    if (offset) return offset;
    throw CLI::ValidationError("-C: neither - nor a number of bytes: " +
                               quoted(request.continue_at));
}

void check(const get_request& request) {
    const request_content& content = request.content;
    const std::size_t count = request.urls.size() + request.listed.size();
    if (count == 0) throw CLI::ValidationError("url is required");
    check_mirror(request);
    if (request.outputs.size() > count) throw CLI::ValidationError("there are more -o than URLs");
    if (request.head_only && !content.is_empty() && !content.into_url)
        throw CLI::ValidationError("-I asks for the fields only: not with -d, -F or -T");
    if (content.is_input() && count > 1)
        throw CLI::ValidationError(
            "-T: standard input is there only once, and cannot go to several URLs");
    const bool has_content = !content.is_empty() && !content.into_url;
    const bool is_plain = !request.head_only && !has_content && request.method.empty() &&
                          request.range.empty() && request.newer_than.empty() && !request.include &&
                          !request.compressed && !request.header_name;
    const bool is_offset = offset_of(request).has_value();
    if ((!request.continue_at.empty() || request.segments > 1) && !is_plain)
        throw CLI::ValidationError(
            "-C and --segments are for whole files: not with -d, -F, -T, -X, -I, -i, -r, -z, -J "
            "or --compressed");
    if (is_offset && request.segments > 1)
        throw CLI::ValidationError(
            "--segments finds out by itself where to go on: not with -C OFFSET");
}

std::uint64_t parse_size(std::string_view text) {
    double number = 0;
    const auto [rest, error] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    std::string_view unit = text.substr(static_cast<std::size_t>(rest - text.data()));
    constexpr std::string_view units = "kmgt";
    for (std::size_t power = 0; !unit.empty() && power < units.size(); ++power) {
        if ((unit.front() | 0x20) != units[power]) continue;
        number *= std::pow(1024.0, static_cast<double>(power + 1));
        unit.remove_prefix(1);
        break;
    }
    if (error != std::errc{} || !unit.empty() || !(number >= 1) || !(number < 1e18)) {
        throw CLI::ValidationError("not a size like 100, 64k or 1.5M: " + quoted(text));
    }
    return static_cast<std::uint64_t>(number);
}

}  // namespace zocalo::program
