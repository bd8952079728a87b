// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "zocalo/core/deadline.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/tls/context.hpp"
#include "zocalo/tls/error.hpp"

/// TLS around any stream.
///
/// What comes out is an io::stream like any other. Its finish() tells the peer that no more comes
/// (close_notify) and does not wait for an answer; the peer may go on writing. It does wait, up to
/// limits::goodbye, where it could not be sent: while what was written before fills the network,
/// and while only a part of a message without data (a ticket, new keys) has come from the peer. A
/// write waits for the rest of such a message, too, and without a limit of its own: in the middle
/// of one OpenSSL sends nothing. A stream that is destroyed or closed without finish() looks cut
/// off to the peer: that is what it is. After a write that was cancelled nothing more can be
/// written; a read that was cancelled has lost nothing.
namespace zocalo::tls {

/// The client's handshake over `below`, with a server that has to be `host`: a DNS name (an
/// internationalised one too) or an IP address. The limit in time is in the options.
///
/// Sessions are those of one host and port. The port is that of the other end of `below`, or
/// `port` when it is not 0: say it where somebody else stands at that end, a proxy or a forwarder.
///
/// `alpn`, when it is not empty, is offered instead of what the context has (options::alpn); a
/// session is gone on with only where the same was offered.
///
/// Throws std::system_error that names the host: of tls_category(), std::errc::timed_out, or what
/// the stream below said. Throws std::invalid_argument for a host that is none, and an empty one is
/// good with verify::dangerously_nothing only. When it throws or is cancelled, `below` is closed.
[[nodiscard]] io::task<io::stream> connect(io::stream below, client_context context,
                                           std::string host, std::uint16_t port = 0,
                                           std::vector<std::string> alpn = {});

/// The server's handshake over `below`. Throws as connect() does.
[[nodiscard]] io::task<io::stream> accept(io::stream below, server_context context);

/// Ends TLS on a stream but not the connection: sends close_notify, waits for that of the peer, and
/// gives back what was below. What the peer still sent before is dropped.
///
/// Throws std::errc::timed_out when that takes longer than `limit`, errc::plaintext_buffered when
/// bytes came in the clear in one piece with the peer's close_notify, and std::invalid_argument
/// when the stream is not TLS. The stream is closed then.
[[nodiscard]] io::task<io::stream> unwrap(io::stream secured,
                                          timeout limit = std::chrono::seconds{5});

/// The last words on a connection that is about to be closed, without waiting: sends `last`, at
/// most a few kilobytes, and close_notify where the stream is TLS.
///
/// For destructors and for connections that rest, whose end nobody waits for. What the network does
/// not take at once is not sent, and nobody learns of that. Nothing may be under way, and nothing
/// can be written afterwards. Streams that are neither TLS nor sockets are left as they are.
void farewell(io::stream& line, const_buffer last = {}) noexcept;

}  // namespace zocalo::tls
