// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "zocalo/ws/types.hpp"

/// Compression of messages (permessage-deflate, RFC 7692), and how two ends agree on it.
namespace zocalo::ws {

/// What this end wants. `own` is what it sends, `peer` what it receives.
struct deflate_options {
    // --- Behaviour

    /// Whether what was sent before helps to compress what is next. It takes memory while a
    /// connection is open: about 300 KB for what is sent, 40 KB for what comes.
    bool own_context = true;
    bool peer_context = true;

    // --- Performance

    int level = 6;           ///< 1, fast, to 9
    std::size_t from = 256;  ///< shorter messages go as they are
    int own_window = 15;     ///< powers of two, in bytes: 9 to 15
    int peer_window = 15;    ///< what the peer is asked for: 9 to 15
};

/// What both ends have agreed on, as one of them sees it.
struct deflate_agreement {
    int own_window = 15;
    int peer_window = 15;
    bool own_context = true;
    bool peer_context = true;

    friend bool operator==(const deflate_agreement&, const deflate_agreement&) = default;
};

/// A client's offer: the value of Sec-WebSocket-Extensions. Throws std::invalid_argument for
/// options that are out of range.
[[nodiscard]] std::string offer_deflate(const deflate_options& wish);

/// What a server makes of the offers in that field: the first one that it can agree to, and nothing
/// when there is none. Throws bad_message for a field that is no list of extensions.
[[nodiscard]] std::optional<deflate_agreement> accept_deflate(std::string_view offers,
                                                              const deflate_options& wish);

/// How the server says so.
[[nodiscard]] std::string confirm_deflate(const deflate_agreement& agreed, std::string_view offers);

/// What a client makes of the response; nothing for an empty field. `wish` is what it has offered,
/// if it has offered anything. Throws bad_message for what was not offered.
[[nodiscard]] std::optional<deflate_agreement> read_deflate_response(
    std::string_view response, const std::optional<deflate_options>& wish);

}  // namespace zocalo::ws
