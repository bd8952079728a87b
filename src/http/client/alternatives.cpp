// SPDX-License-Identifier: MIT
// RFC 7838: an origin of https:// is asked elsewhere, where it has said so. Who is connected to
// changes, and nothing else: the certificate, the secrets and the fields are those of the origin.
#include <algorithm>
#include <utility>

#include "http/client/call.hpp"
#include "zocalo/http/alt_svc_store.hpp"
#include "zocalo/io/override.hpp"

namespace zocalo::http::detail {

namespace {

std::chrono::sys_seconds today() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

/// Whether the options say by themselves where those connections go.
bool is_led_elsewhere(const client_options& by, const url::origin& who) {
    if (by.unix_socket || by.proxies.find(who) != nullptr) return true;
    const net::host_port there(who.host().name(), who.port());
    return io::redirected(there, by.connect.exceptions).to_string() != there.to_string();
}

bool is_offered(std::string_view protocol, const client_options& by) {
    if (!by.tls || by.tls->alpn().empty()) return true;
    return std::ranges::find(by.tls->alpn(), protocol) != by.tls->alpn().end();
}

}  // namespace

alternative_place client_core::alternative_of(const url::origin& who, versions which) const {
    const alt_svc_store* const store = options.alternatives.get();
    if (store == nullptr || who.scheme() != "https" || is_led_elsewhere(options, who)) return {};
    for (const alternative_service& each : store->find(who, today())) {
        const bool is_2 = each.protocol == "h2";
        const bool is_spoken = is_2 || each.protocol == "http/1.1";
        const bool is_wanted = which != (is_2 ? versions::http_1_1 : versions::http_2);
        const bool is_itself = each.host == who.host().to_string() && each.port == who.port();
        if (is_spoken && is_wanted && !is_itself && is_offered(each.protocol, options))
            return {each.protocol, each.host, each.port};
    }
    return {};
}

shared_route call::find_route() {
    const versions which = wanted_versions();
    const bool may_leave = !stays_home_ && which != versions::http_1_0 && asked_.protocol.empty() &&
                           !needs_1_1_ && !asked_.fields.contains("Upgrade");
    instead_ = may_leave ? core_->alternative_of(at_->origin, which) : alternative_place{};
    return core_->route_for(at_->origin, {.tunnel = asked_.tunnel,
                                          .shows_certificate = may_show_certificate(),
                                          .which = which,
                                          .instead = instead_});
}

void call::forget_alternative() {
    core_->options.alternatives->remove(
        at_->origin, {.protocol = instead_.protocol, .host = instead_.host, .port = instead_.port});
    stays_home_ = true;
}

/// What has failed is forgotten; not a connection that had rested, for those end. Whether nothing
/// was said there yet: then the origin is asked.
bool call::leave_alternative(const connection_pool::lease& over) {
    if (instead_.host.empty() || times_.is_reused) return false;
    forget_alternative();
    return !over.made || !over.made->line;
}

/// Whether that place does not speak for the origin, which is asked by itself then (§6).
bool call::is_misdirected(const response_head& answer) {
    if (instead_.host.empty() || answer.status != status::misdirected_request) return false;
    forget_alternative();
    return asked_.body.is_repeatable();
}

void call::take_alternatives(const response_head& answer) const {
    alt_svc_store* const store = core_->options.alternatives.get();
    const bool counts = store != nullptr && at_->is_secure() && core_->has_proof &&
                        !core_->options.unix_socket && answer.status != status::misdirected_request;
    if (counts) store->set(at_->origin, answer.fields, today());
}

}  // namespace zocalo::http::detail
