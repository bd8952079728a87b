// SPDX-License-Identifier: MIT
#include "fetch/web_options.hpp"

#include <CLI/CLI.hpp>
#include <stdexcept>

#include "checks.hpp"
#include "duration.hpp"
#include "fetch/alternatives.hpp"
#include "fetch/letters.hpp"
#include "fetch/password.hpp"
#include "file.hpp"
#include "option_error.hpp"
#include "overrides.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::program {

namespace {

void add_request_options(CLI::App& command, web_options& options) {
    auto* field = command
                      .add_option("-H,--header", options.fields,
                                  "Send this field, or those in @FILE, which keeps secrets off "
                                  "the command line; may be given more than once")
                      ->allow_extra_args(false)
                      ->type_name("NAME:VALUE");
    auto* agent = command
                      .add_option("-A,--user-agent", options.agent,
                                  "Who we say that we are; nothing of it with ''")
                      ->type_name("TEXT");
    auto* referer = command
                        .add_option("-e,--referer", options.referer,
                                    "Where we say to come from; with ;auto behind it each redirect "
                                    "that is followed says where it was")
                        ->type_name("URL[;auto]");
    auto* user =
        command
            .add_option("-u,--user", options.user,
                        "Who we are, for servers that ask; a password that is left out is "
                        "asked for. Everybody on this machine can read command lines for a "
                        "moment, until it is hidden there")
            ->type_name("NAME[:PASSWORD]");
    auto* basic = command.add_flag("--basic", options.basic,
                                   "Send name and password without being asked for them");
    // For curl's friends: a login is what a server asks for.
    command
        .add_flag("--anyauth,--digest", options.any_login,
                  "Prove the password as the server asks for it: as without it")
        ->excludes(basic)
        ->group("Request");
    auto* bearer = command
                       .add_option("--oauth2-bearer-file", options.oauth_file,
                                   "A file with a token, sent as Authorization: Bearer")
                       ->type_name("FILE")
                       ->excludes(user);
    command
        .add_option("--oauth2-bearer", options.oauth_token,
                    "That token itself; everybody on this machine can read command lines for a "
                    "moment, until it is hidden there")
        ->type_name("TOKEN")
        ->excludes(user)
        ->excludes(bearer)
        ->group("Request");
    auto* netrc = command.add_flag("-n,--netrc,--netrc-optional", options.netrc,
                                   "Names and passwords of ~/.netrc");
    auto* netrc_file = command.add_option("--netrc-file", options.netrc_file, "Those of this file")
                           ->type_name("FILE");
    auto* cookies = command
                        .add_option("-b,--cookie", options.cookies,
                                    "Send these cookies, or begin with those of a file")
                        ->allow_extra_args(false)
                        ->type_name("NAME=VALUE|FILE");
    auto* junk = command.add_flag("-j,--junk-session-cookies", options.junk_session,
                                  "With -b FILE: only the cookies that have a date");
    auto* jar = command
                    .add_option("-c,--cookie-jar", options.jar,
                                "Write the cookies into this file in the end")
                    ->type_name("FILE");
    auto* follow = command.add_flag("-L,--location", options.follow, "Follow redirects");
    const auto trust = [&options](std::int64_t) { options.follow = options.login_follows = true; };
    auto* trusted =
        command.add_flag_function("--location-trusted", trust,
                                  "Follow redirects, and log in wherever they lead; cookies stay, "
                                  "and nothing goes from https to http");
    auto* hsts = command
                     .add_option("--hsts", options.hsts,
                                 "Hosts that want TLS only (HSTS): read from this file, and "
                                 "written into it in the end; http:// is https:// there")
                     ->type_name("FILE");
    auto* most = command
                     .add_option("--max-redirs", options.redirects,
                                 "Follow so many of them; one more is an error")
                     ->type_name("NUMBER");
    for (auto* option : {field, agent, referer, user, basic, bearer, netrc, netrc_file, cookies,
                         junk, jar, hsts, follow, trusted, most})
        option->group("Request");
}

void add_signature_options(CLI::App& command, web_options& options) {
    command
        .add_option("--aws-sigv4", options.signature,
                    "Sign requests as Amazon's services want it, with the key and the secret of -u")
        ->type_name("PROVIDER:VENDOR:REGION:SERVICE")
        ->needs("--user")
        ->excludes("--basic")
        ->group("Request");
}

void add_unix_options(CLI::App& command, web_options& options) {
    command
        .add_option("--unix-socket", options.unix_socket,
                    "Connect to this Unix socket, whoever is asked; redirects, too")
        ->type_name("PATH")
        ->excludes("--proxy")
        ->group("Connection");
    command
        .add_option("--abstract-unix-socket", options.abstract_socket,
                    "The same with an abstract name, which is no file")
        ->type_name("NAME")
        ->excludes("--proxy")
        ->excludes("--unix-socket")
        ->group("Connection");
}

void add_scheme_options(CLI::App& command, web_options& options) {
    const auto add = [&command](const char* name, scheme_set& into, const char* about) {
        const auto change = [&into](const std::string& list) {
            try {
                into.change(list);
            } catch (const std::invalid_argument& error) {
                throw CLI::ValidationError(error.what());
            }
        };
        command.add_option_function<std::string>(name, change, about)
            ->type_name("SCHEMES")
            ->group("Connection");
    };
    add("--proto", options.schemes,
        "URLs of these schemes only: =https is that one, -http any but that, -all,https too");
    add("--proto-redir", options.redirect_schemes,
        "Redirects to these only; those that --proto does not have stay out");
}

void add_link_options(CLI::App& command, web_options& options) {
    auto* v4 = command.add_flag("-4,--ipv4", options.v4, "IPv4 only");
    command.add_flag("-6,--ipv6", options.v6, "IPv6 only")->excludes(v4)->group("Connection");
    v4->group("Connection");
    auto* old = command.add_flag("--http1.1", options.only_http1, "HTTP/1.1 only");
    auto* oldest = command.add_flag("-0,--http1.0", options.only_http1_0,
                                    "HTTP/1.0, without what came later: a connection for each "
                                    "request, no content of unknown size");
    auto* any = command.add_flag("--http2", options.any_http,
                                 "HTTP/2 where a server of https:// chooses it: as without it");
    auto* known = command.add_flag("--http2-prior-knowledge", options.known_http2,
                                   "HTTP/2 only, also for http://");
    any->excludes(old)->group("Connection");
    known->excludes(old)->excludes(any)->group("Connection");
    old->group("Connection");
    oldest->excludes(old)->excludes(any)->excludes(known)->group("Connection");
    add_limit(command, "--connect-timeout", options.connect_within,
              "Longest time until there is a connection; 0 is any")
        ->group("Connection");
    add_limit(command, "-m,--max-time", options.within, "Longest time for each transfer; 0 is any")
        ->group("Connection");
    add_proxy_options(command, options.proxy, "-x,--proxy");
    options.proxy.takes_password = true;
    command
        .add_option("-U,--proxy-user", options.proxy_user, "Who we are for the proxy of -x; as -u")
        ->type_name("NAME[:PASSWORD]")
        ->excludes("--proxy-user-file")
        ->group("Proxy");
    add_socks_options(command, options.proxy);
    command
        .add_option("--noproxy", options.no_proxy,
                    "Hosts that are asked without a proxy, with commas between them; * for all")
        ->type_name("HOST,...")
        ->group("Proxy");
    command
        .add_option("--interface", options.interface,
                    "Connect from this interface, or from this address of ours")
        ->check(check_interface_or_address)
        ->type_name("NAME|ADDRESS")
        ->group("Connection");
    command
        .add_option("--doh-url", options.doh_url,
                    "Look names up by DNS over HTTPS there, and nowhere else; that server has to "
                    "prove who it is, with --insecure too")
        ->type_name("URL")
        ->group("Connection");
    add_unix_options(command, options);
    add_resolve_option(command, options.overrides);
    add_connect_to_option(command, options.exceptions);
    add_scheme_options(command, options);
    add_web_tls_options(command, options.tls);
}

void add_trace_options(CLI::App& command, web_options& options) {
    auto* bytes = command.add_option("--trace", options.trace.path,
                                     "Write all that is sent and received, by HTTP, Gopher and "
                                     "with proxies, what TLS has decrypted and but for passwords "
                                     "and cookies, into this file; - is standard output, % "
                                     "standard error");
    const auto as_text = [&options](const std::string& path) {
        options.trace.path = path;
        options.trace.is_text = true;
    };
    auto* text = command
                     .add_option_function<std::string>("--trace-ascii", as_text,
                                                       "The same without the bytes in hexadecimal")
                     ->excludes(bytes);
    auto* time = command.add_flag("--trace-time", options.trace.has_time,
                                  "With --trace: when each of it was");
    for (auto* option : {bytes, text})
        option->type_name("FILE");
    for (auto* option : {bytes, text, time})
        option->group("Output");
}

http::login name_and_password(const std::string& given, const std::string& whose) {
    const auto colon = given.find(':');
    http::login who{.user = given.substr(0, colon)};
    who.password = colon == std::string::npos
                       ? ask_for_password("Password for " + whose + ' ' + quoted(who.user) + ": ")
                       : given.substr(colon + 1);
    return who;
}

}  // namespace

