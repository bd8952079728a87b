// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "zocalo/http/exchange.hpp"
#include "zocalo/http/fields.hpp"
#include "zocalo/http/reverse_proxy.hpp"

/// What a proxy passes on of a head, and what it says itself (RFC 9110 §7.6, RFC 7239).
namespace zocalo::http::detail {

/// Whether a field concerns one connection only, whatever Connection says.
[[nodiscard]] bool is_of_the_connection(std::string_view name) noexcept;

/// The protocol that the client wants to change to and the proxy passes on; empty when there is
/// none.
[[nodiscard]] std::string_view wanted_protocol(const exchange& asked,
                                               const reverse_proxy_options& how);

/// Those of `from` that are for everybody, in their order.
[[nodiscard]] fields end_to_end(const fields& from);

/// What an upstream is sent: the client's, and who that is. `host` is what Host says.
[[nodiscard]] fields fields_for_upstream(const exchange& asked, const reverse_proxy_options& how,
                                         std::string_view host);

/// The same behind the content: nothing there says who has sent it.
[[nodiscard]] fields trailers_for_upstream(const fields& from);

/// What the client is sent of a response.
void fields_for_client(const fields& from, std::string_view via, fields& to);

/// "1.1 name"
[[nodiscard]] std::string via_line(version spoken, std::string_view name);
/// Whether a request has passed that proxy already.
[[nodiscard]] bool has_passed(const fields& request, std::string_view name) noexcept;

}  // namespace zocalo::http::detail
