// SPDX-License-Identifier: MIT
#include "fetch/mirror.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <stdexcept>
#include <utility>

#include "fetch/mirror_robots.hpp"
#include "fetch/mirror_transfer.hpp"
#include "fetch/transfer_meter.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::program {

namespace {

/// Who is meant by it in robots.txt.
constexpr std::string_view robot_name = "zocalo";

std::unique_ptr<mirror_scope> scope_of(const get_request& options) {
    const std::string url = url_of(options.urls.front());
    if (is_local(url)) throw std::invalid_argument("--recursive is for http, https and gopher");
    if (url::uri::parse(url).user_info())
        throw std::invalid_argument("--recursive takes the user from -u, not from the URL");
    if (is_gopher(url) && options.timestamping)
        throw std::invalid_argument("Gopher knows no dates, which -N goes by");
    if (is_gopher(url) && options.spider)
        throw std::invalid_argument("--spider asks for fields, of which Gopher has none");
    return make_mirror_scope(url);
}

/// A mirror asks for content only, and all errors are told.
get_request request_of(const get_request& options) {
    get_request made = options;
    made.fail = true;
    return made;
}

std::string folder_of(const get_request& options, const mirror_scope& scope) {
    if (!options.folder.empty()) return options.folder;
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
    if (options.robots) all_.first = [this](session& with) { return ask_robots(with); };
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
    add({.where = start, .name = *name, .depth = 0, .is_kept = wants(*name)});
    all_.run();
    all_.report();
    report(std::chrono::steady_clock::now() - began);
}

/// As wget does it: what was asked for by name is fetched, whatever the site says of links to it.
io::task<> mirror::ask_robots(session& with) {
    std::string why;
    try {
        io::task<url::robots> asking = robots_of(with, scope_->start());
        robots_ = co_await std::move(asking);
        keep_pause(robots_.crawl_delay(robot_name).value_or(std::chrono::milliseconds(0)));
    } catch (const net::stopped&) {
        throw;
    } catch (const std::exception& error) {
        why = error.what();
    }
    if (why.empty()) co_return;
    robots_ = url::robots::nothing();
    say(shared_, 1, "robots.txt: " + why);
}

/// The longer one of what the user and the site have asked for.
void mirror::keep_pause(std::chrono::milliseconds asked) {
    const auto own = std::chrono::duration_cast<std::chrono::milliseconds>(
        options_.wait.value().value_or(std::chrono::nanoseconds(0)));
    all_.pause = std::max(own, asked);
    if (asked <= own || options_.silent) return;
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

void mirror::follow(std::string_view link, const std::string& base, std::size_t depth) {
    url::uri where;
    const belonging what = scope_->look(link, base, where);
    counts.elsewhere += what == belonging::elsewhere ? 1 : 0;
    counts.questions += what == belonging::question ? 1 : 0;
    if (what == belonging::no_name && met_.insert(where.to_string()).second) ++counts.no_names;
    if (what != belonging::inside || counts.is_full || met_.contains(where.to_string())) return;
    if (options_.level != 0 && depth > options_.level) {
        ++counts.too_deep;
        return;
    }
    mirror_page page{.where = where, .name = scope_->name_of(where).value_or(""), .depth = depth};
    page.is_kept = wants(page.name);
    if (!page.is_kept && !scope_->may_lead_on(where)) return;
    if (!robots_.can_fetch(robot_name, scope_->for_robots(where))) {
        met_.insert(where.to_string());
        ++counts.unwanted;
        return;
    }
    if (met_.size() >= options_.most_files) {
        counts.is_full = true;
        return;
    }
    met_.insert(where.to_string());
    if (names_.contains(page.name)) {
        ++counts.no_names;  // the file is another page's
    } else {
        add(std::move(page));
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
    if (options_.convert_links && done.has_file()) links_.add(done.kind(), page.name, page.where);
    if (done.text().empty()) return;
    const page_links found = links_of(done.kind(), done.text(), page.where);
    for (const std::string& each : found.links)
        follow(each, found.base, page.depth + 1);
}

void mirror::follow_redirect(const mirror_transfer& done) {
    const mirror_page& page = done.page();
    const std::string from = page.where.to_string();
    // What a redirect leads to may have the name of the file that there is none of.
    names_.erase(page.name);
    url::uri to;
    if (scope_->look(done.location(), from, to) == belonging::inside)
        links_.add_redirect(page.where, to);
    follow(done.location(), from, page.depth);
    if (page.depth != 0 || counts.elsewhere == 0 || options_.silent) return;
    std::cerr << fmt::format("zocalo: {} is at {} now, which is another place\n",
                             escaped(from, 1000), escaped(done.location(), 1000));
}

void mirror::report(std::chrono::nanoseconds took) const {
    const bool is_empty = counts.files == 0 && counts.unchanged == 0 && counts.failed == 0;
    if (counts.is_full || (is_empty && !(options_.spider && counts.found != 0))) {
        if (shared_.status == exit_code::ok) shared_.status = exit_code::failure;
    }
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
