// SPDX-License-Identifier: MIT
#include "fetch/mirror.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <stdexcept>
#include <utility>

#include "fetch/mirror_transfer.hpp"
#include "fetch/transfer_meter.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::program {

namespace {

/// Who is meant by it in robots.txt.
constexpr std::string_view robot_name = "zocalo";
/// No page may make the mirror wait for long by a picture of a server that wants that.
constexpr std::chrono::milliseconds longest_pause_elsewhere = std::chrono::seconds(60);
/// What is needed by what is needed, and so on: a style sheet that one imports, a frame's picture.
constexpr std::size_t most_parts = 5;
constexpr std::size_t most_alike = 100;  // files that would have one name

std::unique_ptr<mirror_scope> scope_of(const get_request& options) {
    const std::string url = url_of(options.urls.front());
    if (is_local(url)) throw std::invalid_argument("--recursive is for http, https and gopher");
    if (url::uri::parse(url).user_info())
        throw std::invalid_argument("--recursive takes the user from -u, not from the URL");
    if (is_gopher(url) && options.timestamping)
        throw std::invalid_argument("Gopher knows no dates, which -N goes by");
    if (is_gopher(url) && options.adjust_extension)
        throw std::invalid_argument("Gopher knows no types of files: not with --adjust-extension");
    if (is_gopher(url) && options.spider)
        throw std::invalid_argument("--spider asks for fields, of which Gopher has none");
    return make_mirror_scope(url, options.reach);
}

/// A mirror asks for content only, and all errors are told.
get_request request_of(const get_request& options) {
    get_request made = options;
    made.fail = true;
    return made;
}

std::string folder_of(const get_request& options, const mirror_scope& scope) {
    if (!options.folder.empty()) return options.folder;
    if (options.reach.is_wide()) return ".";  // there is a folder for each server
    auto name = scope.default_folder();
    if (!name) throw std::invalid_argument("no folder can have that name: use --output-dir");
    return *std::move(name);
}

std::string_view last_part(std::string_view name) {
    const std::size_t slash = name.rfind('/');
    return slash == std::string_view::npos ? name : name.substr(slash + 1);
}

void append(std::string& to, std::size_t count, std::string_view what) {
    if (count != 0) to += fmt::format("; {} {}", count, what);
}

}  // namespace

mirror::mirror(const get_request& options, context& shared)
    : options_(request_of(options)),
      shared_(shared),
      scope_(scope_of(options)),
      links_(*scope_),
      all_(options_, shared) {
    if (!options.spider) folder_.emplace(folder_of(options, *scope_));
    for (const std::string& each : options.accept)
        accepted_.add(each);
    for (const std::string& each : options.reject)
        rejected_.add(each);
    all_.ended = [this](transfer& which) { ended(which); };
    if (options.robots) {
        all_.first = [this](session& with) { return ask_robots(with, scope_->start()); };
        all_.before = [this](transfer& which, session& with) {
            return may_fetch(with, static_cast<mirror_transfer&>(which).page());
        };
    }
    if (options.convert_links) all_.last = [this] { return convert(); };
    keep_pause({});
}

void mirror::run() {
    const auto began = std::chrono::steady_clock::now();
    const url::uri& start = scope_->start();
    const auto name = scope_->name_of(start);
    if (!name)
        throw std::invalid_argument("no file can have that name: " + quoted(start.to_string()));
    met_.insert(start.to_string());
    add({.where = start, .name = *name, .is_kept = wants(*name)});
    all_.run();
    all_.report();
    report(std::chrono::steady_clock::now() - began);
}

/// As wget does it: what was asked for by name is fetched, whatever the site says of links to it.
io::task<> mirror::ask_robots(session& with, url::uri where) {
    io::task<robots_book::entry*> asking = robots_.of(with, where);
    robots_book::entry& found = *co_await std::move(asking);
    if (!std::exchange(found.is_new, false)) co_return;
    if (!found.why.empty()) say(shared_, 1, "robots.txt: " + found.why);
    auto pause = found.rules->crawl_delay(robot_name).value_or(std::chrono::milliseconds(0));
    if (!is_own(where)) pause = std::min(pause, longest_pause_elsewhere);
    keep_pause(pause);
}

