// SPDX-License-Identifier: MIT
// What -v shows: everything that is said, but no passwords and no cookies.
#include <fmt/core.h>

#include <algorithm>
#include <iostream>
#include <utility>

#include "fetch/tls_lines.hpp"
#include "fetch/transfer.hpp"
#include "fetch/transfer_text.hpp"
#include "file.hpp"
#include "relay/tls_options.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/grammar.hpp"
#include "zocalo/tls/info.hpp"

namespace zocalo::program {

namespace {

constexpr std::size_t longest_value = 1000;

/// Cookies are as good as passwords.
bool is_secret(std::string_view name) {
    constexpr std::string_view secret[] = {"set-cookie", "cookie", "authorization",
                                           "proxy-authorization"};
    return std::ranges::any_of(secret,
                               [&](std::string_view each) { return http::same_name(name, each); });
}

void say_fields(const context& shared, char mark, const http::fields& all) {
    for (const http::field each : all) {
        const std::string value =
            is_secret(each.name) ? "(secret)" : escaped(each.value, longest_value);
        say(shared, 1, fmt::format("{} {}: {}", mark, each.name, value));
    }
}

void say_answer(const context& shared, const http::response_head& head) {
    const std::string reason = head.reason.empty() ? "" : ' ' + escaped(head.reason);
    say(shared, 1, fmt::format("< {} {}{}", to_text(head.version), number(head.status), reason));
    say_fields(shared, '<', head.fields);
}

}  // namespace

void transfer::watch(http::request& asked) {
    heads_.clear();
    const auto hear = [this](const http::response_head& head) {
        const std::string text = head_text(head);
        report_.heads += text.size();
        if (shows_heads() || !request_.heads.empty()) heads_ += text;
        if (wire_log* const log = with_.trace()) log->add_head(head);
        if (shared_.verbosity != 0) say_answer(shared_, head);
    };
    asked.interim = hear;
    asked.received = [this, hear](const http::response_head& head) {
        if (is_redirection(report_.head.status)) ++report_.redirects;
        report_.head = head;
        report_.status = number(head.status);
        hear(head);
    };
    asked.sent = [this](const http::request_head& head) {
        count(head);
        if (wire_log* const log = with_.trace()) log->add_head(head);
        if (shared_.verbosity == 0) return;
        say(shared_, 1,
            fmt::format("> {} {}", head.method.text(), escaped(head.target, longest_value)));
        say_fields(shared_, '>', head.fields);
    };
    if (shared_.verbosity == 0) return;
    asked.connected = [this](const io::stream& to) {
        const auto agreed = tls::try_get_info(to);
        const std::string secured = agreed ? ": " + to_text(*agreed) : std::string();
        say(shared_, 1,
            fmt::format("* connected to {}{}", to.peer_endpoint().to_string(), secured));
        for (const std::string& each : lines_about_tls(to))
            say(shared_, 1, "* " + each);
    };
}

/// As HTTP/1.1 would write it. Content has a type, and is counted as sent, but for uploads,
/// which tell by themselves how far they are.
void transfer::count(const http::request_head& head) {
    constexpr std::string_view others = "  HTTP/1.1\r\n\r\n";
    std::string fields;
    head.fields.append_to(fields);
    report_.requests += head.method.text().size() + head.target.size() + others.size();
    report_.requests += fields.size();
    report_.referer = head.fields.get("Referer");
    if (is_upload()) return;
    report_.sent = head.fields.contains("Content-Type") ? content_ : 0;
    report_.requests += report_.sent;
}

/// What is in the file already is of the transfers before this one.
void transfer::write_heads() {
    if (request_.heads.empty()) return;
    if (request_.heads == "-") {
        std::cout << heads_;
        flush_output();
        return;
    }
    auto file = open_end_of_file(request_.heads);
    file << heads_;
    flush(file, request_.heads);
}

void transfer::tell(const std::vector<http::hop>& hops) const {
    if (shared_.verbosity == 0) return;
    for (const http::hop& each : hops) {
        const double took = std::chrono::duration<double, std::milli>(each.times.total).count();
        say(shared_, 1,
            fmt::format("* {} {} from {}{}: {} in {:.1f} ms by {}", each.method.text(), each.url,
                        each.peer.to_string(), each.times.is_reused ? " (again)" : "",
                        number(each.status), took, to_text(each.version)));
    }
}

}  // namespace zocalo::program
