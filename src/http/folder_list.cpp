// SPDX-License-Identifier: MIT
#include <array>

#include "http/folder.hpp"
#include "http/listing.hpp"
#include "http/page.hpp"
#include "zocalo/http/negotiate.hpp"
#include "zocalo/io/blocking.hpp"

namespace zocalo::http {

namespace {

std::string path_of(std::string_view name) {
    std::string path = "/";
    path += name;
    if (!path.ends_with('/')) path += '/';
    return path;
}

bool prefers_json(const fields& asked) {
    constexpr std::array<std::string_view, 2> offered{"text/html", "application/json"};
    return choose_media_type(asked.joined("Accept"), offered) == 1;
}

}  // namespace

/// A list is made anew each time, and says so: who adds a file wants to see it.
io::task<> folder_service::answer_list(exchange& asked, std::string name) const {
    const bool wants_json = prefers_json(asked.request().fields);
    const view how = view::parse(asked.query());
    const auto make = [&name, &how, this, wants_json](std::string_view nonce) {
        listing made{.path = path_of(name), .root = options_.prefix, .entries = {}};
        std::vector<serve::folder_entry> all =
            folder_->list(name, [&how](std::string_view each) { return how.shows(each); });
        made.is_cut_off = all.size() >= options_.longest_list;
        made.entries = seen_through(how, std::move(all));
        made.may_upload = options_.upload.allowed;
        return wants_json ? to_json(made) : to_page(made, how, nonce);
    };
    const std::string nonce = make_nonce();
    const auto make_page = [&make, &nonce] { return make(nonce); };
    const std::string text = co_await io::spawn_blocking(make_page);
    fields& head = asked.response().fields;
    head.set("Cache-Control", "no-store").add("Vary", "Accept");
    head.set("X-Content-Type-Options", "nosniff").set("Referrer-Policy", "same-origin");
    head.set("Content-Security-Policy", wants_json ? "default-src 'none'" : content_policy(nonce));
    asked.reply(text, wants_json ? "application/json" : "text/html; charset=utf-8");
}

}  // namespace zocalo::http
