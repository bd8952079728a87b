// SPDX-License-Identifier: MIT
// RFC 6797 §8: what hosts say over TLS is remembered, and what is asked of them goes over TLS.
#include "zocalo/http/hsts_store.hpp"

#include "http/client/call.hpp"

namespace zocalo::http::detail {

namespace {

std::chrono::sys_seconds today() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

}  // namespace

shared_place secured(shared_place there, const client_options& by) {
    if (by.hsts == nullptr || there->is_secure()) return there;
    if (!by.hsts->wants_tls(there->origin.host(), today())) return there;
    url::uri_parts parts = there->url.parts();
    parts.scheme = "https";
    if (parts.port == url::default_port("http")) parts.port.reset();
    place instead = place::of(url::uri::from(parts));
    instead.login = there->login;
    return std::make_shared<const place>(std::move(instead));
}

void call::take_policy(const response_head& answer) const {
    hsts_store* const store = core_->options.hsts.get();
    if (store != nullptr && at_->is_secure())
        store->set(at_->origin.host(), answer.fields, today());
}

}  // namespace zocalo::http::detail
