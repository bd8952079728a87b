// SPDX-License-Identifier: MIT
#include <utility>

#include "zocalo/io/durable_file.hpp"
#include "zocalo/opener/opener.hpp"

namespace zocalo::url {

namespace {

void require_whole(const opened& from, std::uint64_t got) {
    const http::content_size size = from.size();
    if (size && got < *size) throw content_too_short(from.url(), got, *size);
}

/// Whoever cuts content off is caught by what reads it, which does not say how much came.
io::task<const_buffer> read_piece(opened& from, std::uint64_t got) {
    try {
        io::task<const_buffer> reading = from.read();
        const const_buffer piece = co_await std::move(reading);
        co_return piece;
    } catch (const protocol_error&) {
        require_whole(from, got);
        throw;
    }
}

io::task<> copy(opened& from, io::durable_file& to, const opener::progress& told) {
    if (told) told(0, from.size());
    for (;;) {
        io::task<const_buffer> reading = read_piece(from, to.size());
        const const_buffer piece = co_await std::move(reading);
        if (piece.empty()) break;
        io::task<> writing = to.write(piece);
        co_await std::move(writing);
        if (told) told(to.size(), from.size());
    }
    require_whole(from, to.size());
}

}  // namespace

io::task<retrieved> opener::retrieve(http::request what, std::string path, progress told) {
    if (!what.fields.contains("Accept-Encoding")) what.fields.add("Accept-Encoding", "identity");
    io::task<opened> opening = open(std::move(what));
    opened from = co_await std::move(opening);
    io::task<io::durable_file> making = io::create_durable_file(path);
    io::durable_file file = co_await std::move(making);
    io::task<> copying = copy(from, file, told);
    co_await std::move(copying);
    io::task<> keeping = file.keep(io::existing::replace);
    co_await std::move(keeping);
    retrieved got;
    got.path = std::move(path);
    got.size = file.size();
    got.url = from.url();
    got.fields = std::move(from.fields());
    co_return got;
}

io::task<retrieved> opener::retrieve(std::string url, std::string path, progress told) {
    http::request what;
    what.url = std::move(url);
    return retrieve(std::move(what), std::move(path), std::move(told));
}

io::task<retrieved> retrieve(std::string url, std::string path, opener::progress told) {
    opener once;
    io::task<retrieved> getting = once.retrieve(std::move(url), std::move(path), std::move(told));
    retrieved got = co_await std::move(getting);
    co_return got;
}

}  // namespace zocalo::url
