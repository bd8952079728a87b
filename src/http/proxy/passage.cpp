// SPDX-License-Identifier: MIT
// The request goes out while interim responses come back, and beside both there is a look at the
// client now and then. Only one of them touches the client's connection at a time: content is read
// first, then 1xx are written, then the response. A stream of HTTP/2 can be read and written at
// once, and is, where the request has content.
//
// WebSocket of HTTP/2 (an extended CONNECT) goes to upstreams as that of HTTP/1.1 (RFC 8441 §5).
#include "http/proxy/passage.hpp"

#include <algorithm>
#include <system_error>
#include <utility>
#include <variant>

#include "http/client_watch.hpp"
#include "http/proxy/passed_fields.hpp"
#include "http/proxy/target.hpp"
#include "http/proxy/tunnel.hpp"
#include "http/websocket_key.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/connect.hpp"
#include "zocalo/net/resolve.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::http::detail {

namespace {

using namespace std::chrono_literals;

std::string_view path_behind(std::string_view path, std::string_view prefix) noexcept {
    return path.starts_with(prefix) ? path.substr(prefix.size()) : path;
}

/// What the client is told for an error of an upstream, or nothing for one that is not theirs.
std::optional<status> answer_for(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const std::system_error& failure) {
        return failure.code() == std::errc::timed_out ? status::gateway_timeout
                                                      : status::bad_gateway;
    } catch (const protocol_error&) {
        return status::bad_gateway;
    } catch (...) {
        return std::nullopt;
    }
}

/// The same as an error, which has the reason in it for those who keep this server: no client is
/// told what there is behind.
std::exception_ptr told_with_reason(status answer, const std::exception_ptr& reason) {
    try {
        try {
            std::rethrow_exception(reason);
        } catch (...) {
            std::throw_with_nested(status_error(answer));
        }
    } catch (...) {
        return std::current_exception();
    }
}

/// What is beyond 599 is for us to understand, as an error of the upstream's (RFC 9110 §15).
void check_status(const response_head& from) {
    if (number(from.status) > 599)
        throw protocol_error("the upstream's status " + std::to_string(number(from.status)));
}

}  // namespace

passage::passage(std::shared_ptr<proxy_core> core, exchange& asked)
    : core_(std::move(core)),
      asked_(asked),
      is_bridged_(asked.request().method == method::connect),
      method_(is_bridged_ ? method::get : asked.request().method),
      has_content_(!is_bridged_ && asked.has_content()),
      expects_continue_(has_content_ && asked.request().fields.lists("Expect", "100-continue")),
      goes_both_ways_(has_content_ && !expects_continue_ &&
                      asked.request().version == version::http_2) {
    if (!has_content_) taken_all_.set();
}

io::task<> passage::run() {
    auto first = io::any(pass(), watch());
    co_await std::move(first);
    if (client_left_ && !asked_.has_begun()) {
        asked_.response().status = client_closed_request;
        asked_.reply(std::string_view());
    }
}

io::task<> passage::pass() {
    io::task<> asking = ask_somebody();
    co_await std::move(asking);
    if (asked_.has_begun()) co_return;
    if (is_bridged_) check_agreement();
    const bool changes = answer_->status() == status::switching_protocols;
    io::task<> answering = changes ? change_protocol() : answer();
    co_await std::move(answering);
}

/// Not of those who may change to another protocol: what they say then is not for us.
io::task<> passage::watch() {
    if (!wanted_protocol(asked_, core_->options).empty()) co_await io::sleep(timeout::none());
    io::task<> watching = watch_client(asked_, taken_all_);
    co_await std::move(watching);
    client_left_ = true;
}

// --- There

io::task<> passage::ask_somebody() {
    std::vector<upstream*> tried;
    for (;;) {
        const io::time_point now = co_await io::now();
        upstream* const whom = core_->choose(tried, now);
        if (whom == nullptr) break;
        tried.push_back(whom);
        io::task<> asking = ask(*whom);
        co_await std::move(asking);
        if (answer_) co_return;
        if (tried.size() >= core_->options.attempts || !may_try_another()) break;
    }
    if (!failed_) throw status_error(status::service_unavailable, "no upstream is well");
    if (not_theirs_) std::rethrow_exception(not_theirs_);
    const auto told = answer_for(failed_);
    if (told) std::rethrow_exception(told_with_reason(*told, failed_));
    std::rethrow_exception(failed_);
}

