// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "zocalo/net/packet/cursor.hpp"

/// How every header of a frame comes in two forms.
///
/// - `udp_view` is a **checked view** over bytes that somebody else owns. Making it checks all
///   lengths once; afterwards no accessor can fail. It is a few pointers, lives as long as the
///   bytes, and sees it when they change, so do not change them.
/// - `udp_header` is a **plain value** with the same fields and safe defaults. `build(payload)` and
///   `append_to(bytes, payload)` turn it into bytes and fill lengths and checksums.
///
/// `view.header()` is the value, so that parsing what was built gives what it was built from.
/// Checksums are not part of the check: cards fill them in late, so that frames captured on the
/// sending machine have wrong ones. Ask `checksum_ok()`.
namespace zocalo::net::packet {

/// Gives a view its ways of being made. `View` has a constructor from a reader, reachable from
/// here, and `header_name`.
template <class View>
class checked_view {
 public:
    /// Throws protocol_error that names the header, the field and its offset. `offset` is where
    /// `data` begins in the frame, for that message.
    [[nodiscard]] static View parse(const_buffer data, std::uint64_t offset = 0) {
        reader in(data, View::header_name, offset);
        View view(in);
        in.check();
        return view;
    }

    /// The same, with nothing in place of an error.
    [[nodiscard]] static std::optional<View> try_parse(const_buffer data) noexcept {
        reader in(data, View::header_name);
        const View view(in);
        if (in.failed()) return std::nullopt;
        return view;
    }

    /// For captures that kept only the start of each frame: the header must be whole, the payload
    /// may be shorter than the header says.
    [[nodiscard]] static std::optional<View> try_parse_cut(const_buffer data) noexcept {
        reader in(data, View::header_name);
        in.allow_cut();
        const View view(in);
        if (in.failed()) return std::nullopt;
        return view;
    }

 protected:
    checked_view() noexcept = default;
};

}  // namespace zocalo::net::packet
