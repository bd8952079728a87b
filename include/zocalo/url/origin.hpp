// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "zocalo/url/host.hpp"

/// Whom one talks to, and what may be told him.
namespace zocalo::url {

class uri;

/// Scheme, host and port (RFC 6454): what secrets, connections and permissions belong to.
///
/// All three are normalised, so equal means the same. `https://example.org` and
/// `http://example.org` are two, as are two ports.
class origin {
 public:
    /// Of a URL with a host. Throws std::invalid_argument when it has none, when that is none, or
    /// when there is no port and the scheme has no default one.
    static origin of(const uri& url);
    origin(std::string_view scheme, url::host who, std::uint16_t port);

    [[nodiscard]] const std::string& scheme() const noexcept { return scheme_; }
    [[nodiscard]] const url::host& host() const noexcept { return host_; }
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

    /// `https://example.org`, `http://[::1]:8080`: without a port that goes without saying.
    [[nodiscard]] std::string to_string() const;

    friend bool operator==(const origin&, const origin&) noexcept = default;
    friend std::strong_ordering operator<=>(const origin&, const origin&) noexcept = default;

 private:
    std::string scheme_;
    url::host host_;
    std::uint16_t port_;
};

std::ostream& operator<<(std::ostream& out, const origin& value);

/// A secret and the one origin that it is for: whoever wants to send it has to say where to.
///
/// It has no operator<<, and nothing else prints it.
class secret {
 public:
    secret(origin belongs_to, std::string value) noexcept
        : belongs_to_(std::move(belongs_to)), value_(std::move(value)) {}

    [[nodiscard]] const origin& belongs_to() const noexcept { return belongs_to_; }
    /// The secret for its own origin, and nothing for all others; good as long as this is
    /// unchanged.
    [[nodiscard]] std::optional<std::string_view> for_origin(const origin& who) const noexcept {
        if (who != belongs_to_) return std::nullopt;
        return value_;
    }

 private:
    origin belongs_to_;
    std::string value_;
};

}  // namespace zocalo::url

template <>
struct std::hash<zocalo::url::origin> {
    std::size_t operator()(const zocalo::url::origin& value) const noexcept;
};
