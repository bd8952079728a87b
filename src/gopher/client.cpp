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

/// How an answer ended.
struct client::transaction {
    bool complete = false;
    bool is_error = false;
};

io::task<io::stream> client::connect(const location& where) const {
    tls::dial_options options{.connect = options_.connect, .proxies = options_.proxies};
    if (where.secure) options.tls = options_.tls ? *options_.tls : tls::client_context();
    return tls::dial({where.host, where.port}, std::move(options));
}

io::task<client::transaction> client::ask(location where, sink into) const {
    const std::string line = to_line(where.request);
    io::task<io::stream> connecting = connect(where);
    io::stream server = co_await std::move(connecting);
    co_await server.write(line);
    answer_reader answer(transfer_of(where.type), where.request.plus.has_value(), options_.limits);
    while (!answer.has_ended()) {
        const io::chunk arrived = co_await server.read();
        if (arrived.empty()) {
            answer.end_of_stream();
        } else {
            answer.receive(arrived.text());
        }
        const std::string piece = answer.take();
        if (!piece.empty()) co_await into(piece);
    }
    const bool has_dot = answer.is_complete() || transfer_of(where.type) == transfer::bytes;
    if (options_.require_dot && !has_dot) {
        throw protocol_error("the answer of " + where.to_uri().to_string() +
                             " ended without a dot");
    }
    co_return transaction{answer.is_complete(), answer.is_error()};
}

io::task<answer> client::fetch(location where) const {
    require_askable(where, options_.any_port);
    answer whole;
    const sink into = [&whole](std::string_view piece) { return append(whole.data, piece); };
    io::task<transaction> asking = ask(std::move(where), into);
    const transaction ended = co_await io::timeout(options_.within, std::move(asking));
    whole.complete = ended.complete;
    whole.is_error = ended.is_error;
    co_return whole;
}

io::task<answer> client::download(location where, sink into) const {
    require_askable(where, options_.any_port);
    io::task<transaction> asking = ask(std::move(where), std::move(into));
    const transaction ended = co_await io::timeout(options_.within, std::move(asking));
    answer told;
    told.complete = ended.complete;
    told.is_error = ended.is_error;
    co_return told;
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
