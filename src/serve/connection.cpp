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

connection::connection(io::stream socket, serve::peer who, std::uint64_t number,
                       detail::guard& watch)
    : guard_(watch),
      number_(number),
      peer_(std::move(who)),
      local_(socket.local_endpoint()),
      stream_(std::make_unique<detail::metered>(std::move(socket), watch)) {}

io::task<connection::opening> connection::look_at_opening() {
    constexpr char handshake = 22;  // the first byte of TLS (RFC 8446 §5.1)
    const io::chunk first = co_await stream_.read();
    const std::string seen(first.text());
    if (seen.empty()) co_return opening::nothing;
    stream_ = io::unread(std::move(stream_), seen);
    co_return seen[0] == handshake ? opening::tls : opening::other;
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
    auto* const plain = dynamic_cast<detail::metered*>(stream_.made_of());
    if (plain == nullptr || file.fileno() < 0) co_return 0;
    const std::int64_t moved = co_await plain->send_cached(file.fileno(), offset, most);
    if (moved < 0)
        net::fail("send file " + quoted(file.about().name) + " to", peer_.address, moved);
    co_return static_cast<std::uint64_t>(moved);
}

void connection::enter(phase next) noexcept {
    guard_.enter(next);
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
