// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/core/buffer.hpp"

/// Compressed content: Content-Encoding (RFC 9110 §8.4), in pieces and within limits.
///
/// Do not compress secrets together with text that a stranger chose: the size tells what they have
/// in common (BREACH).
namespace zocalo::http {

namespace detail {
class decompressor;
class compressor;
}  // namespace detail

enum class coding : std::uint8_t {
    gzip,     ///< RFC 1952
    deflate,  ///< RFC 1950; without the wrapper, RFC 1951, it is read, too
    brotli,   ///< `br`, RFC 7932
    zstd,     ///< RFC 8878
};

/// "gzip", "deflate", "br", "zstd"
[[nodiscard]] std::string_view to_text(coding which) noexcept;
/// Nothing for an unknown one. Upper and lower case are the same, and `x-gzip` is `gzip`.
[[nodiscard]] std::optional<coding> try_parse_coding(std::string_view text) noexcept;

/// What Content-Encoding says was done to the content, in that order; `identity` is nothing.
/// `list` is all values of that field (fields::joined()).
///
/// Nothing when there is one among them that is not known, or more than `most`.
[[nodiscard]] std::optional<std::vector<coding>> try_parse_codings(std::string_view list,
                                                                   std::size_t most = 5);

/// How much may come out. The defaults stop bombs, and no content that somebody sends on purpose:
/// a log of one line again and again is a thousandth of its size in gzip, and far less in brotli
/// and zstd. Whoever keeps the content in memory limits its `size`.
struct decode_limits {
    /// Bytes of the content.
    std::uint64_t size = std::numeric_limits<std::uint64_t>::max();
    /// Bytes that come out for each that goes in, of every coding in the stack; Deflate makes 1032
    /// at most ...
    std::uint64_t ratio = 1100;
    /// ... once so many bytes have come out.
    std::uint64_t ratio_from = std::uint64_t{1} << 30;
};

/// Takes content out of its codings, in pieces.
///
///     for (zocalo::const_buffer rest = received;;) {
///         const auto got = content.put(rest);
///         if (got.used == 0 && got.data.empty()) break;
///         use(got.data);
///         rest = rest.without(got.used);
///     }
///
/// Memory: 64 KiB for each coding, and its window: 32 KiB, for brotli and zstd up to 16 MiB.
/// **Errors.** put() and end() throw bad_message: what is none of that coding, or goes on behind
/// its end, with 400; what passes a limit, with 413. So does content in several codings that is
/// eight times as large in one of the inner ones as without it. It is of no use from then on.
class decoder {
 public:
    /// As try_parse_codings() gives them; none at all is content as it is.
    explicit decoder(const std::vector<coding>& codings, const decode_limits& within = {});
    decoder(decoder&& other) noexcept;
    decoder& operator=(decoder&& other) noexcept;
    ~decoder();

    struct piece {
        std::size_t used = 0;    ///< so many of the bytes are done with
        const_buffer data = {};  ///< at most 64 KiB, unless nothing was coded; until the next call
    };
    /// What the next bytes mean. Call it again with the rest of them, and with none at the end,
    /// until it neither takes nor gives anything.
    [[nodiscard]] piece put(const_buffer coded);
    /// Nothing more will come: throws bad_message if something is missing. No bytes at all are no
    /// content.
    void end() const;

    /// Bytes that went in, and that came out.
    [[nodiscard]] std::uint64_t taken() const noexcept { return taken_; }
    [[nodiscard]] std::uint64_t given() const noexcept { return given_; }

 private:
    struct stage;

    [[nodiscard]] bool run(std::size_t index, const_buffer coded, piece& made);
    void hold_limits(std::uint64_t given, bool is_last) const;

    std::vector<stage> stages_;  ///< the coding that was done last comes first
    decode_limits limits_;
    std::uint64_t taken_ = 0;
    std::uint64_t given_ = 0;
};

/// The whole of it at once. Throws bad_message as decoder does.
[[nodiscard]] std::string decode(const_buffer coded, const std::vector<coding>& codings,
                                 const decode_limits& within);

/// Puts content into a coding, in pieces.
class encoder {
 public:
    /// The level is the coding's own: 1 to 9, 0 to 11 for brotli, 1 to 19 for zstd. Without one it
    /// is what suits content that is made while somebody waits: 6, 5 and 3.
    ///
    /// Throws std::invalid_argument for another level.
    explicit encoder(coding which, std::optional<int> level = {});
    encoder(encoder&& other) noexcept;
    encoder& operator=(encoder&& other) noexcept;
    ~encoder();

    /// Appends what can be said already; often nothing.
    void put(const_buffer content, std::string& out);
    /// Appends the rest of what was put so far: for events that must not wait. It costs some bytes.
    void flush(std::string& out);
    /// Appends the end. Nothing can be put after it: std::logic_error.
    void end(std::string& out);

 private:
    std::unique_ptr<detail::compressor> compressor_;
    bool has_ended_ = false;
};

/// The whole of it at once.
[[nodiscard]] std::string encode(const_buffer content, coding which, std::optional<int> level = {});

}  // namespace zocalo::http
