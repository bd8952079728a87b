// SPDX-License-Identifier: MIT
#include "zocalo/http/status.hpp"

#include <array>
#include <cstdint>
#include <ostream>
#include <utility>

namespace zocalo::http {

namespace {

using enum status;

constexpr auto reasons = std::to_array<std::pair<status, std::string_view>>({
    {status{}, {}},
    {continue_, "Continue"},
    {switching_protocols, "Switching Protocols"},
    {processing, "Processing"},
    {early_hints, "Early Hints"},
    {ok, "OK"},
    {created, "Created"},
    {accepted, "Accepted"},
    {non_authoritative_information, "Non-Authoritative Information"},
    {no_content, "No Content"},
    {reset_content, "Reset Content"},
    {partial_content, "Partial Content"},
    {multi_status, "Multi-Status"},
    {already_reported, "Already Reported"},
    {im_used, "IM Used"},
    {multiple_choices, "Multiple Choices"},
    {moved_permanently, "Moved Permanently"},
    {found, "Found"},
    {see_other, "See Other"},
    {not_modified, "Not Modified"},
    {use_proxy, "Use Proxy"},
    {temporary_redirect, "Temporary Redirect"},
    {permanent_redirect, "Permanent Redirect"},
    {bad_request, "Bad Request"},
    {unauthorized, "Unauthorized"},
    {payment_required, "Payment Required"},
    {forbidden, "Forbidden"},
    {not_found, "Not Found"},
    {method_not_allowed, "Method Not Allowed"},
    {not_acceptable, "Not Acceptable"},
    {proxy_authentication_required, "Proxy Authentication Required"},
    {request_timeout, "Request Timeout"},
    {conflict, "Conflict"},
    {gone, "Gone"},
    {length_required, "Length Required"},
    {precondition_failed, "Precondition Failed"},
    {content_too_large, "Content Too Large"},
    {uri_too_long, "URI Too Long"},
    {unsupported_media_type, "Unsupported Media Type"},
    {range_not_satisfiable, "Range Not Satisfiable"},
    {expectation_failed, "Expectation Failed"},
    {im_a_teapot, "I'm a Teapot"},
    {misdirected_request, "Misdirected Request"},
    {unprocessable_content, "Unprocessable Content"},
    {locked, "Locked"},
    {failed_dependency, "Failed Dependency"},
    {too_early, "Too Early"},
    {upgrade_required, "Upgrade Required"},
    {precondition_required, "Precondition Required"},
    {too_many_requests, "Too Many Requests"},
    {request_header_fields_too_large, "Request Header Fields Too Large"},
    {unavailable_for_legal_reasons, "Unavailable For Legal Reasons"},
    {internal_server_error, "Internal Server Error"},
    {not_implemented, "Not Implemented"},
    {bad_gateway, "Bad Gateway"},
    {service_unavailable, "Service Unavailable"},
    {gateway_timeout, "Gateway Timeout"},
    {http_version_not_supported, "HTTP Version Not Supported"},
    {variant_also_negotiates, "Variant Also Negotiates"},
    {insufficient_storage, "Insufficient Storage"},
    {loop_detected, "Loop Detected"},
    {not_extended, "Not Extended"},
    {network_authentication_required, "Network Authentication Required"},
});

/// Where each of them is, behind a first one that stands for all numbers without words.
constexpr auto places = [] {
    std::array<std::uint8_t, 600> all{};
    for (std::size_t i = 0; i < reasons.size(); ++i)
        all.at(number(reasons.at(i).first)) = static_cast<std::uint8_t>(i);
    return all;
}();

}  // namespace

std::string_view reason(status code) noexcept {
    const std::size_t at = number(code) < places.size() ? places[number(code)] : 0;
    return reasons[at].second;
}

std::ostream& operator<<(std::ostream& out, status code) {
    out << number(code);
    const std::string_view words = reason(code);
    return words.empty() ? out : out << ' ' << words;
}

}  // namespace zocalo::http
