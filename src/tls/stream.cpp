// SPDX-License-Identifier: MIT
#include "zocalo/tls/stream.hpp"

#include <stdexcept>
#include <utility>

#include "tls/connection.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/tls/upgrade.hpp"

namespace zocalo::tls {

namespace {

using namespace detail;

/// Bytes after the go-ahead were not written under TLS, whoever wrote them.
void refuse_plaintext(io::stream& line, const io::reader& from) {
    if (from.buffered().empty()) return;
    const std::string peer = line.peer_endpoint().to_string();
    line.close();
    throw std::system_error(make_error_code(errc::plaintext_buffered), "TLS upgrade of " + peer);
}

}  // namespace

io::task<io::stream> unwrap(io::stream secured, timeout limit) {
    connection* const on = connection_of(secured);
    if (on == nullptr) throw std::invalid_argument("unwrap: this is no TLS stream");
    co_return co_await io::timeout(limit, on->unwrap());
}

void farewell(io::stream& line, const_buffer last) noexcept {
    send_last(line, last);
}

io::task<> upgrade(io::stream& line, const io::reader& from, client_context context,
                   std::string host, std::uint16_t port) {
    refuse_plaintext(line, from);
    line = co_await connect(std::move(line), std::move(context), std::move(host), port);
}

io::task<> upgrade(io::stream& line, const io::reader& from, server_context context) {
    refuse_plaintext(line, from);
    line = co_await accept(std::move(line), std::move(context));
}

}  // namespace zocalo::tls
