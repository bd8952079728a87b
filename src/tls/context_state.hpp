// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tls/openssl.hpp"
#include "tls/session_cache.hpp"
#include "zocalo/tls/options.hpp"

/// What contexts and their connections share. A connection holds its context's state, so callbacks
/// find all that they need through the connection, whoever has dropped the context meanwhile.
namespace zocalo::tls::detail {

class connection;

/// What both sides need. It never changes once it was made.
struct context_state {
    context_ptr context;
    std::vector<std::string> alpn;
    tls::truncation truncation = truncation::is_an_error;
    tls::limits limits;
    key_logger key_log;
};

struct client_state : context_state {
    tls::verify verify = verify::everything;
    std::vector<std::string> pinned_keys;
    bool resume = true;
    mutable session_cache sessions;
};

struct server_state : context_state {
    tls::credentials credentials;
    std::map<std::string, tls::credentials, std::less<>> by_name;
    std::function<tls::credentials(std::string_view)> find_credentials;

    /// For a client that named that host; empty when it is to be refused.
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

/// Options that clients and servers have in common, set up in `state`.
template <class Options>
void copy_common(context_state& state, const Options& options) {
    state.alpn = options.alpn;
    state.truncation = options.truncation;
    state.limits = options.limits;
    state.key_log = options.key_log;
}
/// A context of OpenSSL with our choice of versions and ciphers.
[[nodiscard]] context_ptr make_context(const SSL_METHOD* method, version lowest, version highest,
                                       const std::string& ciphers);
void use_credentials(SSL_CTX* context, const credentials& who);
/// Fills the store of authorities.
void use_trust(SSL_CTX* context, const trust& whom);
/// The list of application protocols as it goes over the wire (RFC 7301 §3.1).
[[nodiscard]] std::string alpn_list(const std::vector<std::string>& names);

/// Judges a chain: X509_verify_cert() and the pinned keys. What OpenSSL calls in handshakes.
int judge_chain(X509_STORE_CTX* walk, void* unused) noexcept;
/// Whether the server's certificate in a session would be accepted now in a handshake of `by`.
[[nodiscard]] bool is_still_good(SSL_SESSION* session, SSL* by);

/// Called by OpenSSL; they find the connection through the SSL.
int remember_session(SSL* of, SSL_SESSION* session) noexcept;
void log_key(const SSL* of, const char* line) noexcept;
int choose_alpn(SSL* of, const unsigned char** chosen, unsigned char* chosen_size,
                const unsigned char* offered, unsigned offered_size, void* unused) noexcept;
int greet_client(SSL* of, int* alert, void* unused) noexcept;

}  // namespace zocalo::tls::detail