/// For other servers than the first one, which was asked before anything.
io::task<bool> mirror::may_fetch(session& with, const mirror_page& page) {
    if (is_own(page.where)) co_return true;
    io::task<> asking = ask_robots(with, page.where);
    co_await std::move(asking);
    const bool may = is_allowed(page.where);
    counts.unwanted += may ? 0 : 1;
    co_return may;
}

bool mirror::is_allowed(const url::uri& where) const {
    const url::robots* const rules = robots_.known(where);
    return rules == nullptr || rules->can_fetch(robot_name, scope_->for_robots(where));
}

/// The longest one of what the user and the sites have asked for.
void mirror::keep_pause(std::chrono::milliseconds asked) {
    const auto own = std::chrono::duration_cast<std::chrono::milliseconds>(
        options_.wait.value().value_or(std::chrono::nanoseconds(0)));
    const bool is_longer = asked > std::max(own, all_.pause);
    all_.pause = std::max({own, all_.pause, asked});
    if (!is_longer || options_.silent) return;
    std::cerr << fmt::format(
        "zocalo: the site's robots.txt asks for {:g} s between two requests (--robots off does "
        "not wait)\n",
        std::chrono::duration<double>(asked).count());
}

io::task<> mirror::convert() {
    io::task<std::size_t> converting = links_.convert(folder());
    counts.changed = co_await std::move(converting);
}

bool mirror::wants(const std::string& name) const {
    const std::string_view last = last_part(name);
    return (accepted_.is_empty() || accepted_.match(last)) && !rejected_.match(last);
}

void mirror::count(std::uint64_t bytes) {
    counts.bytes += bytes;
    if (counts.bytes <= options_.quota) return;
    counts.is_full = true;
    all_.drop_rest();
    throw std::runtime_error("the mirror has become larger than --quota");
}

void mirror::add(mirror_page page) {
    names_.insert(page.name);
    const std::string url = page.where.to_string();
    all_.add(url, [&](session& with, transfer_meter& meter) {
        const auto make = is_gopher(url) ? make_gopher_transfer : make_web_transfer;
        return make(with, *this, shared_, std::move(page), meter);
    });
}

std::string mirror::claim(const std::string& name, page_kind kind) {
    if (!options_.adjust_extension) return name;
    std::string_view ending;
    if (kind == page_kind::html) ending = ".html";
    if (kind == page_kind::style) ending = ".css";
    for (std::size_t number = 1; number <= most_alike; ++number) {
        std::string made = with_ending(name, ending, number);
        if (claimed_.insert(made).second) return made;
    }
    throw std::runtime_error("no file can have the name of " + quoted(name) + " any more");
}

std::string mirror::name_there(const std::string& name) const {
    if (!options_.adjust_extension || folder().modified(name)) return name;
    for (const char* ending : {".html", ".css"}) {
        std::string made = with_ending(name, ending);
        if (folder().modified(made)) return made;
    }
    return name;
}

bool mirror::is_too_deep(const mirror_page& next) const {
    const bool is_deep = options_.level != 0 && next.depth > options_.level;
    return next.parts == 0 ? is_deep : is_deep && next.parts > most_parts;
}

/// Whatever its robots.txt says, if that is not known yet.
bool mirror::may_follow(const mirror_page& next) {
    if (is_too_deep(next)) {
        ++counts.too_deep;
        return false;
    }
    if (!next.is_kept && !scope_->may_lead_on(next.where)) return false;
    if (is_allowed(next.where)) return true;
    met_.insert(next.where.to_string());
    ++counts.unwanted;
    return false;
}

