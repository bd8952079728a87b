// SPDX-License-Identifier: MIT
#include "zocalo/gopher/server.hpp"

namespace zocalo::gopher {

namespace {

/// Of whatever somebody says, what fits in the name of an item.
std::string one_line(std::string_view text) {
    std::string line(text.substr(0, text.find_first_of("\r\n")));
    std::erase_if(line, [](char c) { return static_cast<unsigned char>(c) < ' '; });
    return line;
}

std::string lines_of(const menu& items) {
    std::string lines;
    for (const item& each : items) {
        lines += to_line(each);
        lines += "\r\n";
    }
    return lines += ".\r\n";
}

std::string error_lines(std::string_view why) {
    item line = info(one_line(why));
    line.type = item_type::error;
    return lines_of({line});
}

}  // namespace

reply::reply(serve::connection& client, const request& asked) noexcept
    : client_(client), is_plus_(asked.plus.has_value()) {}

io::task<> reply::send(std::string_view bytes) {
    co_await client_.stream().write(bytes);
    size_ += bytes.size();
}

io::task<> reply::begin(std::string_view plus_line) {
    if (!is_plus_) co_return;
    const std::string line = std::string(plus_line) + "\r\n";
    co_await send(line);
}

io::task<> reply::menu(const gopher::menu& items) {
    const std::string lines = lines_of(items);  // before anything is sent: it may be refused
    co_await begin("+-1");
    co_await send(lines);
    is_whole_ = true;
}

io::task<> reply::text(std::string_view whole) {
    co_await begin_text();
    co_await write(whole);
    co_await finish();
}

io::task<> reply::error(std::string_view why) {
    std::string lines;
    if (is_plus_) {
        lines = "--1\r\n1 unknown\r\n" + one_line(why) + "\r\n.\r\n";
    } else {
        lines = error_lines(why);
    }
    is_error_ = true;
    co_await send(lines);
    is_whole_ = true;
}

io::task<> reply::begin_bytes(std::optional<std::uint64_t> size) {
    is_text_ = false;
    const std::string length = size ? "+" + std::to_string(*size) : "+-2";
    co_await begin(length);
}

io::task<> reply::begin_text() {
    is_text_ = true;
    co_await begin("+-1");
}

io::task<> reply::write(std::string_view piece) {
    if (!is_text_) {
        co_await send(piece);
        co_return;
    }
    std::string encoded;
    dots_.encode(piece, encoded);
    co_await send(encoded);
}

io::task<> reply::finish() {
    if (is_text_) {
        std::string end;
        dots_.finish(end);
        co_await send(end);
    }
    is_whole_ = true;
}

std::string farewell(serve::ending why) {
    switch (why) {
        case serve::ending::no_whole_head:
            return error_lines("the request did not come in time");
        case serve::ending::too_many_from_there:
        case serve::ending::too_fast_from_there:
            return error_lines("too many connections from there");
        case serve::ending::not_admitted:
            return error_lines("not for you");
        case serve::ending::never_served:
            return error_lines("the server has no place for you");
        default:
            return {};
    }
}

}  // namespace zocalo::gopher
