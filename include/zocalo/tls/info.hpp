// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/tls/certificate.hpp"
#include "zocalo/tls/options.hpp"

/// What was agreed in a handshake.
namespace zocalo::tls {

struct info {
    tls::version version = tls::version::tls_1_3;
    std::string cipher;       ///< "TLS_AES_256_GCM_SHA384"
    std::string alpn;         ///< the application protocol; empty when none was agreed
    std::string server_name;  ///< the host that the client named; empty when it named none
    bool resumed = false;     ///< goes on with an earlier session
    bool verified = false;    ///< the peer showed a certificate, and we checked it
    /// The server has shown in this handshake that its certificate was not revoked (OCSP), and we
    /// checked it.
    bool stapled = false;
    /// Of the peer; empty when it showed none. A server that was resumed knows none.
    tls::certificate certificate;
    /// What the peer sent with it, itself first.
    std::vector<tls::certificate> chain;
};

/// What a stream agreed on, or nothing when it is no TLS stream.
[[nodiscard]] std::optional<info> try_get_info(const io::stream& secured);
/// The same; std::invalid_argument when it is no TLS stream.
[[nodiscard]] info get_info(const io::stream& secured);

/// The application protocol that was agreed on; empty for none, and when it is no TLS stream.
[[nodiscard]] std::string get_alpn(const io::stream& secured);

/// What the server at the other end of `below` shows to whoever asks for `host`, whether it is to
/// be trusted or not: for looking at it, or for pinning its key. The connection is closed.
[[nodiscard]] io::task<certificate> get_server_certificate(io::stream below, std::string host);

/// Bytes that both ends of one TLS connection know, and nobody in between: what ties a login to its
/// connection.
enum class channel_binding {
    exporter,          ///< tls-exporter (RFC 9266): TLS 1.3, and 1.2 with an extended master secret
    server_end_point,  ///< tls-server-end-point (RFC 5929): a hash of the server's certificate
};

/// The binding of a stream. Throws std::invalid_argument when it is no TLS stream, and
/// std::system_error of tls_category() when the connection has no such binding.
[[nodiscard]] std::string get_channel_binding(const io::stream& secured, channel_binding kind);

}  // namespace zocalo::tls
