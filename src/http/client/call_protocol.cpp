// SPDX-License-Identifier: MIT
// Another protocol in place of HTTP: Upgrade, or with HTTP/2 an extended CONNECT (RFC 8441).
#include <stdexcept>

#include "http/client/call.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/grammar.hpp"

namespace zocalo::http::detail {

void call::check_protocol() const {
    if (asked_.protocol.empty()) return;
    const bool has_content = !asked_.body.is_bytes() || !asked_.body.bytes().empty();
    if (asked_.method != method::get || has_content || !is_token(asked_.protocol))
        throw std::invalid_argument("no request for a protocol: " + quoted(asked_.protocol));
}

/// Whether the server may be asked for another protocol there.
io::task<bool> call::can_ask(const connection_pool::lease& over) {
    connects_ = over.made->shared != nullptr;
    io::task<bool> looking = over.made->line->allows_protocols();
    const bool is_able = co_await std::move(looking);
    if (!is_able && wanted_versions() == versions::http_2)
        throw protocol_error(to_->where.to_string() + ": HTTP/2 without " + asked_.protocol +
                             " (RFC 8441)");
    co_return is_able;
}

void call::ask_for_protocol(request_head& head) const {
    if (connects_) {
        head.method = method::connect;
        head.protocol = asked_.protocol;
        return;
    }
    head.fields.set("Connection", "Upgrade");
    head.fields.set("Upgrade", asked_.protocol);
    for (const field each : asked_.upgrade_fields)
        head.fields.set(each.name, each.value);
}

}  // namespace zocalo::http::detail
