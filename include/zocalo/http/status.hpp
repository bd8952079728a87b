// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string_view>

namespace zocalo::http {

/// How a request went (RFC 9110 §15, and the registry of the IANA). Any number from 100 to 599 is
/// one: `http::status{299}`.
enum class status : std::uint16_t {
    continue_ = 100,  // NOLINT: the word is a keyword
    switching_protocols = 101,
    processing = 102,
    early_hints = 103,

    ok = 200,
    created = 201,
    accepted = 202,
    non_authoritative_information = 203,
    no_content = 204,
    reset_content = 205,
    partial_content = 206,
    multi_status = 207,
    already_reported = 208,
    im_used = 226,

    multiple_choices = 300,
    moved_permanently = 301,
    found = 302,
    see_other = 303,
    not_modified = 304,
    use_proxy = 305,
    temporary_redirect = 307,
    permanent_redirect = 308,

    bad_request = 400,
    unauthorized = 401,
    payment_required = 402,
    forbidden = 403,
    not_found = 404,
    method_not_allowed = 405,
    not_acceptable = 406,
    proxy_authentication_required = 407,
    request_timeout = 408,
    conflict = 409,
    gone = 410,
    length_required = 411,
    precondition_failed = 412,
    content_too_large = 413,
    uri_too_long = 414,
    unsupported_media_type = 415,
    range_not_satisfiable = 416,
    expectation_failed = 417,
    im_a_teapot = 418,
    misdirected_request = 421,
    unprocessable_content = 422,
    locked = 423,
    failed_dependency = 424,
    too_early = 425,
    upgrade_required = 426,
    precondition_required = 428,
    too_many_requests = 429,
    request_header_fields_too_large = 431,
    unavailable_for_legal_reasons = 451,

    internal_server_error = 500,
    not_implemented = 501,
    bad_gateway = 502,
    service_unavailable = 503,
    gateway_timeout = 504,
    http_version_not_supported = 505,
    variant_also_negotiates = 506,
    insufficient_storage = 507,
    loop_detected = 508,
    not_extended = 510,
    network_authentication_required = 511,
};

[[nodiscard]] constexpr std::uint16_t number(status code) noexcept {
    return static_cast<std::uint16_t>(code);
}

/// "Not Found"; empty for a number that nobody has registered.
[[nodiscard]] std::string_view reason(status code) noexcept;

/// More is to come: this is not the answer yet (1xx).
[[nodiscard]] constexpr bool is_informational(status code) noexcept {
    return number(code) / 100 == 1;
}
[[nodiscard]] constexpr bool is_success(status code) noexcept {
    return number(code) / 100 == 2;
}
[[nodiscard]] constexpr bool is_redirection(status code) noexcept {
    return number(code) / 100 == 3;
}
/// 4xx and 5xx.
[[nodiscard]] constexpr bool is_error(status code) noexcept {
    return number(code) >= 400;
}
/// Whether a response with this status never has content, whatever its fields say (RFC 9112 §6.3).
[[nodiscard]] constexpr bool is_bodiless(status code) noexcept {
    return is_informational(code) || code == status::no_content || code == status::not_modified;
}

/// `404 Not Found`
std::ostream& operator<<(std::ostream& out, status code);

}  // namespace zocalo::http