net::family web_options::family() const noexcept {
    if (v4) return net::family::inet;
    return v6 ? net::family::inet6 : net::family::unspecified;
}

void add_web_options(CLI::App& command, web_options& options) {
    add_request_options(command, options);
    add_signature_options(command, options);
    add_alternative_options(command, options);
    add_link_options(command, options);
    add_trace_options(command, options);
    command.add_flag("-s,--silent", options.silent, "No progress, and no word about errors")
        ->group("Output");
    command.add_flag("-S,--show-error", options.show_error, "With -s: errors are told")
        ->group("Output");
    command
        .add_flag("-#,--progress-bar", options.bar, "On a terminal, progress is a bar, not figures")
        ->group("Output");
    command
        .add_flag("--no-progress-meter", options.no_meter,
                  "No progress; otherwise what is not printed shows it on a terminal")
        ->group("Output");
}

std::optional<http::login> login_of(const web_options& options) {
    using scheme = http::login::scheme;
    if (!options.oauth_token.empty())
        return http::login{.password = options.oauth_token, .how = scheme::bearer};
    if (!options.oauth_file.empty()) {
        auto file =
            about_option("--oauth2-bearer-file", [&] { return open_file(options.oauth_file); });
        std::string token;
        std::getline(file, token);
        return http::login{.password = std::string(trimmed(token)), .how = scheme::bearer};
    }
    if (options.user.empty()) return std::nullopt;
    http::login who = name_and_password(options.user, "user");
    who.how = options.basic ? scheme::basic : scheme::any;
    if (!options.signature.empty()) {
        who.how = scheme::aws_sigv4;
        who.scope = options.signature;
    }
    return who;
}

std::optional<net::endpoint> unix_socket_of(const web_options& options) {
    if (!options.unix_socket.empty()) return net::endpoint::local(options.unix_socket);
    if (!options.abstract_socket.empty()) return net::endpoint::abstract(options.abstract_socket);
    return std::nullopt;
}

std::optional<io::proxy> proxy_of(const web_options& options) {
    if (!options.proxy.wanted()) {
        if (!options.proxy_user.empty()) throw CLI::RequiresError("--proxy-user", "--proxy");
        return std::nullopt;
    }
    io::proxy chosen = proxy_of(options.proxy);
    if (options.proxy_user.empty()) return chosen;
    http::login who = name_and_password(options.proxy_user, "proxy user");
    chosen.user = std::move(who.user);
    chosen.password = std::move(who.password);
    return chosen;
}

}  // namespace zocalo::program
