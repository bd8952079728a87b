// SPDX-License-Identifier: MIT
#include "zocalo/opener/opener.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "core/ascii.hpp"
#include "opener/handlers.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/io/timeout.hpp"

namespace zocalo::url {

namespace {

/// RFC 3986 §3.1
bool is_scheme(std::string_view text) noexcept {
    const auto may_follow = [](char c) {
        return is_letter_or_digit(c) || c == '+' || c == '-' || c == '.';
    };
    return !text.empty() && is_letter(text[0]) && std::ranges::all_of(text, may_follow);
}

/// The text is not shown: it may have a password in it.
std::string scheme_of(std::string_view url) {
    const std::string_view scheme = url.substr(0, url.find(':'));
    if (scheme.size() == url.size() || !is_scheme(scheme))
        throw std::invalid_argument("open a URL: it has no scheme");
    return lower(scheme);
}

std::string scheme_named(std::string_view text) {
    if (!is_scheme(text)) throw std::invalid_argument("no scheme: " + quoted(text));
    return lower(text);
}

constexpr std::string_view every = "*";

template <class Filter>
struct scoped_filter {
    std::string scheme;  ///< or `every`
    Filter filter;

    [[nodiscard]] bool sees(std::string_view other) const noexcept {
        return scheme == every || scheme == other;
    }
};

}  // namespace

/// What tasks share with the opener that has begun them.
struct opener::parts {
    explicit parts(opener_options from);

    [[nodiscard]] const handler& handler_of(const std::string& scheme) const;
    void filter(http::request& what) const;
    /// Null: an error is one.
    [[nodiscard]] const answer_filter* answer_to(const opened& answer) const;

    http::client http;
    gopher::client gopher;
    timeout within;
    std::map<std::string, handler, std::less<>> handlers;
    handler otherwise;
    std::vector<scoped_filter<request_filter>> before;
    std::vector<scoped_filter<answer_filter>> after;
    std::map<http::status, answer_filter> statuses;
};

opener::parts::parts(opener_options from)
    : http(std::move(from.http)), gopher(std::move(from.gopher)), within(from.within) {
    for (const char* const each : {"http", "https"}) {
        handlers[each] = [this](http::request what) {
            return detail::open_http(http, std::move(what));
        };
    }
    for (const char* const each : {"gopher", "gophers"}) {
        handlers[each] = [this](http::request what) {
            return detail::open_gopher(gopher, std::move(what));
        };
    }
    handlers["data"] = [limit = from.data](http::request what) {
        return detail::open_data(std::move(what), limit);
    };
    if (!from.files) return;
    handlers["file"] = [names = from.names](http::request what) {
        return detail::open_file(std::move(what), names);
    };
}

const opener::handler& opener::parts::handler_of(const std::string& scheme) const {
    const auto known = handlers.find(scheme);
    if (known != handlers.end()) return known->second;
    if (otherwise) return otherwise;
    const std::string why = scheme == "file" ? ", unless opener_options::files says so" : "";
    throw std::invalid_argument("open a URL: nobody handles " + quoted(scheme) + why);
}

/// A filter may lead to another scheme, whose filters it has not seen then.
void opener::parts::filter(http::request& what) const {
    const std::string scheme = scheme_of(what.url);
    for (const auto& each : before) {
        if (each.sees(scheme)) each.filter(what);
    }
}

const opener::answer_filter* opener::parts::answer_to(const opened& answer) const {
    const auto known = statuses.find(answer.status());
    return known == statuses.end() ? nullptr : &known->second;
}

namespace {

opened require_success(opened answer) {
    if (is_error(answer.status())) throw error_answer(std::move(answer));
    return answer;
}

}  // namespace

opener::opener(opener_options options) : parts_(std::make_shared<parts>(std::move(options))) {}
opener::~opener() = default;
opener::opener(opener&&) noexcept = default;
opener& opener::operator=(opener&&) noexcept = default;

opener& opener::add(std::string_view scheme, handler with) {
    parts_->handlers[scheme_named(scheme)] = std::move(with);
    return *this;
}

opener::handler opener::find(std::string_view scheme) const {
    const auto known = parts_->handlers.find(lower(scheme));
    return known == parts_->handlers.end() ? handler() : known->second;
}

bool opener::remove(std::string_view scheme) {
    return parts_->handlers.erase(lower(scheme)) != 0;
}

opener& opener::otherwise(handler with) {
    parts_->otherwise = std::move(with);
    return *this;
}

opener& opener::before(std::string_view scheme, request_filter with) {
    const std::string which = scheme == every ? std::string(every) : scheme_named(scheme);
    parts_->before.push_back({which, std::move(with)});
    return *this;
}

opener& opener::after(std::string_view scheme, answer_filter with) {
    const std::string which = scheme == every ? std::string(every) : scheme_named(scheme);
    parts_->after.push_back({which, std::move(with)});
    return *this;
}

opener& opener::on_status(http::status status, answer_filter with) {
    parts_->statuses[status] = std::move(with);
    return *this;
}

io::task<opened> opener::ask(std::shared_ptr<const parts> with, http::request what) {
    with->filter(what);
    const std::string scheme = scheme_of(what.url);
    const handler& asked = with->handler_of(scheme);
    io::task<opened> opening = asked(what);
    opened answer = co_await std::move(opening);
    for (const auto& each : with->after) {
        if (!each.sees(scheme)) continue;
        io::task<opened> looking = each.filter(what, std::move(answer));
        answer = co_await std::move(looking);
    }
    const answer_filter* const other = with->answer_to(answer);
    if (other == nullptr) co_return require_success(std::move(answer));
    io::task<opened> answering = (*other)(what, std::move(answer));
    opened instead = co_await std::move(answering);
    co_return instead;
}

io::task<opened> opener::open(http::request what) {
    return io::timeout(parts_->within, ask(parts_, std::move(what)));
}

io::task<opened> opener::open(std::string url) {
    http::request what;
    what.url = std::move(url);
    return open(std::move(what));
}

io::task<opened> open(std::string url) {
    opener once;
    io::task<opened> opening = once.open(std::move(url));
    opened answer = co_await std::move(opening);
    co_return answer;
}

}  // namespace zocalo::url
