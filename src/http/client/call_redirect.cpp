// SPDX-License-Identifier: MIT
// RFC 9110 §15.4
#include <algorithm>
#include <array>

#include "http/client/call.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/grammar.hpp"

namespace zocalo::http::detail {

namespace {

bool leads_on(status answer) noexcept {
    constexpr std::array<status, 5> known{status::moved_permanently, status::found,
                                          status::see_other, status::temporary_redirect,
                                          status::permanent_redirect};
    return std::ranges::find(known, answer) != known.end();
}

/// The method for what a redirect leads to.
method method_after(const method& before, status answer) noexcept {
    const bool was_made_for_it = answer == status::see_other && before != method::head;
    const bool is_old_custom =
        (answer == status::moved_permanently || answer == status::found) && before == method::post;
    return was_made_for_it || is_old_custom ? method::get : before;
}

bool has_zone(const url::uri& url) {
    return url.host().starts_with('[') && url.host().find('%') != std::string_view::npos;
}

/// Where the handshake of a WebSocket is (RFC 6455 §3).
url::uri of_handshake(url::uri where) {
    const bool is_secure = where.has_scheme("wss");
    if (!is_secure && !where.has_scheme("ws")) return where;
    std::string text = is_secure ? "https" : "http";
    const std::string whole = where.to_string();
    text.append(whole, whole.find(':'));
    return url::uri::parse(text);
}

/// What may be said more than once, but not in two ways.
bool has_two_locations(const http::fields& all, std::string_view first) {
    return std::ranges::any_of(all, [&](const field& each) {
        return same_name(each.name, "Location") && each.value != first;
    });
}

}  // namespace

void call::note_hop(exchange_in_progress& answer) {
    answer.url = at_->url.to_string();
    hops_.push_back({.url = answer.url,
                     .method = asked_.method,
                     .status = answer.head.status,
                     .version = answer.head.version,
                     .peer = answer.peer,
                     .local = answer.local,
                     .times = times_});
    if (asked_.received) asked_.received(answer.head);
}

/// Whether the response is a redirect that is followed: then all is ready for the next request.
bool call::follow(const response_head& answer) {
    const std::size_t most = asked_.redirects.value_or(core_->options.redirects);
    if (most == 0 || !leads_on(answer.status)) return false;
    const auto where = answer.fields.find("Location");
    if (!where) return false;
    if (has_two_locations(answer.fields, *where))
        throw protocol_error(at_->url.to_string() + " redirects to several places");
    if (where->empty()) return false;
    const method next = method_after(asked_.method, answer.status);
    const bool keeps_content = next == asked_.method;
    if (keeps_content && !asked_.body.is_repeatable()) return false;
    auto url = location_of(at_->url, *where);
    if (!asked_.protocol.empty() && url) url = of_handshake(*std::move(url));
    if (!url || url->host().empty() || !(url->has_scheme("http") || url->has_scheme("https")))
        throw protocol_error(at_->url.to_string() + " redirects to " + quoted(*where));
    shared_place there =
        secured(std::make_shared<const place>(place::of(url->without_user_info())), core_->options);
    if (at_->is_secure() && !there->is_secure())
        throw protocol_error(at_->url.to_string() + " redirects from https to " + quoted(*where));
    if (core_->options.admit) core_->options.admit(there->url, true);
    // Which of our interfaces is meant only we can say.
    if (has_zone(*url) && there->origin != at_->origin)
        throw protocol_error(at_->url.to_string() +
                             " redirects to an interface: " + quoted(*where));
    if (redirects_++ == most) {
        throw protocol_error(hops_.front().url + ": more than " + std::to_string(most) +
                             " redirects");
    }
    if (asked_.refers)
        asked_.fields.set("Referer", at_->url.without_user_info().without_fragment().to_string());
    at_ = std::move(there);
    tries_ = proxy_tries_ = 0;
    asked_.method = next;
    if (!keeps_content) forget_content();
    if (at_->origin != home_->origin) forget_secrets();
    return true;
}

void call::forget_secrets() noexcept {
    has_secrets_ = false;
    asked_.secrets.clear();
    if (!asked_.login_follows) asked_.login.reset();
}

/// A certificate says who we are as a password does.
bool call::may_show_certificate() const noexcept {
    const auto& named = core_->options.certificate_for;
    return named.empty() ? has_secrets_ : std::ranges::find(named, at_->origin) != named.end();
}

void call::forget_content() {
    asked_.body = {};
    content_hash_.clear();
    asked_.expect_continue = false;
    for (const std::string_view name : {"Content-Type", "Content-Encoding", "Content-Language",
                                        "Content-Location", "Content-Range", "Digest"})
        asked_.fields.remove(name);
}

}  // namespace zocalo::http::detail