io::task<> passage::ask(upstream& whom) {
    const turn under_way(whom);
    failed_ = nullptr;
    is_asked_ = has_sent_ = false;
    news_.reset();
    http::request what = request_to(whom);
    if (goes_both_ways_) {
        io::task<> talking = converse(std::move(what));
        co_await std::move(talking);
    } else {
        auto both = io::all(open(std::move(what)), pass_interim());
        co_await std::move(both);
    }
    const io::time_point now = co_await io::now();
    if (answer_ || asked_.has_begun()) {
        whom.note_success();
    } else if (!not_theirs_) {
        whom.note_failure(now, core_->options);
    }
}

/// Ends well in any case: what is being written to the client must not be broken off.
io::task<> passage::open(http::request what) {
    try {
        http::client& client = core_->client();
        io::task<response_stream> opening =
            goes_both_ways_ ? client.begin(std::move(what)) : client.open(std::move(what));
        response_stream came = co_await std::move(opening);
        if (!goes_both_ways_) check_status(came.head());
        answer_.emplace(std::move(came));
    } catch (const net::stopped&) {
        throw;
    } catch (...) {
        failed_ = std::current_exception();
    }
    is_asked_ = true;
    news_.set();
}

/// An upstream of HTTP/1.1 has answered when there is a stream; of HTTP/2 it has only begun then.
io::task<> passage::converse(http::request what) {
    io::task<> opening = open(std::move(what));
    co_await std::move(opening);
    if (!answer_) co_return;
    try {
        auto first = io::any(send_on(), hear());
        co_await std::move(first);
    } catch (const net::stopped&) {
        throw;
    } catch (...) {
        failed_ = std::current_exception();
    }
    if (!failed_) co_return;
    answer_.reset();
    if (asked_.has_begun()) std::rethrow_exception(failed_);
}

/// What is left of the content when the response has ended nobody wants to have.
io::task<> passage::send_on() {
    io::task<> sending = answer_->send();
    co_await std::move(sending);
    co_await io::sleep(timeout::none());
}

io::task<> passage::hear() {
    io::task<> hearing = answer_->receive();
    co_await std::move(hearing);
    check_status(answer_->head());
    io::task<> answering = answer();
    co_await std::move(answering);
}

void passage::note_interim(const response_head& early) {
    if (early.status == status::continue_) return;  // reading the content says that
    if (goes_both_ways_) {
        asked_.send_interim({.status = early.status, .fields = end_to_end(early.fields)});
    } else {
        early_.push_back(early);
        news_.set();
    }
}

http::request passage::request_to(const upstream& whom) {
    const request_head& from = asked_.request();
    const reverse_proxy_options& how = core_->options;
    const std::string host(how.keep_host && !asked_.authority().empty() ? asked_.authority()
                                                                        : whom.host);
    const std::size_t mark = from.target.find('?');
    const std::string_view query =
        mark == std::string::npos ? std::string_view() : std::string_view(from.target).substr(mark);
    std::string target = whom.base;
    target += path_behind(asked_.path(), how.prefix);
    if (!target.starts_with('/')) target.insert(0, 1, '/');
    target += query;

    http::request what{.method = method_, .url = whom.origin + strictly_escaped(target)};
    what.fields = fields_for_upstream(asked_, how, host);
    if (is_bridged_) {
        key_ = make_websocket_key();
        what.fields.set("Sec-WebSocket-Key", key_);
    }
    what.redirects = 0;
    what.expect_continue = expects_continue_;
    what.versions = whom.versions;
    what.interim = [this](const response_head& early) { note_interim(early); };
    const bool is_asked_once = !is_idempotent(method_);
    if (has_content_ || is_asked_once) {
        const content_size size = has_content_ ? asked_.announced() : content_size(0);
        const auto again = has_content_ ? body::again::never : body::again::repeatable;
        what.body =
            body::stream([this](body_writer& to) { return send_content(to); }, size, {}, again);
    }
    return what;
}

/// Called when there is a connection, before anything is sent.
io::task<> passage::send_content(body_writer& to) {
    has_sent_ = true;
    for (;;) {
        const_buffer piece;
        try {
            io::task<const_buffer> reading = asked_.read();
            piece = co_await std::move(reading);
        } catch (const net::stopped&) {
            throw;
        } catch (...) {
            not_theirs_ = std::current_exception();
        }
        if (not_theirs_) std::rethrow_exception(not_theirs_);
        if (piece.empty()) break;
        io::task<> writing = to.write(piece);
        co_await std::move(writing);
        io::task<> flushing = to.flush();
        co_await std::move(flushing);
    }
    to.set_trailers(trailers_for_upstream(asked_.trailers()));
    taken_all_.set();
    news_.set();
}

