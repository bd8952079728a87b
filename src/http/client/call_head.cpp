// SPDX-License-Identifier: MIT
// What is said to whom. Whatever is secret passes through add_own_fields() or add_login(), and
// nothing else does.
#include "http/client/call.hpp"
#include "http/client/pool_key.hpp"
#include "http/client/secret_field.hpp"

namespace zocalo::http::detail {

namespace {

bool is_http(const io::proxy& through) noexcept {
    return through.kind == io::proxy::protocol::http || through.kind == io::proxy::protocol::https;
}

}  // namespace

/// The proxy that is asked for the URL itself, and makes no tunnel (RFC 9112 §3.2.2).
const io::proxy* call::told_proxy() const {
    const io::proxy* const through = core_->options.proxies.find(at_.origin);
    const bool is_told = through != nullptr && is_http(*through) && !at_.is_secure();
    return is_told ? through : nullptr;
}

route_to call::route() const {
    const client_options& options = core_->options;
    tls::dial_options how;
    how.connect = options.connect;
    how.within = options.connect_within;
    net::host_port where(at_.origin.host().name(), at_.origin.port());
    if (const io::proxy* const told = told_proxy()) {
        where = net::host_port(told->host, told->port);
        if (told->kind == io::proxy::protocol::https) how.tls = core_->proxy_tls();
        // Whoever it is for, the connection is that user's.
        std::string key = pool_key(where, how) + "told " + told->user + '\0' + told->password;
        return {std::move(where), std::move(how), std::move(key)};
    }
    if (const io::proxy* const through = options.proxies.find(at_.origin)) {
        how.proxies = {*through};
        if (through->kind == io::proxy::protocol::https) how.proxy_tls = core_->proxy_tls();
    }
    if (at_.is_secure()) how.tls = core_->tls();
    std::string key = pool_key(where, how);
    return {std::move(where), std::move(how), std::move(key)};
}

/// A proxy is told the whole URL.
std::string call::request_target() const {
    return told_proxy() == nullptr ? at_.target : at_.origin.to_string() + at_.target;
}

/// Whoever says by himself what he takes decodes it by himself; and a part of something that is
/// compressed is nothing that could be decoded.
bool call::asks_for_codings() const noexcept {
    const auto has = [this](std::string_view name) {
        return asked_.fields.contains(name) || core_->options.fields.contains(name);
    };
    return core_->options.decode && !has("Accept-Encoding") && !has("Range");
}

/// The Range that it is asked with.
std::string call::wanted_range() const {
    const http::fields& own = asked_.fields;
    return (own.contains("Range") ? own : core_->options.fields).joined("Range");
}

request_head call::make_head() const {
    request_head head{.method = asked_.method, .target = request_target()};
    const bool names_host = has_secrets_ && asked_.fields.contains("Host");
    if (!names_host) head.fields.add("Host", at_.host_field());
    add_own_fields(head.fields);
    for (const field each : core_->options.fields) {
        if (!head.fields.contains(each.name)) head.fields.add(each.name, each.value);
    }
    if (!head.fields.contains("User-Agent")) head.fields.add("User-Agent", "zocalo");
    if (!head.fields.contains("Accept")) head.fields.add("Accept", "*/*");
    if (asks_for_codings()) head.fields.add("Accept-Encoding", "gzip, deflate, br, zstd");
    const std::string& type = asked_.body.type();
    if (!type.empty() && !head.fields.contains("Content-Type"))
        head.fields.add("Content-Type", type);
    add_login(head.fields);
    add_cookies(head.fields);
    return head;
}

/// Those of the request; what is secret, and a Host, only where the user has sent it.
void call::add_own_fields(http::fields& to) const {
    for (const field each : asked_.fields) {
        const bool is_for_home = is_secret_field(each.name) || same_name(each.name, "Host");
        if (has_secrets_ || !is_for_home) to.add(each.name, each.value);
    }
    if (!has_secrets_) return;
    for (const field each : asked_.secrets)
        to.add(each.name, each.value);
}

}  // namespace zocalo::http::detail
