// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "zocalo/http/detail/field_reader.hpp"
#include "zocalo/http/event.hpp"
#include "zocalo/http/limits.hpp"

namespace zocalo::http::detail {

/// Takes the content of a message out of what was received (RFC 9112 §6, §7).
class content_reader {
 public:
    void begin_sized(std::uint64_t size) noexcept;
    void begin_chunks(folds in_trailer) noexcept;
    void begin_until_close() noexcept;

    /// event::need_data, event::data, or event::end once. `is_all`: nothing follows.
    incoming read(std::string_view received, bool is_all, fields& trailers, const limits& within);

 private:
    enum class state : std::uint8_t {
        sized,
        until_close,
        chunk_size,
        chunk_data,
        chunk_end,
        trailer,
    };

    incoming read_piece(std::string_view received) noexcept;
    incoming read_chunks(std::string_view received, fields& trailers, const limits& within);
    std::size_t read_chunk_size(std::string_view received, const limits& within);
    incoming read_trailer(std::string_view received, std::size_t used, fields& trailers,
                          const limits& within);

    line_cutter lines_;
    field_reader trailer_;
    std::uint64_t left_ = 0;        ///< of the content, or of the chunk
    std::uint64_t total_ = 0;       ///< that were announced in chunks, or have come until close
    std::size_t extensions_ = 0;    ///< bytes of them, in all chunks
    folds folds_ = folds::refused;  ///< of the trailer
    state state_ = state::sized;
};

}  // namespace zocalo::http::detail
