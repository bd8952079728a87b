// SPDX-License-Identifier: MIT
#include "relay/proxy_options.hpp"

#include <CLI/CLI.hpp>
#include <stdexcept>
#include <string>

#include "file.hpp"
#include "option_error.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::program {

namespace {

/// ncat's SOCKS proxies look names up by themselves.
std::string scheme_of(const std::string& type) {
    if (type == "socks4") return "socks4a";
    return type == "socks5" ? "socks5h" : type;
}

/// `user:password` in the first line.
void read_user(io::proxy& into, const std::string& path) {
    auto file = about_option("--proxy-user-file", [&] { return open_file(path); });
    std::string line;
    std::getline(file, line);
    if (line.ends_with('\r')) line.pop_back();
    const auto colon = line.find(':');
    if (colon == 0 || colon == std::string::npos) {
        throw std::invalid_argument("--proxy-user-file " + quoted(path) +
                                    ": its first line is not USER:PASSWORD");
    }
    into.user = line.substr(0, colon);
    into.password = line.substr(colon + 1);
}

}  // namespace

void add_proxy_options(CLI::App& command, proxy_choice& choice, const std::string& names) {
    auto* proxy = command
                      .add_option(names, choice.url,
                                  "Connect through a proxy: socks5h://HOST:1080, socks5, socks4, "
                                  "socks4a, http or https")
                      ->type_name("URL");
    auto* type = command
                     .add_option("--proxy-type", choice.type,
                                 "The kind of a --proxy without one: http, socks4, socks5")
                     ->check(CLI::IsMember({"http", "socks4", "socks5"}));
    auto* user = command.add_option("--proxy-user-file", choice.user_file,
                                    "A file with USER:PASSWORD for the proxy: everybody on this "
                                    "machine can read command lines");
    auto* trusted = command.add_option("--proxy-cacert", choice.trusted,
                                       "Trust these authorities when a https proxy says who it "
                                       "is, PEM");
    auto* insecure = command.add_flag("--proxy-insecure", choice.insecure,
                                      "Believe whoever says to be the https proxy");
    insecure->excludes(trusted);
    type->type_name("TYPE");
    user->type_name("FILE");
    trusted->type_name("FILE");
    for (auto* option : {type, user, trusted, insecure})
        option->needs(proxy);
    for (auto* option : {proxy, type, user, trusted, insecure})
        option->group("Proxy");
}

void add_socks_options(CLI::App& command, proxy_choice& choice) {
    const auto add = [&](const std::string& name, const std::string& scheme, const char* about) {
        const auto take = [&choice, name, scheme](const std::string& host) {
            if (host.find("://") != std::string::npos)
                throw CLI::ValidationError(name, "HOST[:PORT] and no URL: " + quoted(host));
            choice.url = scheme + "://" + host;
        };
        command.add_option_function<std::string>(name, take, about)
            ->type_name("HOST[:PORT]")
            ->excludes("--proxy")
            ->group("Proxy");
    };
    add("--socks4", "socks4", "Through this proxy by SOCKS 4; port 1080 when not given");
    add("--socks4a", "socks4a", "The same, and the proxy looks names up");
    add("--socks5", "socks5", "The same by SOCKS 5, names looked up here");
    add("--socks5-hostname", "socks5h", "The same by SOCKS 5, and the proxy looks names up");
}

io::proxy proxy_of(const proxy_choice& choice) {
    const bool has_scheme = choice.url.find("://") != std::string::npos;
    const bool adds_one = !has_scheme && !choice.type.empty();
    const std::string url = adds_one ? scheme_of(choice.type) + "://" + choice.url : choice.url;
    io::proxy proxy = about_option("--proxy", [&] { return io::proxy::parse(url); });
    if (!proxy.password.empty() && !choice.takes_password) {
        throw std::invalid_argument("--proxy " + proxy.to_string() +
                                    ": a password on the command line can be read by everybody "
                                    "on this machine; put it into a --proxy-user-file");
    }
    if (!choice.user_file.empty()) read_user(proxy, choice.user_file);
    return proxy;
}

tls::client_context proxy_context(const proxy_choice& choice) {
    tls::client_options options;
    if (!choice.trusted.empty()) options.trust.files = {choice.trusted};
    if (choice.insecure) options.verify = tls::verify::dangerously_nothing;
    options.key_log = tls::key_log_from_environment();
    return tls::client_context(options);
}

}  // namespace zocalo::program
