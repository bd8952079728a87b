// SPDX-License-Identifier: MIT
// What is said with a status that nobody has said anything else to.
#include <array>

#include "http/dialogue.hpp"
#include "http/page.hpp"
#include "http/pages.hpp"
#include "zocalo/http/negotiate.hpp"

namespace zocalo::http {

namespace {

std::string status_line(status answer) {
    return std::to_string(number(answer)).append(" ").append(reason(answer));
}

error_page in_text(status answer, std::string_view why) {
    std::string text = why.empty() ? status_line(answer) : std::string(why);
    return {.content = text += '\n', .type = "text/plain; charset=utf-8"};
}

error_page in_html(status answer, std::string_view why, fields& head) {
    const std::string nonce = make_nonce();
    if (!head.contains("Content-Security-Policy"))
        head.add("Content-Security-Policy", content_policy(nonce));
    const std::string line = html(status_line(answer));
    const std::string explained = why.empty() ? std::string() : "<p>" + html(why) + "</p>";
    const std::string body = fill(pages::error_html, {{"status", line}, {"why", explained}});
    return {.content = whole_page(
                {.title = line, .nonce = nonce, .style = pages::error_css, .body = body}),
            .type = "text/html; charset=utf-8"};
}

}  // namespace

/// Programs that take anything get the text: people read it in a terminal.
error_page make_error_page(exchange& asked, status answer, std::string_view why) {
    constexpr std::array<std::string_view, 2> offered{"text/plain", "text/html"};
    fields& head = asked.response().fields;
    if (!head.lists("Vary", "Accept")) head.add("Vary", "Accept");
    const auto chosen = choose_media_type(asked.request().fields.joined("Accept"), offered);
    return chosen == 1 ? in_html(answer, why, head) : in_text(answer, why);
}

void exchange::reply(http::status answer) {
    reply(answer, {});
}

void exchange::reply(http::status answer, std::string_view why) {
    response_.status = answer;
    if (is_bodiless(answer)) {
        send_whole({});
    } else if (is_error(answer)) {
        const auto& make = in_.site().error_page;
        const error_page page =
            make ? make(*this, answer, why) : make_error_page(*this, answer, why);
        reply(page.content, page.type);
    } else {
        reply(in_text(answer, why).content);
    }
}

}  // namespace zocalo::http
