// SPDX-License-Identifier: MIT
// From a request to whoever answers it, and what is said when nobody does.
#include <stdexcept>
#include <utility>

#include "http/authority.hpp"
#include "http/dialogue.hpp"
#include "zocalo/http/error.hpp"
#include "zocalo/http/grammar.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::http {

io::task<> rest_of_site::operator()(exchange& asked) const {
    return in_.pass(asked, filter_);
}

namespace detail {

namespace {

bool is_server_error(status answer) noexcept {
    return number(answer) >= 500;
}

/// An error is told in place of a response that was being made: what described that has to go.
void forget_content(response_head& made) {
    made.reason.clear();
    for (const std::string_view name :
         {"Content-Length", "Transfer-Encoding", "Content-Type", "Content-Encoding",
          "Content-Language", "Content-Range", "Content-Disposition", "ETag", "Last-Modified"})
        made.fields.remove(name);
}

/// What site::failed is told of: not what is the client's fault, and of what a status was made for
/// that alone. Null when it is nothing.
std::exception_ptr cause_of(const std::exception_ptr& error, status answer) {
    if (!is_server_error(answer)) return nullptr;
    try {
        std::rethrow_exception(error);
    } catch (const std::nested_exception& outer) {
        return outer.nested_ptr();
    } catch (...) {
        return error;
    }
}

/// pp2_tlv_ssl: a byte of bits, of which the lowest says that the client came by TLS.
bool is_tls_by_proxy(const serve::peer& who) noexcept {
    if (!who.proxy) return false;
    const auto said = who.proxy->header.find(serve::proxy_header::tls);
    return said && !said->empty() && (static_cast<unsigned char>(said->front()) & 1U) != 0;
}

}  // namespace

/// The `:scheme` of HTTP/2 tells nothing of that: haproxy writes `https` for whatever it passes on.
bool dialogue::is_secure() const {
    const serve::peer& who = client().peer();
    if (who.tls || is_tls_by_proxy(who)) return true;
    const bool is_said = is_of_https(request().target) ||
                         same_name(request().fields.joined("X-Forwarded-Proto"), "https");
    return is_said && served_.behind_tls && served_.behind_tls(who);
}

/// A plain handler behind no filter needs no task; true when the request was answered.
bool dialogue::answer_at_once(exchange& asked) {
    // No such thing is here (RFC 9110 §15.5.20).
    const bool wants_tls = is_of_https(request().target);  // RFC 9110 §7.4
    if (is_of_other_scheme(request().target) || (wants_tls && !is_secure())) {
        asked.reply(status::misdirected_request);
        return true;
    }
    route_ = site_->routes.find(request().method, asked.path(), *parameters_);
    if (!site_->filters.empty() || (route_ != nullptr && !route_->at_once)) return false;
    try {
        if (route_ == nullptr) {
            answer_without_route(asked);
        } else {
            route_->at_once(asked);
        }
    } catch (...) {
        answer_for(asked, std::current_exception());
    }
    return true;
}

io::task<> dialogue::answer(exchange& asked) {
    enter(serve::phase::body);  // it may wait, and does not rest then
    std::exception_ptr error;
    try {
        co_await pass(asked, 0);
    } catch (const net::stopped&) {
        throw;
    } catch (...) {
        error = std::current_exception();
    }
    if (error) answer_for(asked, error);
}

io::task<> dialogue::pass(exchange& asked, std::size_t filter) {
    if (filter < site_->filters.size()) return pass_filter(asked, filter);
    if (route_ != nullptr && !route_->at_once) return route_->talk(asked);
    return answer_plainly(asked);
}

io::task<> dialogue::pass_filter(exchange& asked, std::size_t filter) {
    const rest_of_site rest(*this, filter + 1);
    co_await site_->filters[filter](asked, rest);
}

io::task<> dialogue::answer_plainly(exchange& asked) {
    if (route_ == nullptr) {
        answer_without_route(asked);
    } else {
        route_->at_once(asked);
    }
    co_return;
}

io::task<> dialogue::pass_to(exchange& asked, const http::site& other) {
    site_ = &other;
    route_ = other.routes.find(request().method, asked.path(), *parameters_);
    return pass(asked, 0);
}

/// No such path, or no such method there.
void dialogue::answer_without_route(exchange& asked) const {
    const std::string allowed = site_->routes.allowed(asked.path());
    if (allowed.empty()) return asked.reply(status::not_found);
    asked.response().fields.set("Allow", allowed);
    const bool is_question = asked.request().method == method::options;
    asked.reply(is_question ? status::no_content : status::method_not_allowed);
}

/// A handler has thrown. Where its reply has begun, only the end of the connection can say so.
void dialogue::answer_for(exchange& asked, const std::exception_ptr& error) {
    status answer = status::internal_server_error;
    std::string text;
    try {
        std::rethrow_exception(error);
    } catch (const status_error& said) {
        answer = said.answer();
        text = said.what();
    } catch (const bad_message& broken) {
        answer = broken.answer();
    } catch (...) {
        text.clear();
    }
    const std::exception_ptr cause = cause_of(error, answer);
    if (cause && site_->failed) site_->failed(asked, cause);
    is_over_ = asked.has_begun();
    if (is_over_) return;
    if (answer == status::internal_server_error) asked.response().fields.clear();
    forget_content(asked.response());
    asked.response().status = answer;
    asked.reply(answer, text);
}

void dialogue::conclude(exchange& asked) {
    if (is_sending() && !is_over_) {
        try {
            asked.end();
        } catch (const std::logic_error&) {  // less than it announced
            if (site_->failed) site_->failed(asked, std::current_exception());
            is_over_ = true;
        }
    } else if (!asked.has_begun()) {
        forget_content(asked.response());
        asked.reply(status::internal_server_error);
    }
    if (site_->answered) site_->answered(asked, asked.response().status);
    parameters_->clear();  // they are views of this request
    site_ = &served_;
}

}  // namespace detail

}  // namespace zocalo::http
