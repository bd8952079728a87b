// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "zocalo/io/proxy.hpp"
#include "zocalo/tls/context.hpp"

namespace CLI {
class App;
}

namespace zocalo::program {

/// What `connect` is told about a proxy, named as in curl and ncat.
struct proxy_choice {
    std::string url;        // empty: none
    std::string type;       // ncat's: http, socks4, socks5
    std::string user_file;  // a secret on the command line is none
    std::string trusted;
    bool insecure = false;
    bool takes_password = false;  // in the URL, which arguments.cpp hides then

    [[nodiscard]] bool wanted() const noexcept { return !url.empty(); }
};

/// `names` are those of the option that says which proxy.
void add_proxy_options(CLI::App& command, proxy_choice& choice,
                       const std::string& names = "--proxy");

/// curl's --socks4, --socks4a, --socks5 and --socks5-hostname: `proxy` with a scheme of its own.
void add_socks_options(CLI::App& command, proxy_choice& choice);

/// The proxy, with the user and password that the file says. Throws std::invalid_argument for an
/// URL that is none or that has a password, file_error when the file cannot be read.
[[nodiscard]] io::proxy proxy_of(const proxy_choice& choice);

/// How we speak TLS with the proxy itself.
[[nodiscard]] tls::client_context proxy_context(const proxy_choice& choice);

}  // namespace zocalo::program
