// SPDX-License-Identifier: MIT
#include "zocalo/serve/connection.hpp"

#include <string>
#include <utility>

#include "net/fail.hpp"
#include "serve/guard.hpp"
#include "serve/metered.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/io/unread.hpp"
#include "zocalo/serve/folder.hpp"
#include "zocalo/tls/stream.hpp"

namespace zocalo::serve {

namespace {

/// What the client has connected to, as the proxy in front says if there is one.
net::endpoint where_of(const peer& who, const io::stream& socket) {
    const bool is_told = who.proxy && !who.proxy->header.is_local;
    return is_told ? who.proxy->header.destination : socket.local_endpoint();
}

}  // namespace

connection::connection(io::stream socket, serve::peer who, std::uint64_t number,
                       detail::guard& watch)
    : guard_(watch),
      number_(number),
      peer_(std::move(who)),
      local_(where_of(peer_, socket)),
      stream_(std::make_unique<detail::metered>(std::move(socket), watch)),
      plain_(static_cast<detail::metered*>(stream_.made_of())) {}

io::task<connection::opening> connection::look_at_opening() {
    constexpr char handshake = 22;  // the first byte of TLS (RFC 8446 §5.1)
    const io::chunk first = co_await stream_.read();
    if (first.empty()) co_return opening::nothing;
    unread(std::string(first.text()));
    co_return first.text()[0] == handshake ? opening::tls : opening::other;
}

void connection::unread(std::string bytes) {
    const bool is_plain = stream_.is_open() && stream_.made_of() == plain_;
    if (is_plain) {
        plain_->give_back(bytes);
    } else {
        stream_ = io::unread(std::move(stream_), std::move(bytes));
    }
}

io::task<> connection::secure(tls::server_context context) {
    stream_ = co_await tls::accept(std::move(stream_), std::move(context));
    remember_tls();
}

void connection::remember_tls() {
    peer_.tls = std::make_shared<tls::info>(tls::get_info(stream_));
}

io::task<std::uint64_t> connection::send_cached(const opened_entry& file, std::uint64_t offset,
                                                std::uint64_t most) {
    const bool is_plain = stream_.is_open() && stream_.made_of() == plain_;
    if (!is_plain || file.fileno() < 0) co_return 0;
    const std::int64_t moved = co_await plain_->send_cached(file.fileno(), offset, most);
    if (moved < 0)
        net::fail("send file " + quoted(file.about().name) + " to", peer_.address, moved);
    co_return static_cast<std::uint64_t>(moved);
}

void connection::abort() noexcept {
    guard_.abort();
}

void connection::enter(phase next) noexcept {
    guard_.enter(next);
}

void connection::may_park() noexcept {
    guard_.enter(phase::resting);
    if (stream_.made_of() == plain_) guard_.may_park();
}

void connection::remember(std::uint32_t number) noexcept {
    guard_.remember(number);
}

std::uint32_t connection::remembered() const noexcept {
    return guard_.remembered();
}

bool connection::is_draining() const noexcept {
    return guard_.is_draining();
}

io::task<> connection::wait_for_drain() const {
    return guard_.wait_for_drain();
}

std::uint64_t connection::bytes_received() const noexcept {
    return guard_.bytes_received();
}

std::uint64_t connection::bytes_sent() const noexcept {
    return guard_.bytes_sent();
}

}  // namespace zocalo::serve
