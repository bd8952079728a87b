// SPDX-License-Identifier: MIT
#include "serve/request_log.hpp"

#include <chrono>

#include "command.hpp"

namespace zocalo::program {

namespace {

std::string words_of(http::status answer) {
    std::string text = std::to_string(number(answer));
    return text.append(" ").append(reason(answer));
}

monitor::gopher_answer outcome_of(const gopher::reply& given) noexcept {
    if (!given.is_whole()) return monitor::gopher_answer::broken;
    return given.is_error() ? monitor::gopher_answer::error : monitor::gopher_answer::ok;
}

}  // namespace

void request_log::open(const std::string& path, std::string_view name) {
    file_.open(path);
    is_open_ = !path.empty();
    if (name == "common") format_ = format::common;
    if (name == "combined") format_ = format::combined;
}

void request_log::answered(const http::exchange& asked, http::status answer) {
    watched_.count(asked.client());
    watched_.responded(number(answer));
    const bool is_request = !asked.request().target.empty();
    if (!is_request) complain(asked.client().peer(), "no request: " + words_of(answer));
    if (!is_open_) return;
    if (format_ != format::fields) return write(http::web_log_entry(asked, answer));
    file_.write(http::access_line(asked, answer).text());
}

void request_log::answered(const std::optional<gopher::request>& asked,
                           const gopher::reply& given) {
    watched_.count(given.client());
    watched_.responded(outcome_of(given));
    if (!asked) complain(given.client().peer(), "no request of Gopher");
    if (!is_open_) return;
    if (format_ != format::fields) return write(gopher::web_log_entry(asked, given));
    file_.write(gopher::access_line(asked, given).text());
}

void request_log::told(const serve::peer& who, http::status answer, bool in_gopher) {
    if (in_gopher) {
        watched_.responded(monitor::gopher_answer::error);
    } else {
        watched_.responded(number(answer));
    }
    complain(who, "turned away: " + words_of(answer));
    if (!is_open_) return;
    if (format_ != format::fields) return write(serve::web_log_entry(who, number(answer)));
    const auto now =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    serve::log_line line(now, who);
    if (in_gopher) {
        line.add("selector", "-").add("answer", "error");
    } else {
        line.add("method", "-").add("target", "-").add("status", number(answer));
    }
    file_.write(line.text());
}

void request_log::complain(const serve::peer& who, const std::string& what) const {
    say(shared_, 1, who.to_string() + ": " + what);
}

void request_log::write(const serve::web_log_entry& entry) {
    file_.write(format_ == format::common ? entry.common() : entry.combined());
}

}  // namespace zocalo::program