bool passage::cannot_have_been_sent() const {
    const bool has_producer = has_content_ || !is_idempotent(method_);
    if (has_producer && !expects_continue_ && !has_sent_) return true;
    try {
        std::rethrow_exception(failed_);
    } catch (const net::connect_error&) {
        return true;
    } catch (const std::system_error& failure) {
        return failure.code().category() == net::name_category();
    } catch (...) {
        return false;
    }
}

/// RFC 9110 §9.2.2. One that was slow may still be at it, and the next one would be as slow.
bool passage::may_try_another() const {
    if (not_theirs_ || !answer_for(failed_)) return false;
    if (cannot_have_been_sent()) return true;
    const bool is_harmless = is_idempotent(method_) && !has_content_;
    return is_harmless && answer_for(failed_) != status::gateway_timeout;
}

// --- Back

/// While content is still read from the client, that may not be written to.
io::task<> passage::pass_interim() {
    for (;;) {
        io::task<> waiting = news_.wait();
        co_await std::move(waiting);
        news_.reset();
        while (taken_all_.is_set() && !early_.empty()) {
            response_head head;
            head.status = early_.front().status;
            head.fields = end_to_end(early_.front().fields);
            early_.pop_front();
            asked_.send_interim(head);
            io::task<> flushing = asked_.flush();
            co_await std::move(flushing);
        }
        if (is_asked_) co_return;
    }
}

io::task<> passage::answer() {
    const response_head& from = answer_->head();
    response_head& to = asked_.response();
    to.status = from.status;
    to.reason = from.reason;
    fields_for_client(from.fields, via_line(from.version, core_->options.name), to.fields);
    content_size size = answer_->size();
    const bool has_none = is_bodiless(from.status) && from.status != status::not_modified;
    if (has_none) size.reset();
    asked_.begin(size);
    for (;;) {
        io::task<const_buffer> reading = answer_->read();
        const const_buffer piece = co_await std::move(reading);
        if (piece.empty()) break;
        io::task<> writing = asked_.write(piece);
        co_await std::move(writing);
        if (asked_.size() == size) continue;  // the end goes along
        io::task<> flushing = asked_.flush();
        co_await std::move(flushing);
    }
    asked_.end(answer_->trailers());
}

/// With HTTP/2 every 2xx agrees: it must not be one of an upstream that does not. That is no
/// failure of the upstream's, or whoever asks at the wrong path could take it out.
void passage::check_agreement() const {
    const response_head& from = answer_->head();
    const bool agrees = from.status == status::switching_protocols &&
                        same_name(from.fields.joined("Upgrade"), "websocket") &&
                        from.fields.lists("Connection", "upgrade") &&
                        from.fields.joined("Sec-WebSocket-Accept") == websocket_accept(key_);
    if (!agrees && (from.status == status::switching_protocols || is_success(from.status)))
        throw status_error(status::bad_gateway, "no WebSocket there");
}

/// The head that says that the protocol changes.
void passage::agree() {
    const response_head& from = answer_->head();
    response_head& to = asked_.response();
    fields_for_client(from.fields, via_line(from.version, core_->options.name), to.fields);
    if (is_bridged_) {
        to.status = status::ok;
        to.fields.remove("Sec-WebSocket-Accept");
        return;
    }
    to.status = status::switching_protocols;
    to.fields.set("Connection", "Upgrade");
    to.fields.set("Upgrade", from.fields.get("Upgrade"));
}

io::task<> passage::change_protocol() {
    if (!is_bridged_) {
        io::task<std::string> ending = asked_.content(0);  // what follows is the other protocol's
        (void)co_await std::move(ending);
    }
    agree();
    asked_.begin();
    io::stream there = answer_->take_over();
    io::task<io::stream> taking = asked_.take_over();
    io::stream here = co_await std::move(taking);
    asked_.enter(serve::phase::open);
    io::task<> talking = join_streams(here, there, core_->options.tunnel_idle);
    co_await std::move(talking);
}

}  // namespace zocalo::http::detail
