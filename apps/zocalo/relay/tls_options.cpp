// SPDX-License-Identifier: MIT
#include "relay/tls_options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "command.hpp"
#include "option_error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/tls/known_keys.hpp"

namespace zocalo::program {

namespace {

CLI::Option* add_common(CLI::App& command, tls_choice& choice, const std::string& about,
                        const std::string& trusted) {
    auto* ssl = command.add_flag("--ssl", choice.wanted, about)->group("TLS");
    auto* certificate = command.add_option("--ssl-cert,--cert", choice.certificate,
                                           "Who we are: a certificate, PEM");
    auto* key = command.add_option("--ssl-key,--key", choice.key,
                                   "Its private key, PEM, when that is "
                                   "another file");
    auto* trust = command.add_option("--ssl-trustfile,--cacert", choice.trusted, trusted);
    auto* protocols = command
                          .add_option("--ssl-alpn", choice.protocols,
                                      "Application protocols, the best first: h2,http/1.1")
                          ->delimiter(',')
                          ->allow_extra_args(false)
                          ->type_name("NAME,...");
    for (auto* option : {certificate, key, trust})
        option->type_name("FILE");
    key->needs(certificate);
    for (auto* option : {certificate, key, trust, protocols})
        option->group("TLS");
    for (auto* option : add_key_password_options(command, choice.password, "TLS"))
        option->needs(certificate);
    return ssl;
}

tls::credentials credentials_of(const tls_choice& choice) {
    if (choice.certificate.empty()) return {};
    return about_option("--cert", [&] {
        return load_credentials(choice.certificate, choice.key, choice.password);
    });
}

tls::trust trust_of(const tls_choice& choice) {
    tls::trust trust;
    if (!choice.trusted.empty()) {
        trust.authorities =
            about_option("--cacert", [&] { return tls::certificate::load_all(choice.trusted); });
    }
    if (!choice.trusted_folder.empty()) trust.directories = {choice.trusted_folder};
    return trust;
}

/// "sha256//...;sha256//...", as curl has it.
std::vector<std::string> pins_of(std::string_view text) {
    constexpr std::size_t size = 8 + 44;  // the prefix, and 32 bytes in base 64
    std::vector<std::string> pins;
    while (!text.empty()) {
        const std::string_view pin = text.substr(0, text.find(';'));
        text.remove_prefix(std::min(pin.size() + 1, text.size()));
        if (!pin.starts_with("sha256//") || pin.size() != size || !pin.ends_with('=')) {
            throw CLI::ValidationError(quoted(pin) +
                                       " is no sha256// and 44 characters of base 64");
        }
        pins.emplace_back(pin);
    }
    return pins;
}

std::string check_pins(const std::string& text) {
    (void)pins_of(text);
    return {};
}

void add_version_options(CLI::App& command, tls_choice& choice) {
    const auto at_least = [&choice](tls::version which) {
        return [&choice, which](std::int64_t) { choice.lowest = which; };
    };
    command
        .add_flag_function("--tlsv1.2", at_least(tls::version::tls_1_2),
                           "TLS 1.2 or newer: as without it")
        ->group("TLS");
    command.add_flag_function("--tlsv1.3", at_least(tls::version::tls_1_3), "TLS 1.3 only")
        ->group("TLS");
    const auto at_most = [&choice](const std::string& text) {
        if (text != "1.2" && text != "1.3" && text != "default")
            throw CLI::ValidationError("--tls-max: we speak 1.2 and 1.3, not " + quoted(text));
        choice.highest = text == "1.2" ? tls::version::tls_1_2 : tls::version::tls_1_3;
    };
    command.add_option_function<std::string>("--tls-max", at_most, "No newer one than 1.2 or 1.3")
        ->type_name("VERSION")
        ->group("TLS");
}

}  // namespace

void add_client_tls_options(CLI::App& command, tls_choice& choice) {
    add_common(command, choice, "Speak TLS; the server has to prove who it is",
               "Trust these authorities instead of the system's, PEM");
    auto* insecure = command.add_flag("--insecure", choice.insecure,
                                      "With --ssl: believe whoever answers. Anybody in between can "
                                      "read and change everything");
    auto* name = command.add_option("--ssl-servername", choice.server_name,
                                    "The name that the server has to have, instead of the host");
    auto* verify = command.add_flag("--ssl-verify", choice.verify,
                                    "Verify the server: what happens anyway, for ncat's friends");
    auto* pinned = command
                       .add_option("--pinnedpubkey", choice.pinned,
                                   "The server has to have one of these keys, beside all else: "
                                   "sha256//... of them, with ; between")
                       ->check(check_pins);
    auto* known = command.add_option("--ssl-known-keys", choice.known_keys,
                                     "Believe a server that shows the key in this file; that of a "
                                     "new one is added, whoever vouches for it");
    auto* trusted = command.get_option("--ssl-trustfile");
    name->type_name("NAME");
    pinned->type_name("PINS");
    known->type_name("FILE")->excludes(insecure)->excludes(trusted);
    verify->excludes(insecure)->excludes(known);
    insecure->excludes(trusted);
    for (auto* option : {insecure, name, verify, pinned, known})
        option->group("TLS");
}

void check_client_tls(const CLI::App& command, bool is_spoken) {
    for (const CLI::Option* each : command.get_options()) {
        const bool is_about_it = each->get_group() == "TLS" && each->get_name() != "--ssl";
        if (is_about_it && !is_spoken && !each->empty())
            throw CLI::RequiresError(each->get_name(), "--ssl");
    }
}

void add_server_tls_options(CLI::App& command, tls_choice& choice) {
    auto* ssl = add_common(command, choice,
                           "Speak TLS; without --ssl-cert with a certificate made for this run",
                           "Only clients with a certificate that these authorities issued, PEM");
    auto* verify = command.add_flag("--ssl-verify", choice.verify,
                                    "Only clients with a certificate: what --ssl-trustfile says "
                                    "by itself, for ncat's friends");
    verify->needs(command.get_option("--ssl-trustfile"))->group("TLS");
    for (const char* name : {"--ssl-cert", "--ssl-key", "--pass", "--pass-file", "--ssl-trustfile",
                             "--ssl-alpn", "--ssl-verify"})
        command.get_option(name)->needs(ssl);
}

void add_web_tls_options(CLI::App& command, tls_choice& choice) {
    auto* insecure = command.add_flag("-k,--insecure", choice.insecure,
                                      "Believe whoever answers. Anybody in between can read and "
                                      "change everything");
    auto* trust = command.add_option("--cacert", choice.trusted,
                                     "Trust these authorities instead of the system's, PEM");
    auto* folder = command
                       .add_option("--capath", choice.trusted_folder,
                                   "Likewise those of this folder, with names as `openssl "
                                   "rehash` makes them")
                       ->type_name("DIR");
    auto* certificate =
        command.add_option("-E,--cert", choice.certificate,
                           "Who we are: a certificate, PEM; for hosts of the URLs that are given, "
                           "not for those that redirects lead to");
    auto* key =
        command.add_option("--key", choice.key, "Its private key, PEM, when that is another file");
    auto* pins = command
                     .add_option("--pinnedpubkey", choice.pinned,
                                 "The server's key has to be one of these: sha256//BASE64;...")
                     ->check(check_pins)
                     ->type_name("PINS");
    key->needs(certificate);
    for (auto* option : {trust, certificate, key})
        option->type_name("FILE");
    for (auto* option : {insecure, trust, folder, certificate, key, pins})
        option->group("TLS");
    for (auto* option : add_key_password_options(command, choice.password, "TLS"))
        option->needs(certificate);
    add_version_options(command, choice);
}

void unlock_key(const tls_choice& choice) {
    (void)credentials_of(choice);
}

tls::client_context client_context(const tls_choice& choice) {
    if (choice.lowest > choice.highest)
        throw CLI::ValidationError("--tlsv1.3 and --tls-max 1.2 leave no version of TLS");
    tls::client_options options;
    options.lowest = choice.lowest;
    options.highest = choice.highest;
    options.trust = trust_of(choice);
    options.credentials = credentials_of(choice);
    options.alpn = choice.protocols;
    options.key_log = tls::key_log_from_environment();
    options.pinned_keys = pins_of(choice.pinned);
    if (choice.insecure) options.verify = tls::verify::dangerously_nothing;
    if (!choice.known_keys.empty()) {
        options.verify = tls::verify::first_use;
        options.known_keys = std::make_shared<tls::known_keys>(choice.known_keys);
    }
    return tls::client_context(options);
}

tls::server_options server_options(const tls_choice& choice, const context& shared) {
    tls::server_options options;
    options.credentials = credentials_of(choice);
    if (options.credentials.empty()) {
        options.credentials = tls::development_certificate({"localhost", "127.0.0.1", "::1"});
        say(shared, 0,
            "a certificate for this run, SHA-256 " +
                options.credentials.certificate().fingerprint());
    }
    options.alpn = choice.protocols;
    options.key_log = tls::key_log_from_environment();
    if (choice.verify || !choice.trusted.empty()) {
        options.client_certificates = tls::client_certificates::required;
        options.trust = trust_of(choice);
    }
    return options;
}

std::string to_text(const tls::info& agreed) {
    std::string text = std::string(to_text(agreed.version)) + ", " + agreed.cipher;
    if (!agreed.alpn.empty()) text += ", " + escaped(agreed.alpn);
    if (!agreed.certificate.empty()) text += ", " + agreed.certificate.subject();
    return text + (agreed.verified || agreed.certificate.empty() ? "" : " (not verified)");
}

}  // namespace zocalo::program
