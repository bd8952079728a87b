// SPDX-License-Identifier: MIT
// A transaction is connect, one line, everything up to the dot or the end, close. What the answer
// means is the engine's business.
#include "zocalo/gopher/client.hpp"

#include <algorithm>
#include <stdexcept>

#include "gopher/foreign_port.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/tls/dial.hpp"

namespace zocalo::gopher {

namespace {

/// Menus name hosts as they like.
bool is_no_part_of_hosts(char c) noexcept {
    return static_cast<unsigned char>(c) <= ' ' || c == '\x7F';
}

void require_askable(const location& where, bool any_port) {
    if (where.host.empty() || std::ranges::any_of(where.host, is_no_part_of_hosts))
        throw std::invalid_argument("gopher: no host: " + quoted(where.host));
    if (!any_port && is_foreign_port(where.port)) {
        throw std::invalid_argument("gopher: port " + std::to_string(where.port) +
                                    " is another protocol's");
    }
    const bool has_item = where.request.plus || transfer_of(where.type) != transfer::nothing;
    if (has_item) return;
    throw std::invalid_argument("gopher: an item of the type \"" + to_text(where.type) +
                                "\" cannot be asked for");
}

io::task<> append(std::string& to, std::string_view piece) {
    to += piece;
    co_return;
}

}  // namespace

// --- An answer that is still to be read

answer_stream::answer_stream(io::stream server, answer_reader how, const location& where,
                             const client_options& options)
    : server_(std::move(server)),
      answer_(std::move(how)),
      name_(where.to_uri().to_string()),
      within_(options.within),
      require_dot_(options.require_dot && transfer_of(where.type) != transfer::bytes) {}

io::task<const_buffer> answer_stream::read() {
    return io::timeout(within_, next());
}

io::task<const_buffer> answer_stream::next() {
    while (!answer_.has_ended()) {
        const io::chunk arrived = co_await server_.read();
        if (arrived.empty()) {
            answer_.end_of_stream();
        } else {
            answer_.receive(arrived.text());
        }
        piece_ = answer_.take();
        if (!piece_.empty()) co_return piece_;
    }
    server_.close();
    if (require_dot_ && !answer_.is_complete())
        throw protocol_error("the answer of " + name_ + " ended without a dot");
    co_return const_buffer();
}

// --- The client

io::task<io::stream> client::connect(const location& where) const {
    tls::dial_options options{.connect = options_.connect,
                              .proxies = options_.proxies,
                              .over_proxy = options_.over_proxy};
    if (where.secure) options.tls = options_.tls ? *options_.tls : tls::client_context();
    return tls::dial({where.host, where.port}, std::move(options));
}

io::task<answer_stream> client::ask(location where) const {
    const std::string line = to_line(where.request);
    io::task<io::stream> connecting = connect(where);
    io::stream server = co_await std::move(connecting);
    if (options_.over) server = options_.over(std::move(server));
    co_await server.write(line);
    answer_reader reader(transfer_of(where.type), where.request.plus.has_value(), options_.limits);
    answer_stream answer(std::move(server), std::move(reader), where, options_);
    co_return answer;
}

io::task<answer_stream> client::open(location where) const {
    require_askable(where, options_.any_port);
    return io::timeout(options_.within, ask(std::move(where)));
}

io::task<answer> client::pass_on(location where, sink into) const {
    io::task<answer_stream> asking = ask(std::move(where));
    answer_stream from = co_await std::move(asking);
    for (;;) {
        io::task<const_buffer> reading = from.read();
        const const_buffer piece = co_await std::move(reading);
        if (piece.empty()) break;
        co_await into(piece.text());
    }
    answer told;
    told.complete = from.is_complete();
    told.is_error = from.is_error();
    co_return told;
}

io::task<answer> client::fetch(location where) const {
    std::string data;
    const sink into = [&data](std::string_view piece) { return append(data, piece); };
    io::task<answer> asking = download(std::move(where), into);
    answer whole = co_await std::move(asking);
    whole.data = std::move(data);
    co_return whole;
}

io::task<answer> client::download(location where, sink into) const {
    require_askable(where, options_.any_port);
    return io::timeout(options_.within, pass_on(std::move(where), std::move(into)));
}

io::task<gopher::menu> client::menu(location where) const {
    if (transfer_of(where.type) != transfer::menu) where.type = item_type::menu;
    const answer got = co_await fetch(std::move(where));
    co_return parse_menu(got.data, options_.limits.items);
}

io::task<gopher::menu> client::search(location where, std::string words) const {
    where.type = item_type::search;
    where.request.search = std::move(words);
    return menu(std::move(where));
}

io::task<std::string> client::text(location where) const {
    if (transfer_of(where.type) != transfer::text) where.type = item_type::text;
    answer got = co_await fetch(std::move(where));
    co_return std::move(got.data);
}

io::task<std::vector<attribute>> client::attributes(location where) const {
    where.request.plus = "!";
    const answer got = co_await fetch(std::move(where));
    if (got.is_error) throw protocol_error("Gopher+ error: " + got.data);
    co_return parse_attributes(got.data);
}

}  // namespace zocalo::gopher
