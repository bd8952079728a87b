// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/core/deadline.hpp"
#include "zocalo/tls/certificate.hpp"
#include "zocalo/tls/credentials.hpp"

/// All that can be chosen about TLS, as aggregates whose defaults are safe.
namespace zocalo::tls {

class known_keys;

/// Older ones are not spoken.
enum class version : std::uint16_t { tls_1_2 = 0x0303, tls_1_3 = 0x0304 };

/// "TLSv1.3"
[[nodiscard]] std::string_view to_text(version which) noexcept;

/// Whether the peer has to be who it should be.
enum class verify : std::uint8_t {
    /// Anybody in between reads and changes everything: for tests only. A `trust` that names
    /// something is refused beside it, with std::invalid_argument.
    dangerously_nothing,
    /// The key that the server showed the first time (client_options::known_keys), whoever vouches
    /// for it. A `trust` that names something is refused here, too.
    first_use,
    everything,  ///< the chain up to an authority, dates, purpose, and the server's name
};

/// What the end of a connection means that the peer did not announce (RFC 8446 §6.1).
enum class truncation : bool {
    is_the_end,   ///< for protocols that tell the length of everything themselves
    is_an_error,  ///< errc::truncated: somebody may have cut it off
};

/// Which authorities may vouch for a peer.
struct trust {
    /// Those of the system are asked when nothing else is named here: where SSL_CERT_FILE and
    /// SSL_CERT_DIR say, else where the system keeps them. With true they are asked, too.
    bool system_too = false;
    /// Authorities, or certificates that are trusted for themselves.
    std::vector<certificate> authorities = {};
    /// Files of them, in PEM.
    std::vector<std::string> files = {};
    /// Directories of them, with names as `openssl rehash` makes.
    std::vector<std::string> directories = {};
    /// Files of revocation lists in PEM. With one, the peer's certificate has to have a list of its
    /// issuer here, and not to be on it.
    std::vector<std::string> revocation_lists = {};
    /// With true every certificate of the chain has to have such a list, not the peer's own only;
    /// the chain has to reach an authority that vouches for itself then.
    bool revocation_of_authorities = false;
    /// Refuses what RFC 5280 forbids and is let pass otherwise: certificates without identifiers
    /// of the keys, authorities whose constraints are not critical, and the like.
    bool strict = false;
    /// How many certificates may stand between the peer's own and one that is trusted; 100 at most.
    std::size_t most_between = 100;

    [[nodiscard]] bool names_nothing() const noexcept {
        return authorities.empty() && files.empty() && directories.empty();
    }
};

/// What a peer can make grow.
struct limits {
    /// For the whole handshake; a peer that is slower fails with std::errc::timed_out.
    timeout handshake = std::chrono::seconds{10};
    /// For finish(), where the network takes no more or the peer is within a message without data;
    /// beyond that it fails with std::errc::timed_out.
    timeout goodbye = std::chrono::seconds{5};
    /// Bytes that a peer may send before the handshake has ended.
    std::size_t handshake_bytes = std::size_t{256} * 1024;
    /// Messages without data (tickets, new keys) that a peer may send afterwards, beside one for
    /// each MiB of data.
    std::size_t other_messages = 64;
};

/// Gets each line of a key log: with it anybody can decrypt what was recorded. It may run on any
/// thread that uses the context.
using key_logger = std::function<void(std::string_view line)>;

/// Appends to a file, which is made for its owner only.
[[nodiscard]] key_logger key_log_file(const std::string& path);
/// To the file that the environment variable SSLKEYLOGFILE names; none when there is no such
/// variable.
[[nodiscard]] key_logger key_log_from_environment();

/// What both ends choose alike.
struct common_options {
    // --- Behaviour

    /// Application protocols that we speak, best first (RFC 7301): {"h2", "http/1.1"}. A server
    /// refuses a client that speaks others only, and not one that names none.
    std::vector<std::string> alpn = {};
    tls::truncation truncation = tls::truncation::is_an_error;
    version lowest = version::tls_1_2;
    version highest = version::tls_1_3;
    /// Ciphers for TLS 1.2 in OpenSSL's language; those with forward secrecy when empty. TLS 1.3
    /// has its own.
    std::string ciphers = {};
    /// How keys may be agreed on, in OpenSSL's language: "X25519:P-256"; its own choice when empty.
    std::string groups = {};
    key_logger key_log = {};

    // --- Performance

    /// Whether to go on with what was agreed with the same peer before. A client looks whether the
    /// server's certificate is still good; a server that asks for certificates never does, for each
    /// connection has to prove it anew. Nothing is ever sent before the handshake has ended (0-RTT,
    /// RFC 8446 §8): whoever recorded that could send it once more.
    bool resume = true;

    // --- Limits

    tls::limits limits = {};
};

/// What a server has to show to say that its certificate was not revoked: an answer of its
/// authority's in the handshake (OCSP stapling, RFC 6066 §8).
enum class stapling : std::uint8_t {
    /// Whatever says "revoked" counts. A certificate that promises an answer (must-staple, RFC
    /// 7633) has to come with a good one; from others an answer that is too old, or nobody's, is
    /// none.
    as_promised,
    required,  ///< a good one from every server; with verify::everything only
};

/// How a client speaks TLS.
struct client_options : common_options {
    tls::verify verify = tls::verify::everything;
    tls::trust trust = {};
    /// Who we are, for servers that ask.
    tls::credentials credentials = {};
    tls::stapling stapling = tls::stapling::as_promised;
    /// When not empty, the server's key has to be one of these (certificate::key_pin()), whatever
    /// else says that it is right; with verify::dangerously_nothing too.
    std::vector<std::string> pinned_keys = {};
    /// When there is one (known_keys.hpp), a server has to show the key that is known of it; that
    /// of a new one is remembered once the handshake has proved that the server has it. For
    /// verify::first_use, and beside what verify::everything asks for.
    std::shared_ptr<tls::known_keys> known_keys = nullptr;
};

/// Whether clients have to show a certificate.
enum class client_certificates : std::uint8_t { not_asked, optional, required };

/// How a server speaks TLS.
struct server_options : common_options {
    /// For clients that name no host, or one that is not in `by_name`. Without it those are
    /// refused.
    tls::credentials credentials = {};
    /// For clients that name one of these hosts: "example.org", or "*.example.org" for one label.
    std::map<std::string, tls::credentials, std::less<>> by_name = {};
    /// Asked before `by_name` when there is one; what it gives may be empty. It may run on any
    /// thread that uses the context.
    std::function<tls::credentials(std::string_view name)> find_credentials = {};

    tls::client_certificates client_certificates = tls::client_certificates::not_asked;
    /// Whose clients we know; has to name something when certificates are asked for, and nothing
    /// when they are not: std::invalid_argument.
    tls::trust trust = {};

    /// How long a client may go on with a session; a second to seven days. Sessions are encrypted
    /// with random keys that are only here, each used for so long, kept for as long again, and then
    /// forgotten: who steals one decrypts no more than that. replace() begins with new ones.
    std::chrono::seconds session_lifetime = std::chrono::hours{2};
    /// How many sessions a client is given after a handshake of TLS 1.3, where each is gone on with
    /// once; one that goes on with a session is given one. 0 to 16; with 0 there are none. TLS 1.2
    /// has always one.
    std::size_t session_tickets = 2;
};

}  // namespace zocalo::tls
