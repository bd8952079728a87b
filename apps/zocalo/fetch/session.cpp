// SPDX-License-Identifier: MIT
#include "fetch/session.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "fetch/alternatives.hpp"
#include "file.hpp"
#include "option_error.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/cookie_file.hpp"
#include "zocalo/http/cookie_jar.hpp"
#include "zocalo/http/grammar.hpp"
#include "zocalo/http/hsts_store.hpp"
#include "zocalo/http/name_server.hpp"
#include "zocalo/io/durable_file.hpp"
#include "zocalo/net/option.hpp"
#include "zocalo/url/quote.hpp"
#include "zocalo/url/web_url.hpp"

namespace zocalo::program {

namespace {

namespace fs = std::filesystem;

std::vector<std::string> split(std::string_view list) {
    std::vector<std::string> all;
    while (!list.empty()) {
        const auto comma = list.find_first_of(", ");
        if (comma != 0) all.emplace_back(list.substr(0, comma));
        list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    }
    return all;
}

http::proxy_rules rules_of(const web_options& options, const std::optional<io::proxy>& chosen) {
    http::proxy_rules rules = http::proxy_rules::from_environment();
    if (chosen) rules = {.http = chosen, .https = chosen};
    if (options.no_proxy) rules.except = split(*options.no_proxy);
    return rules;
}

io::resolver_options names_of(const web_options& options) {
    io::resolver_options how{.hosts = options.overrides};
    if (options.doh_url.empty()) return how;
    tls_choice trust = options.tls;
    trust.insecure = false;
    trust.pinned.clear();  // that is somebody else's key
    trust.certificate.clear();
    trust.key.clear();
    http::name_server_options server;
    server.url = options.doh_url;
    server.client.tls = client_context(trust);
    how.services.push_back(std::make_shared<http::name_server>(std::move(server)));
    return how;
}

io::connect_options connections(const web_options& options, io::resolver& names) {
    io::connect_options how;
    how.family = options.family();
    how.resolver = &names;
    how.exceptions = options.exceptions;
    if (options.interface.empty()) return how;
    how.source = net::address::try_parse(options.interface);
    if (!how.source) how.settings.set(net::option::bind_to_device{options.interface});
    return how;
}

/// None where nothing was said about it: clients make the usual one as soon as they meet TLS. It
/// reads all that the system trusts, which plain HTTP has no need of.
std::optional<tls::client_context> context_of(const tls_choice& choice) {
    if (choice == tls_choice() && !tls::key_log_from_environment()) return std::nullopt;
    return client_context(choice);
}

std::optional<tls::client_context> context_of(const proxy_choice& choice) {
    const bool is_usual = choice.trusted.empty() && !choice.insecure;
    if (is_usual && !tls::key_log_from_environment()) return std::nullopt;
    return proxy_context(choice);
}

std::chrono::sys_seconds today() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

/// curl has a jar that is not there yet be an empty one.
bool is_missing(const std::string& path, bool is_silent) {
    std::error_code error;
    if (path == "-" || fs::status(path, error).type() != fs::file_type::not_found) return false;
    if (!is_silent) std::cerr << "zocalo: there are no cookies yet in " << quoted(path) << '\n';
    return true;
}

void read_cookies(http::cookie_jar& into, const std::string& path) {
    const std::string text = about_option("--cookie", [&] { return read_file(path); });
    if (text.empty()) return;  // as mktemp makes it
    try {
        (void)http::read_cookie_file(into, text, today());
    } catch (const protocol_error& error) {
        throw std::invalid_argument("--cookie " + quoted(path) + ": " + error.what());
    }
}

std::shared_ptr<http::cookie_jar> jar_of(const web_options& options) {
    std::shared_ptr<http::cookie_jar> jar;
    if (!options.jar.empty()) jar = std::make_shared<http::cookie_jar>();
    for (const std::string& each : options.cookies) {
        if (each.find('=') != std::string::npos) continue;  // a cookie itself
        if (!jar) jar = std::make_shared<http::cookie_jar>();
        // Nothing is curl's way to have a jar without a file.
        if (!each.empty() && !is_missing(each, options.silent)) read_cookies(*jar, each);
    }
    if (jar && options.junk_session) jar->clear_session();
    return jar;
}

std::shared_ptr<http::hsts_store> hsts_of(const web_options& options) {
    if (options.hsts.empty()) return nullptr;
    auto store = std::make_shared<http::hsts_store>();
    if (!fs::exists(options.hsts)) return store;
    auto file = open_file(options.hsts);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    (void)http::read_hsts_file(*store, text, today());
    return store;
}

url::opener_options files_too() {
    url::opener_options how;
    how.files = true;
    return how;
}

std::optional<url::netrc> netrc_of(const web_options& options) {
    if (!options.netrc_file.empty()) {
        return about_option("--netrc-file", [&] { return url::netrc::load(options.netrc_file); });
    }
    if (options.netrc) return url::netrc::load_own();
    return std::nullopt;
}

[[noreturn]] void refuse(std::string_view scheme, const char* option) {
    throw std::invalid_argument(quoted(scheme) + " is not among the schemes of " + option);
}

void check_scheme(const web_options& options, const url::uri& where, bool is_redirect) {
    const bool may_be = options.schemes.contains(where.scheme());
    if (!is_redirect && !may_be) refuse(where.scheme(), "--proto");
    if (!is_redirect || (may_be && options.redirect_schemes.contains(where.scheme()))) return;
    throw protocol_error("redirect to " + quoted(where.to_string()) +
                         ": its scheme is not among those of --proto and --proto-redir");
}

}  // namespace

session::session(const web_options& options, bool decode)
    : options_(options),
      fields_(fields_of(options)),
      login_(login_of(options)),
      netrc_(netrc_of(options)),
      cookies_(jar_of(options)),
      hsts_(hsts_of(options)),
      alternatives_(alternatives_of(options)),
      proxy_(proxy_of(options)),
      trace_(options.trace.path.empty() ? nullptr : std::make_shared<wire_log>(options.trace)),
      names_(names_of(options)),
      http_(http_options(decode)),
      gopher_(gopher_options()),
      local_(files_too()) {}

http::client_options session::http_options(bool decode) {
    http::client_options how;
    how.tls = context_of(options_.tls);
    how.unix_socket = unix_socket_of(options_);
    if (!how.unix_socket) how.proxies = rules_of(options_, proxy_);
    how.proxy_tls = context_of(options_.proxy);
    how.connect = connections(options_, names_);
    how.redirects = options_.redirects;
    how.admit = [this](const url::uri& where, bool is_redirect) {
        check_scheme(options_, where, is_redirect);
    };
    if (options_.only_http1) how.versions = http::versions::http_1_1;
    if (options_.only_http1_0) how.versions = http::versions::http_1_0;
    if (options_.known_http2) how.versions = http::versions::http_2;
    how.decode = decode && !leaves_out("Accept-Encoding");
    how.introduce = false;
    if (!leaves_out("User-Agent")) how.fields.add("User-Agent", "zocalo");
    if (!leaves_out("Accept")) how.fields.add("Accept", "*/*");
    how.netrc = netrc_;
    how.cookies = cookies_;
    how.hsts = hsts_;
    how.alternatives = alternatives_;
    how.connect_within = options_.connect_within;
    how.within = timeout::none();  // --max-time is for the content as well
    if (trace_) how.over = [this](io::stream made) { return over_http(std::move(made)); };
    how.over_proxy = [this](io::stream made, const io::proxy& with) {
        return over_proxy(std::move(made), with);
    };
    return how;
}

gopher::client_options session::gopher_options() {
    gopher::client_options how;
    how.tls = context_of(options_.tls);
    if (proxy_) how.proxies = {*proxy_};
    how.connect = connections(options_, names_);
    if (!options_.within.is_none()) how.within = options_.within;
    how.over = [this](io::stream made) { return over_gopher(std::move(made)); };
    how.over_proxy = [this](io::stream made, const io::proxy& with) {
        return over_proxy(std::move(made), with);
    };
    return how;
}

namespace {

io::task<> replace_file(std::string path, std::string text) {
    io::task<io::durable_file> making = io::create_durable_file(std::move(path), 0600);
    io::durable_file file = co_await std::move(making);
    co_await file.write(text);
    co_await file.keep(io::existing::replace);
}

}  // namespace

const gopher::client& session::gopher() const {
    if (unix_socket_of(options_)) throw std::invalid_argument("Gopher over a Unix socket");
    return gopher_;
}

void session::admit(std::string_view url) const {
    const std::string_view scheme = url.substr(0, url.find(':'));
    if (!options_.schemes.contains(scheme)) refuse(scheme, "--proto");
}

io::task<> session::save() {
    if (trace_) trace_->finish();
    if (!options_.jar.empty()) {
        const http::cookie_file_options all{
            .with_session = true, .with_expired = false, .zero_for_session = true};
        const std::string text = http::to_netscape(*cookies_, today(), all);
        if (options_.jar == "-") {
            std::cout << text;
            flush_output();
        } else {
            io::task<> writing = replace_file(options_.jar, text);
            co_await std::move(writing);
        }
    }
    // Who is believed without proof cannot speak for a host.
    if (!options_.hsts.empty() && !options_.tls.insecure) {
        io::task<> writing = replace_file(options_.hsts, http::to_hsts_file(*hsts_, today()));
        co_await std::move(writing);
    }
    if (alternatives_) {
        io::task<> writing = replace_file(options_.alternatives, file_of(*alternatives_));
        co_await std::move(writing);
    }
}

/// --basic says at once what is known, wherever it is from.
std::optional<http::login> session::login_for(const std::string& url) const {
    if (login_ || !options_.basic) return login_;
    http::login who{.how = http::login::scheme::basic};
    const url::uri where = url::uri::parse(url);
    if (const auto info = where.user_info()) {
        const std::size_t colon = std::min(info->find(':'), info->size());
        who.user = url::unquote(info->substr(0, colon));
        if (colon < info->size()) who.password = url::unquote(info->substr(colon + 1));
        return who;
    }
    const auto host = url::host::try_parse(where.host());
    if (!netrc_ || !host) return std::nullopt;
    const url::netrc::entry* known = netrc_->find(*host);
    if (known == nullptr) known = netrc_->default_entry();
    if (known == nullptr) return std::nullopt;
    who.user = known->user;
    who.password = known->password;
    return who;
}

http::request session::request_for(const std::string& url) const {
    http::request asked;
    asked.url = url;
    asked.fields = fields_.sent;
    asked.login = login_for(url);
    asked.login_follows = options_.login_follows;
    asked.redirects = options_.follow ? options_.redirects : 0;
    asked.refers = referer_of(options_).second;
    return asked;
}

bool is_gopher(std::string_view url) noexcept {
    return url.starts_with("gopher://") || url.starts_with("gophers://");
}

bool is_local(std::string_view url) noexcept {
    return http::same_name(url.substr(0, 5), "file:") || http::same_name(url.substr(0, 5), "data:");
}

namespace {

/// As in `http:/host/`, which browsers read, too.
bool has_scheme(std::string_view typed) {
    if (typed.find("://") != std::string_view::npos) return true;
    const std::string_view scheme = typed.substr(0, typed.find_first_of("/\\"));
    return http::same_name(scheme, "http:") || http::same_name(scheme, "https:");
}

/// `http://[fe80::1%25eth0]/`, of which browsers make nothing (RFC 6874).
bool has_zone(const url::uri& url) noexcept {
    return url.host().starts_with('[') && url.host().find('%') != std::string_view::npos;
}

}  // namespace

std::string url_of(std::string_view typed) {
    const auto is_control = [](unsigned char c) { return c < ' ' || c == 0x7F; };
    if (std::ranges::any_of(typed, is_control))
        throw std::invalid_argument("a control character in the URL " + quoted(typed));
    if (is_local(typed)) return std::string(typed);
    std::string text = (has_scheme(typed) ? "" : "http://") + std::string(typed);
    if (is_gopher(text)) return text;
    const auto exact = url::uri::try_parse(text);
    const bool is_exact = exact && has_zone(*exact);
    if (is_exact && (exact->has_scheme("http") || exact->has_scheme("https")))
        return exact->without_fragment().to_string_with_user_info();
    const url::web_url url = url::web_url::parse(text);
    if (url.scheme != "http" && url.scheme != "https") {
        throw std::invalid_argument(quoted(url.scheme) +
                                    " is none of http, https, gopher, gophers, file and data");
    }
    return url.to_uri().without_fragment().to_string_with_user_info();
}

}  // namespace zocalo::program