void mirror::follow(std::string_view link, const std::string& base, mirror_page next) {
    // Of a page that was asked for alone, what it is shown with is all that is of interest.
    if (options_.only_page && next.depth != 0 && next.parts == 0) return;
    url::uri& where = next.where;
    const link_use use = next.parts == 0 ? link_use::followed : link_use::needed;
    const belonging what = scope_->look(link, base, where, use);
    counts.elsewhere += what == belonging::elsewhere ? 1 : 0;
    counts.questions += what == belonging::question ? 1 : 0;
    if (what == belonging::no_name && met_.insert(where.to_string()).second) ++counts.no_names;
    if (what != belonging::inside || counts.is_full || met_.contains(where.to_string())) return;
    next.name = scope_->name_of(where).value_or("");
    next.is_kept = wants(next.name);
    if (!may_follow(next)) return;
    if (met_.size() >= options_.most_files) {
        counts.is_full = true;
        return;
    }
    met_.insert(where.to_string());
    if (names_.contains(next.name)) {
        ++counts.no_names;  // the file is another page's
    } else {
        add(std::move(next));
    }
}

void mirror::ended(transfer& which) {
    const auto& done = static_cast<mirror_transfer&>(which);
    const mirror_page& page = done.page();
    const bool is_found = done.report().code == exit_code::ok;
    counts.failed += is_found ? 0 : 1;
    counts.found += is_found && done.location().empty() ? 1 : 0;
    counts.unchanged += done.is_unchanged() ? 1 : 0;
    if (!done.location().empty()) follow_redirect(done);
    if (options_.convert_links && done.has_file())
        links_.add(done.kind(), done.file(), page.where, page.name);
    if (done.text().empty()) return;
    const page_links found = links_of(done.kind(), done.text(), page.where);
    const bool has_parts = options_.reach.requisites;
    for (const std::string& each : found.links) {
        const bool is_part = has_parts && found.needed.contains(each);
        follow(each, found.base, {.depth = page.depth + 1, .parts = is_part ? page.parts + 1 : 0});
    }
}

void mirror::follow_redirect(const mirror_transfer& done) {
    const mirror_page& page = done.page();
    const std::string from = page.where.to_string();
    // What a redirect leads to may have the name of the file that there is none of.
    names_.erase(page.name);
    url::uri to;
    const link_use use = page.parts == 0 ? link_use::followed : link_use::needed;
    if (scope_->look(done.location(), from, to, use) == belonging::inside)
        links_.add_redirect(page.where, to);
    follow(done.location(), from, {.depth = page.depth, .parts = page.parts});
    if (page.depth != 0 || counts.elsewhere == 0 || options_.silent) return;
    std::cerr << fmt::format("zocalo: {} is at {} now, which is another place\n",
                             escaped(from, 1000), escaped(done.location(), 1000));
}

void mirror::report(std::chrono::nanoseconds took) const {
    const bool has_found = options_.spider && counts.found != 0;
    const bool has_files = counts.files != 0 || counts.unchanged != 0 || counts.failed != 0;
    const bool is_empty = !has_found && !has_files;
    if ((counts.is_full || is_empty) && shared_.status == exit_code::ok)
        shared_.status = exit_code::failure;
    if (options_.silent) return;
    const auto whole = std::chrono::duration_cast<std::chrono::seconds>(took);
    std::string text = options_.spider
                           ? fmt::format("{} links lead somewhere, {} nowhere, seen in {}",
                                         counts.found, counts.failed, clock_text(whole))
                           : fmt::format("{} files with {} bytes in {} in {}", counts.files,
                                         counts.bytes, quoted(folder().path()), clock_text(whole));
    append(text, counts.changed, "of them with links to the others");
    append(text, counts.unchanged, "not newer");
    append(text, options_.spider ? 0 : counts.failed, "not fetched");
    append(text, counts.too_deep, "links deeper than --level");
    append(text, counts.unwanted, "links that robots.txt asks not to follow (--robots off does)");
    append(text, counts.elsewhere, "links to elsewhere");
    append(text, counts.questions, "links with a query");
    append(text, counts.no_names, "without a name of their own");
    append(text, counts.endless, "texts without an end: there may be more of them");
    if (counts.is_full) text += "; there is more than --max-files or --quota allow";
    std::cerr << fmt::format("zocalo: {}\n", text);
}

}  // namespace zocalo::program
