// SPDX-License-Identifier: MIT
// What is said to whom. Whatever is secret passes through add_own_fields() or add_login(), and
// nothing else does.
#include "http/client/call.hpp"
#include "http/client/secret_field.hpp"

namespace zocalo::http::detail {

/// A proxy is told the whole URL.
std::string call::request_target() const {
    if (to_->told == nullptr) return at_->target;
    return at_->origin.scheme() + "://" + host_field(at_->origin) + at_->target;
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

versions call::wanted_versions() const {
    const bool only_1_1 = needs_1_1_ || asked_.fields.contains("Upgrade");
    return only_1_1 ? versions::http_1_1 : asked_.versions.value_or(core_->options.versions);
}

request_head call::make_head() {
    request_head head{.method = asked_.method, .target = request_target()};
    const bool has_own = !asked_.fields.empty() || !asked_.secrets.empty();
    if (has_own) {
        const bool names_host = has_secrets_ && asked_.fields.contains("Host");
        if (!names_host) head.fields.add("Host", host_field(at_->origin));
        add_own_fields(head.fields);
        if (!to_->alternative.empty()) head.fields.set("Alt-Used", to_->alternative);
        core_->add_usual(head.fields);
    } else {
        head.fields = to_->usual;
    }
    const std::string& type = asked_.body.type();
    if (!type.empty() && !head.fields.contains("Content-Type"))
        head.fields.add("Content-Type", type);
    add_login(head.fields);
    add_cookies(head.fields);
    if (!asked_.protocol.empty()) ask_for_protocol(head);
    sign(head);
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
