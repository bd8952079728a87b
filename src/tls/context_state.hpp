// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tls/openssl.hpp"
#include "tls/session_cache.hpp"
#include "tls/ticket_keys.hpp"
#include "zocalo/tls/options.hpp"

/// What contexts and their connections share. A connection holds its context's state, so callbacks
/// find all that they need through the connection, whoever has dropped the context meanwhile.
namespace zocalo::tls::detail {

class connection;

/// What both sides need. It never changes once it was made.
struct context_state {
    context_ptr context;
    tls::verify verify = verify::everything;
    tls::stapling stapling = stapling::as_promised;
    std::vector<std::string> pinned_keys;
    std::shared_ptr<tls::known_keys> known_keys;
    std::vector<std::string> alpn;
    tls::truncation truncation = truncation::is_an_error;
    tls::limits limits;
    key_logger key_log;
};

struct client_state : context_state {
    bool resume = true;
    std::shared_ptr<const client_state> without_credentials;  ///< null: it has none
    mutable session_cache sessions;
};

struct server_state : context_state {
    explicit server_state(std::chrono::seconds session_lifetime) : tickets(session_lifetime) {}

    mutable ticket_keys tickets;
    tls::credentials credentials;
    std::map<std::string, tls::credentials, std::less<>> by_name;
    std::function<tls::credentials(std::string_view)> find_credentials;

    /// For a client that named that host, in lower case; empty when it is to be refused.
    [[nodiscard]] tls::credentials find(std::string_view name) const;
};

/// The state that new handshakes of a server_context use; replaced as a whole.
class server_slot {
 public:
    explicit server_slot(std::shared_ptr<const server_state> first) noexcept
        : state_(std::move(first)) {}
    [[nodiscard]] std::shared_ptr<const server_state> get() const {
        const std::lock_guard lock(mutex_);
        return state_;
    }
    void set(std::shared_ptr<const server_state> next) {
        const std::lock_guard lock(mutex_);
        state_.swap(next);
    }

 private:
    mutable std::mutex mutex_;
    std::shared_ptr<const server_state> state_;
};

/// The half of a state that comes from what both sides choose.
void prepare(context_state& state, const SSL_METHOD* method, const common_options& options);
void use_credentials(SSL_CTX* context, const credentials& who);
void use_credentials(SSL* connection, const credentials& who);
/// Fills the store of authorities; `names_too` tells peers whose certificates are good.
void use_trust(SSL_CTX* context, const trust& whom, bool names_too);
/// The list of application protocols as it goes over the wire (RFC 7301 §3.1).
[[nodiscard]] std::string alpn_list(const std::vector<std::string>& names);

/// Judges a chain: X509_verify_cert() and the pinned keys. What OpenSSL calls in handshakes.
int judge_chain(X509_STORE_CTX* walk, void* unused) noexcept;
/// Whether the server's certificate in the session that `with` was given would be accepted now.
[[nodiscard]] bool is_still_good(SSL* with);
/// Why a chain was refused, for people: "the certificate is for a.example, not for b.example".
[[nodiscard]] std::string explain_refusal(X509_STORE_CTX* walk, const std::string& wanted_host);

}  // namespace zocalo::tls::detail
