// SPDX-License-Identifier: MIT
#include "tls/session_cache.hpp"

#include <algorithm>
#include <utility>

namespace zocalo::tls::detail {

void session_cache::put(std::string_view host, session_ptr session) {
    const std::lock_guard lock(mutex_);
    entries_.push_back({std::string(host), std::move(session)});
    if (entries_.size() > capacity) entries_.pop_front();
}

session_ptr session_cache::take(std::string_view host) {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(entries_.rbegin(), entries_.rend(),
                                    [&](const entry& each) { return each.host == host; });
    if (found == entries_.rend()) return nullptr;
    if (SSL_SESSION_get_protocol_version(found->session.get()) != TLS1_3_VERSION) {
        SSL_SESSION_up_ref(found->session.get());
        return session_ptr(found->session.get());
    }
    session_ptr session = std::move(found->session);
    entries_.erase(std::next(found).base());
    return session;
}

}  // namespace zocalo::tls::detail
