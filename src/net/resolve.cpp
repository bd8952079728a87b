// SPDX-License-Identifier: MIT
#include "zocalo/net/resolve.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <stdexcept>

#include "core/ascii.hpp"
#include "net/ascii_host.hpp"
#include "net/entry.hpp"
#include "net/fail.hpp"
#include "net/lookup.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"

namespace zocalo::net {

namespace {

class name_category_type final : public std::error_category {
 public:
    [[nodiscard]] const char* name() const noexcept override { return "zocalo.name"; }
    [[nodiscard]] std::string message(int code) const override { return gai_strerror(code); }
};

static_assert(static_cast<int>(name_errc::no_name) == EAI_NONAME &&
              static_cast<int>(name_errc::again) == EAI_AGAIN &&
              static_cast<int>(name_errc::service) == EAI_SERVICE);

std::string describe(std::string_view host, std::string_view service) {
    std::string text = "look up";
    if (!host.empty()) text += " host " + quoted(host);
    if (!host.empty() && !service.empty()) text += ',';
    if (!service.empty()) text += " service " + quoted(service);
    return text;
}

/// getaddrinfo(3) takes the name of an interface behind a link-local address only, but its number
/// behind any.
std::string host_for_system(std::string_view host) {
    const bool may_have_scope = host.find('%') != std::string_view::npos;
    const auto ip = may_have_scope ? address::try_parse(host) : std::nullopt;
    return ip && !ip->is_link_local() ? ip->to_string() : ascii_host(host);
}

lookup_answer ask(std::string_view host, std::string_view service, const lookup_hints& hints,
                  timeout limit, const stop_condition* stop) {
    const deadline until{limit};
    addrinfo wanted{};
    wanted.ai_family = static_cast<int>(hints.family);
    wanted.ai_socktype = static_cast<int>(hints.type);
    wanted.ai_protocol = static_cast<int>(hints.protocol);
    wanted.ai_flags = static_cast<int>(hints.flags);
    lookup_answer answer =
        look_up({.host = host_for_system(host), .service = std::string(service), .hints = wanted},
                until, stop);
    if (answer.code == 0) return answer;
    std::string operation = describe(host, service);
    if (answer.system_error == ETIMEDOUT) operation += " after " + to_text(limit);
    if (answer.system_error != 0) fail(operation, answer.system_error);
    throw std::system_error(static_cast<name_errc>(answer.code), operation);
}

/// glibc takes the name of an interface behind link-local addresses only, a number behind all.
std::string numeric_scope(std::string_view host) {
    if (host.find('%') == std::string_view::npos) return std::string(host);
    const auto known = address::try_parse(host);
    return known && !known->is_link_local() ? known->to_string() : std::string(host);
}

}  // namespace

void refuse_nul(std::string_view text, std::string_view what) {
    if (text.find('\0') == std::string_view::npos) return;
    throw std::invalid_argument(std::string(what) + ' ' + quoted(text) + ": has a NUL in it");
}

/// getaddrinfo(3) takes 99999 for 34463, -1 for 65535 and " 80" for 80. The name of a service has a
/// letter (RFC 6335, section 5.1), so what has none must be a plain port.
void refuse_wild_port(std::string_view service) {
    if (service.empty() || std::ranges::any_of(service, is_letter)) return;
    if (from_digits<std::uint16_t>(service)) return;
    throw std::invalid_argument("port " + quoted(service) + ": not a number from 0 to 65535");
}

const std::error_category& name_category() noexcept {
    static const name_category_type category;
    return category;
}

std::error_code make_error_code(name_errc error) noexcept {
    return {static_cast<int>(error), name_category()};
}

std::vector<resolved> getaddrinfo(std::string_view host, std::string_view service,
                                  const lookup_hints& hints, timeout limit,
                                  const stop_condition* stop) {
    refuse_nul(host, "host");
    refuse_nul(service, "service");
    refuse_wild_port(service);
    const lookup_answer answer = ask(numeric_scope(host), service, hints, limit, stop);
    std::vector<resolved> found;
    for (const addrinfo* entry = answer.list.get(); entry != nullptr; entry = entry->ai_next) {
        found.push_back(
            {.family = static_cast<family>(entry->ai_family),
             .type = static_cast<type>(entry->ai_socktype),
             .protocol = static_cast<protocol>(entry->ai_protocol),
             .endpoint = endpoint::raw({reinterpret_cast<const std::byte*>(entry->ai_addr),
                                        static_cast<std::size_t>(entry->ai_addrlen)}),
             .canonical_name = entry->ai_canonname != nullptr ? entry->ai_canonname : ""});
    }
    return found;
}

}  // namespace zocalo::net
