// SPDX-License-Identifier: MIT
// A call is a row of requests; a request is a connection, what is sent, and a head. Secrets and
// redirects are in call_head.cpp and call_redirect.cpp, new connections in call_dial.cpp.
#include "http/client/call.hpp"

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <utility>

#include "http/client/asked_part.hpp"
#include "http/client/http1_line.hpp"
#include "http/client/http2_line.hpp"
#include "http/client/named_error.hpp"
#include "http/client/sent_content.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/aws_signature.hpp"
#include "zocalo/http/challenge.hpp"
#include "zocalo/http/grammar.hpp"
#include "zocalo/io/proxy_question.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/connect.hpp"
#include "zocalo/net/stop.hpp"
#include "zocalo/tls/info.hpp"

namespace zocalo::http::detail {

namespace {

using namespace std::chrono_literals;

/// Content that is sent together with its head.
constexpr std::size_t sent_at_once = std::size_t{64} * 1024;
/// How long a server is waited for that may not know 100-continue.
constexpr std::chrono::seconds patience_for_continue{1};
/// Servers that promise to keep a connection and end it all the same do so right behind their
/// response.
constexpr std::chrono::milliseconds patience_for_ends{10};

/// So often a request is sent again that servers have refused unseen.
constexpr unsigned most_refusals = 3;
/// The same where connections take a few requests each, and a request waits for its turn.
constexpr unsigned most_leavings = 100;

/// What the layers of a connection took.
exchange_times times_of(const net::connect_report& report) {
    exchange_times times;
    for (const net::lookup_attempt& each : report.lookups)
        times.lookup = std::max(times.lookup, each.started + each.took);
    for (const net::connect_attempt& each : report.attempts) {
        if (!each.error) times.connect = each.took;
    }
    for (const net::connect_layer& each : report.layers)
        (each.name.starts_with("TLS") ? times.tls : times.tunnel) += each.took;
    return times;
}

/// What could not be sent is refused before anybody is connected to.
void check_login(const login& who, const url::host& there) {
    const auto is_control = [](char c) {
        return static_cast<unsigned char>(c) < ' ' || c == '\x7F';
    };
    if (who.how == login::scheme::basic) (void)basic_credentials(who.user, who.password);
    if (who.how == login::scheme::bearer) (void)bearer_credentials(who.password);
    if (who.how == login::scheme::aws_sigv4) (void)aws_scope::parse(who.scope, there);
    if (std::ranges::any_of(who.user, is_control) || std::ranges::any_of(who.password, is_control))
        throw std::invalid_argument("a control character in the name of a user or the password");
}

/// The server may have seen the request, or not, and nobody can tell.
std::system_error lost(std::error_code code, const pooled_connection& over) {
    const std::string server = over.line->peer().to_string();
    return {code, "wait for a response of " + server +
                      " on a connection that was used before, to a request that may not be "
                      "sent twice"};
}

}  // namespace

call::call(std::shared_ptr<client_core> core, http::request&& asked)
    : core_(std::move(core)),
      asked_(std::move(asked)),
      at_(secured(core_->place_at(asked_.url), core_->options)),
      home_(at_) {
    if (core_->options.admit) core_->options.admit(at_->url, false);
    if (!asked_.login) asked_.login = at_->login;
    if (asked_.login) check_login(*asked_.login, home_->origin.host());
    check_protocol();
    if (!is_field_value(asked_.body.type()))
        throw std::invalid_argument("no type of content: " + quoted(asked_.body.type()));
    for (const http::fields* each : {&asked_.fields, &asked_.secrets}) {
        if (each->contains("Proxy-Authorization"))
            throw std::invalid_argument("Proxy-Authorization: tell the proxy's user to the proxy");
    }
}

/// The content of one that shares its connection goes out when the caller says so.
io::task<std::unique_ptr<exchange_in_progress>> call::begin() {
    leaves_content_ = true;
    io::task<connection_pool::lease> asking = ask();
    connection_pool::lease over = co_await std::move(asking);
    auto answer = std::make_unique<exchange_in_progress>(core_, std::move(over), heard_);
    note_hop(*answer);
    answer->hops = std::move(hops_);
    const bool decodes = asks_for_codings() && asked_.method != method::head;
    if (left_) {
        answer->owe({std::move(asked_.body), *left_, std::move(asked_.interim), decodes});
    } else if (decodes) {
        answer->decode();
    }
    co_return answer;
}

io::task<std::unique_ptr<exchange_in_progress>> call::run() {
    for (;;) {
        const bool is_patient = core_->options.retries > 0;
        io::task<connection_pool::lease> asking = is_patient ? ask_patiently() : ask();
        connection_pool::lease over = co_await std::move(asking);
        auto answer = std::make_unique<exchange_in_progress>(core_, std::move(over), heard_);
        note_hop(*answer);
        check_server(answer->head, false);
        check_server(answer->head, true);
        take_cookies(answer->head);
        take_policy(answer->head);
        take_alternatives(answer->head);
        const auto pause = pause_after(answer->head);
        const bool goes_on =
            pause || is_misdirected(answer->head) || log_in(answer->head) || follow(answer->head);
        if (!goes_on) {
            answer->hops = std::move(hops_);
            check_asked_part(answer->head, wanted_range(), answer->url);
            if (asks_for_codings() && asked_.method != method::head) answer->decode();
            co_return answer;
        }
        io::task<> rest = answer->drop_rest();
        co_await std::move(rest);
        answer.reset();
        if (pause) co_await io::sleep(*pause);
    }
}

/// A connection that had rested may have been closed by the server just when the request came. Then
/// the request is sent once more, on a new one, if that can do no harm; and also when the server
/// says that it did nothing with it.
io::task<connection_pool::lease> call::ask() {
    unsigned refused = 0;
    for (bool is_fresh = false;; is_fresh = true) {
        to_ = find_route();
        times_ = {};
        began_ = co_await io::now();
        io::task<connection_pool::lease> waiting = core_->pool->acquire(to_, is_fresh);
        connection_pool::lease over = co_await std::move(waiting);
        const io::time_point now = co_await io::now();
        const auto waited = now - began_;
        times_.is_reused = over.made != nullptr;
        std::exception_ptr error;
        bool is_again = false;
        try {
            io::task<bool> asking = ask_through(over);
            const bool is_asked = co_await std::move(asking);
            is_again = !is_asked;
        } catch (const net::stopped&) {
            error = std::current_exception();
        } catch (const std::system_error& failure) {
            is_again = may_ask_again(over, failure.code(), refused);
            is_again |= leave_alternative(over);
            error = std::current_exception();
            if (!is_again && is_lost(over, failure.code()))
                error = std::make_exception_ptr(lost(failure.code(), *over.made));
        } catch (const protocol_error&) {
            is_again = leave_alternative(over);
            error = named_error(std::current_exception(), at_->url.to_string());
        }
        times_.waited = waited;
        if (is_again) continue;
        if (!error) co_return over;
        io::task<> leaving = over.cut_off();
        co_await std::move(leaving);
        std::rethrow_exception(error);
    }
}

/// Whether the connection may have ended before the server has seen the request.
bool call::is_lost(const connection_pool::lease& over, const std::error_code& why) const noexcept {
    const bool is_stale = times_.is_reused && why != std::errc::timed_out;
    return is_stale && over.made && over.made->line && !over.made->line->has_heard();
}

bool call::may_ask_again(const connection_pool::lease& over, const std::error_code& why,
                         unsigned& refused) noexcept {
    const line* const on = over.made ? over.made->line.get() : nullptr;
    const bool is_untouched = on != nullptr && on->is_untouched();
    const bool has_content = asked_.body.is_repeatable() || !has_begun_content_;
    const bool is_harmless = is_untouched ? has_content : is_lost(over, why) && can_repeat();
    if (!is_harmless) return false;
    if (is_untouched && on->is_wrong_version()) {
        if (wanted_versions() == versions::http_2) return false;
        needs_1_1_ = true;
    }
    const bool has_turns = is_untouched && on->has_taken_others();
    return ++refused <= (has_turns ? most_leavings : most_refusals);
}

/// False when it has to be asked by HTTP/1.1 instead.
io::task<bool> call::ask_through(connection_pool::lease& over) {
    if (over.made && !over.made->shared) {
        io::task<> look = drop_if_over(over);
        co_await std::move(look);
    }
    times_.is_reused = over.made != nullptr;
    if (!over.made) {
        io::task<> making = make_connection(over);
        co_await std::move(making);
        times_ = times_of(over.made->report);
    }
    bool is_able = true;
    if (!asked_.protocol.empty()) {
        io::task<bool> looking = io::timeout(core_->options.stall, can_ask(over));
        is_able = co_await std::move(looking);
    }
    const io::time_point began = co_await io::now();
    if (!is_able) {
        needs_1_1_ = true;
        over.give_back(began);
        co_return false;
    }
    io::task<> talking = converse(*over.made->line);
    co_await std::move(talking);
    heard_ = co_await io::now();
    times_.first_byte = heard_ - began;
    times_.total = heard_ - began_;
    co_return true;
}

/// Others may wait for what comes of it.
io::task<> call::make_connection(connection_pool::lease& over) {
    try {
        io::task<std::unique_ptr<pooled_connection>> dialling = dial();
        over.made = co_await std::move(dialling);
    } catch (const net::stopped&) {
        throw;
    } catch (...) {
        over.note_failure();
        throw;
    }
    over.settle();
}

/// What has come while a connection rested would be taken for the response. And for what is sent
/// once only it has to be good: one that has not been used again so far gets a moment, counted from
/// its last response, in which it may end.
io::task<> call::drop_if_over(connection_pool::lease& over) {
    const io::time_point now = co_await io::now();
    const auto rested = now - over.made->rested_since;
    const auto left = std::max<std::chrono::nanoseconds>(patience_for_ends - rested, 0ns);
    const bool is_known = can_repeat() || over.made->rests > 1;
    const timeout patience = is_known ? timeout::zero() : timeout(left);
    io::task<bool> look = over.made->line->is_still_idle(patience);
    const bool is_good = co_await std::move(look);
    if (!is_good) over.made.reset();
}

io::task<> call::converse(line& on) {
    if (signer()) {
        io::task<> hashing = hash_content();
        co_await std::move(hashing);
    }
    request_head head = make_head();
    if (wanted_versions() == versions::http_1_0) {
        head.version = version::http_1_0;
        asked_.expect_continue = false;  // of which it knows nothing
    }
    if (on.goes_both_ways()) head.version = version::http_2;
    const bool is_small = asked_.body.is_bytes() && asked_.body.bytes().size() <= sent_at_once;
    if (connects_) {  // what follows is the other protocol's
        if (asked_.sent) asked_.sent(head);
        on.begin(head, std::nullopt);
    } else if (is_small && !asked_.expect_continue) {
        if (asked_.sent) asked_.sent(head);
        on.send(head, asked_.body.bytes());
    } else {
        io::task<content_size> asking_size = asked_.body.size();
        const content_size size = co_await std::move(asking_size);
        if (asked_.expect_continue && size != 0) head.fields.set("Expect", "100-continue");
        if (asked_.sent) asked_.sent(head);
        on.begin(head, size);
        if (leaves_content_ && on.goes_both_ways() && !asked_.expect_continue) {
            left_ = size;
            co_return;
        }
        io::task<bool> sending = upload(on, size);
        const bool is_answered = co_await std::move(sending);
        if (is_answered) co_return;
    }
    io::task<> hearing = io::timeout(core_->options.stall, on.receive(asked_.interim));
    co_await std::move(hearing);
}

/// Sends the content while it listens: a server that wants none of it says so early. Whether it
/// has answered.
io::task<bool> call::upload(line& on, content_size size) {
    io::event go;
    if (!asked_.expect_continue) go.set();
    const auto told = [this, &go](const response_head& early) {
        if (early.status == status::continue_) go.set();
        if (asked_.interim) asked_.interim(early);
    };
    io::task<> sending = send_content(on, size, go);
    io::task<bool> both = on.receive_beside(std::move(sending), told);
    const bool is_answered = co_await std::move(both);
    co_return is_answered;
}

io::task<> call::send_content(line& on, content_size size, io::event& go) {
    const timeout stall = core_->options.stall;
    if (!go.is_set()) {
        io::task<> first = io::timeout(stall, on.flush());
        co_await std::move(first);
        try {
            io::task<> waiting = io::timeout(patience_for_continue, go.wait());
            co_await std::move(waiting);
        } catch (const net::stopped&) {
            throw;
        } catch (const std::system_error&) {
            go.set();  // it does not know the question
        }
    }
    has_begun_content_ = true;
    io::task<> sending = send_content_of(asked_.body, size, on, stall);
    co_await std::move(sending);
}

/// Whether sending it twice is as good as sending it once (RFC 9110 §9.2.2).
bool call::can_repeat() const noexcept {
    return is_idempotent(asked_.method) && asked_.body.is_repeatable();
}

}  // namespace zocalo::http::detail
