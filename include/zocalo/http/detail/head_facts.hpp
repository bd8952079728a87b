// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "zocalo/http/grammar.hpp"
#include "zocalo/http/message.hpp"

namespace zocalo::http::detail {

/// The fields that say where a message ends and what becomes of the connection.
enum class special : std::uint8_t {
    host,
    expect,
    upgrade,
    connection,
    content_length,
    transfer_encoding,
};

[[nodiscard]] constexpr std::optional<special> which(std::string_view name) noexcept {
    const auto only = [name](std::string_view wanted, special what) {
        return same_name(name, wanted) ? std::optional(what) : std::nullopt;
    };
    switch (name.size()) {
        case 4:
            return only("host", special::host);
        case 6:
            return only("expect", special::expect);
        case 7:
            return only("upgrade", special::upgrade);
        case 10:
            return only("connection", special::connection);
        case 14:
            return only("content-length", special::content_length);
        case 17:
            return only("transfer-encoding", special::transfer_encoding);
        default:
            return std::nullopt;
    }
}

/// What those fields of one head say.
struct head_facts {
    content_size length = {};
    bool is_chunked = false;
    bool has_host = false;
    bool has_upgrade = false;
    bool expects_continue = false;
    bool wants_close = false;       ///< Connection: close
    bool wants_keep_alive = false;  ///< Connection: keep-alive
    bool wants_upgrade = false;     ///< Connection: upgrade

    /// One more field. Throws bad_message for values that are not what they have to be, and for a
    /// second one of what there is only one of.
    void note(std::string_view name, std::string_view value) {
        if (const auto what = which(name)) note(*what, value);
    }
    /// All fields are there: throws bad_message for what they cannot say together.
    void check(version said) const;
    /// Whether the connection goes on after a message of that version.
    [[nodiscard]] bool keeps_alive(version said) const noexcept {
        return !wants_close && (said == version::http_1_1 || wants_keep_alive);
    }

 private:
    void note(special what, std::string_view value);
    void note_length(std::string_view value);
    void note_coding(std::string_view value);
    void note_connection(std::string_view value);
};

}  // namespace zocalo::http::detail
