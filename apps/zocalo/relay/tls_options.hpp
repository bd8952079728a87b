// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "relay/key_password.hpp"
#include "zocalo/tls/context.hpp"
#include "zocalo/tls/info.hpp"
#include "zocalo/tls/options.hpp"

namespace CLI {
class App;
}

namespace zocalo::program {

struct context;

/// What `connect` and `listen` are told about TLS, named as in ncat.
struct tls_choice {
    bool wanted = false;
    bool insecure = false;  // connect
    bool verify = false;    // listen: clients have to show a certificate, as `trusted` says, too
    std::string certificate;
    std::string key;
    key_password password;
    std::string trusted_folder;  // --capath
    std::string trusted;
    std::string server_name;
    std::string pinned;      // keys, of which the server has to have one
    std::string known_keys;  // connect: a file of those that servers have shown before
    std::vector<std::string> protocols;
    tls::version lowest = tls::version::tls_1_2;
    tls::version highest = tls::version::tls_1_3;

    bool operator==(const tls_choice&) const = default;
};

/// Declare them. Unlike ncat, a client verifies unless it is told not to.
void add_client_tls_options(CLI::App& command, tls_choice& choice);
void add_server_tls_options(CLI::App& command, tls_choice& choice);
/// Throws CLI::RequiresError when a client's options say how TLS is spoken where none is.
void check_client_tls(const CLI::App& command, bool is_spoken);
/// For URLs, which say by themselves whether TLS is wanted. Named as in curl.
void add_web_tls_options(CLI::App& command, tls_choice& choice);

/// Asks on the terminal for the password of the key, when that is encrypted and no option has it,
/// before there is a loop, which would keep Ctrl-C for itself. Throws when the files of --cert and
/// --key cannot be used.
void unlock_key(const tls_choice& choice);

/// How we speak TLS. Throws as tls::client_context does.
[[nodiscard]] tls::client_context client_context(const tls_choice& choice);
/// How we speak it with clients. Without a certificate one is made for this run, and its
/// fingerprint is said.
[[nodiscard]] tls::server_options server_options(const tls_choice& choice, const context& shared);

/// "TLSv1.3, TLS_AES_256_GCM_SHA384, CN=localhost"
[[nodiscard]] std::string to_text(const tls::info& agreed);

}  // namespace zocalo::program
