// SPDX-License-Identifier: MIT
// A line of the input is a message, however it was read; what comes is shown so that its ends can
// be told: escaped on a terminal, a line or a document of JSON elsewhere.
#include "relay/websocket_talk.hpp"

#include <fmt/core.h>

#include <chrono>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <variant>

#include "file.hpp"
#include "relay/traffic_log.hpp"
#include "sys/file.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"
#include "zocalo/rpc/json.hpp"

namespace zocalo::program {

using namespace std::chrono_literals;

namespace {

/// A message that nobody would type.
constexpr std::size_t longest_message = std::size_t{64} * 1024 * 1024;

std::string_view name_of(ws::opcode what) {
    switch (what) {
        case ws::opcode::text:
            return "text";
        case ws::opcode::binary:
            return "binary";
        case ws::opcode::continuation:
            return "continuation";
        case ws::opcode::close:
            return "close";
        case ws::opcode::ping:
            return "ping";
        case ws::opcode::pong:
            return "pong";
    }
    return "frame";
}

std::string to_json(ws::message got) {
    rpc::value::structure one;
    if (got.kind == ws::kind::text)
        one.emplace("text", std::move(got.data));
    else
        one.emplace("binary", rpc::binary{std::move(got.data)});
    return rpc::to_json(rpc::value(std::move(one))) + '\n';
}

}  // namespace

websocket_talk::websocket_talk(const link_options& link, const websocket_choice& choice,
                               const context& shared, local_side& side, io::stream& mine,
                               ws::connection& peer, std::string whom)
    : link_(link),
      choice_(choice),
      shared_(shared),
      side_(side),
      mine_(mine),
      peer_(peer),
      whom_(std::move(whom)),
      input_(mine),
      end_(choice.null ? '\0' : '\n'),
      is_shown_(!side.has_program() && !link.raw && sys::isatty(1) == 1) {
    if (shared_.verbosity < 2) return;
    peer_.watched = [this](bool is_sent, ws::opcode what, std::string_view data) {
        tell_frame(is_sent, name_of(what), data);
    };
}

void websocket_talk::tell_frame(bool is_sent, std::string_view what, std::string_view data) {
    side_.tell(2, fmt::format("{} {}, {} bytes", is_sent ? '>' : '<', what, data.size()));
}

io::task<> websocket_talk::dialogue() {
    co_await io::any(hear(), speak(), close_on_stop());
}

io::task<> websocket_talk::keep_idle_limit() {
    co_await moves_.silence(link_.idle);
    throw std::system_error(
        std::make_error_code(std::errc::timed_out),
        "talk with " + escaped(whom_) + " (nothing came or went for the idle time-out)");
}

// --- What comes

io::task<> websocket_talk::hear() {
    for (;;) {
        io::task<std::optional<ws::message>> next = peer_.receive();
        std::optional<ws::message> got = co_await std::move(next);
        moves_.touch();
        if (!got) co_return;
        ++received_;
        const bool is_text = got->kind == ws::kind::text;
        if (shared_.verbosity >= 2) tell_frame(false, is_text ? "text" : "binary", got->data);
        if (traffic_log* const log = side_.log()) log->received(const_buffer(got->data));
        io::task<> showing = show(*std::move(got));
        co_await std::move(showing);
    }
}

io::task<> websocket_talk::show(ws::message got) {
    if (link_.send_only || mine_has_failed_) co_return;
    const std::string text = printed(std::move(got));
    try {
        co_await mine_.write(const_buffer(text));
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        if (!side_.has_program()) throw;
        mine_has_failed_ = true;  // the peer may go on, and nobody listens
    }
}

/// Bytes that are no text stay as they are: nothing can be put between them.
std::string websocket_talk::printed(ws::message got) const {
    if (shared_.json) return to_json(std::move(got));
    const bool is_bytes = got.kind == ws::kind::binary && !choice_.null;
    if (is_shown_) return escaped(got.data, 4 * got.data.size()) + '\n';
    if (!is_bytes) got.data += end_;
    return std::move(got.data);
}

// --- What goes

io::task<> websocket_talk::speak() {
    if (!link_.recv_only) {
        io::task<> sending = send_input();
        co_await std::move(sending);
    }
    if (link_.recv_only || link_.no_shutdown) co_await io::sleep(timeout::none());
    io::task<> waiting = wait_for_answers();
    co_await std::move(waiting);
    io::task<> closing = peer_.close();
    co_await std::move(closing);
    co_await io::sleep(timeout::none());  // what comes until the peer closes, too, is heard
}

/// A peer that takes no more says why to hear(), or that finds out.
io::task<> websocket_talk::send_input() {
    bool is_over = false;
    try {
        io::task<> sending = choice_.binary ? send_whole_input() : send_messages();
        co_await std::move(sending);
    } catch (const net::stopped&) {
        throw;
    } catch (const file_error&) {
        throw;
    } catch (const std::system_error& error) {
        if (error.code() != std::errc::broken_pipe) throw;
        is_over = true;
    }
    if (is_over) co_await io::sleep(timeout::none());
}

void websocket_talk::note_sent(std::string_view data) {
    moves_.touch();
    if (traffic_log* const log = side_.log()) log->sent(const_buffer(data));
}

io::task<> websocket_talk::send_messages() {
    for (;;) {
        io::task<std::optional<std::string>> reading = next_message();
        const std::optional<std::string> next = co_await std::move(reading);
        if (!next) co_return;
        io::task<> sending = peer_.send(*next);
        co_await std::move(sending);
        ++sent_;
        note_sent(*next);
    }
}

/// What stands before the next end, or before that of the input; nothing at its end.
io::task<std::optional<std::string>> websocket_talk::next_message() {
    for (std::size_t searched = 0;;) {
        const std::string_view have = input_.buffered().text();
        const std::size_t at = have.find(end_, searched);
        if (at != std::string_view::npos) {
            std::string found(have.substr(0, at));
            input_.consume(at + 1);
            co_return found;
        }
        searched = have.size();
        if (searched > longest_message) throw std::length_error("a message of more than 64 MiB");
        io::task<bool> filling = read_more();
        const bool came = co_await std::move(filling);
        if (came) continue;
        std::string rest(input_.buffered().text());
        input_.consume(rest.size());
        if (rest.empty()) co_return std::nullopt;
        co_return rest;
    }
}

/// In fragments, as it is read, so that it may be of any size.
io::task<> websocket_talk::send_whole_input() {
    io::task<bool> first = read_more();
    bool came = co_await std::move(first);
    if (!came) co_return;
    io::task<ws::long_message> beginning = peer_.begin(ws::kind::binary);
    ws::long_message all = co_await std::move(beginning);
    while (came) {
        std::string part(input_.buffered().text());
        input_.consume(part.size());
        note_sent(part);
        io::task<> writing = all.write(std::move(part));
        co_await std::move(writing);
        io::task<bool> filling = read_more();
        came = co_await std::move(filling);
    }
    io::task<> finishing = all.finish();
    co_await std::move(finishing);
    ++sent_;
}

/// A program that has gone has ended its output.
io::task<bool> websocket_talk::read_more() {
    bool came = false;
    try {
        io::task<bool> filling = input_.fill();
        came = co_await std::move(filling);
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        if (!side_.has_program()) throw;
    }
    co_return came;
}

/// A close frame ends the dialogue for most servers: what they have not answered by then they never
/// will. So they get the time to do so before it, where anybody wants to know.
io::task<> websocket_talk::wait_for_answers() {
    if (!link_.quit.is_none()) {
        co_await io::sleep(link_.quit);
    } else if (!link_.send_only && !side_.is_interactive()) {
        moves_.touch();
        io::task<> waiting = moves_.silence(1s);
        co_await std::move(waiting);
    }
}

io::task<> websocket_talk::close_on_stop() {
    io::task<> waiting = side_.stop().wait();
    co_await std::move(waiting);
    io::task<> closing = peer_.close(ws::close_code::going_away);
    co_await std::move(closing);
    co_await io::sleep(timeout::none());
}

}  // namespace zocalo::program
