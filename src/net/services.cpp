// SPDX-License-Identifier: MIT
#include "zocalo/net/services.hpp"

#include <arpa/inet.h>

#include "net/entry.hpp"
#include "sys/names.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/net/resolve.hpp"

namespace zocalo::net {

namespace {

std::string service_text(std::string_view what, std::string_view protocol) {
    std::string text = "look up service " + std::string(what);
    if (!protocol.empty()) text += " of protocol " + quoted(protocol);
    return text;
}

const char* or_null(const std::string& text) {
    return text.empty() ? nullptr : text.c_str();
}

template <class Value>
Value or_throw(std::optional<Value> value, name_errc error, const std::string& message) {
    if (!value) throw std::system_error(error, message);
    return *std::move(value);
}

}  // namespace

std::optional<std::uint16_t> try_getservbyname(std::string_view name, std::string_view protocol) {
    refuse_nul(name, "service");
    refuse_nul(protocol, "protocol");
    const std::string name_text(name);
    const std::string protocol_text(protocol);
    return look_up_entry<servent>(
        "look up service " + quoted(name),
        [&](auto&&... arguments) {
            return sys::getservbyname(name_text.c_str(), or_null(protocol_text), arguments...);
        },
        [](const servent* found) {
            if (found == nullptr) return std::optional<std::uint16_t>();
            return std::optional(ntohs(static_cast<std::uint16_t>(found->s_port)));
        });
}

std::uint16_t getservbyname(std::string_view name, std::string_view protocol) {
    return or_throw(try_getservbyname(name, protocol), name_errc::service,
                    service_text(quoted(name), protocol));
}

std::optional<std::string> try_getservbyport(std::uint16_t port, std::string_view protocol) {
    refuse_nul(protocol, "protocol");
    const std::string protocol_text(protocol);
    return look_up_entry<servent>(
        "look up port " + std::to_string(port),
        [&](auto&&... arguments) {
            return sys::getservbyport(htons(port), or_null(protocol_text), arguments...);
        },
        [](const servent* found) {
            return found != nullptr ? std::optional<std::string>(found->s_name) : std::nullopt;
        });
}

std::string detail::service_name(std::uint16_t port, std::string_view protocol) {
    return or_throw(try_getservbyport(port, protocol), name_errc::service,
                    service_text("of port " + std::to_string(port), protocol));
}

std::optional<protocol> try_getprotobyname(std::string_view name) {
    refuse_nul(name, "protocol");
    const std::string text(name);
    return look_up_entry<protoent>(
        "look up protocol " + quoted(name),
        [&](auto&&... arguments) { return sys::getprotobyname(text.c_str(), arguments...); },
        [](const protoent* found) {
            return found != nullptr ? std::optional(static_cast<protocol>(found->p_proto))
                                    : std::nullopt;
        });
}

protocol getprotobyname(std::string_view name) {
    return or_throw(try_getprotobyname(name), name_errc::no_name,
                    "look up protocol " + quoted(name));
}

std::optional<std::string> try_getprotobynumber(protocol number) {
    return look_up_entry<protoent>(
        "look up a protocol",
        [&](auto&&... arguments) {
            return sys::getprotobynumber(static_cast<int>(number), arguments...);
        },
        [](const protoent* found) {
            return found != nullptr ? std::optional<std::string>(found->p_name) : std::nullopt;
        });
}

std::string getprotobynumber(protocol number) {
    return or_throw(try_getprotobynumber(number), name_errc::no_name,
                    "look up protocol " + std::to_string(static_cast<int>(number)));
}

}  // namespace zocalo::net
