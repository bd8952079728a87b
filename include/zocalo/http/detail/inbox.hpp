// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "zocalo/core/buffer.hpp"
#include "zocalo/http/engine.hpp"
#include "zocalo/http/event.hpp"
#include "zocalo/io/reader.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"

namespace zocalo::http::detail {

/// What has come on a connection and was not used yet, as an engine reads it: the same at both
/// ends.
class inbox {
 public:
    explicit inbox(io::stream& from) noexcept : reader_(from) {}

    /// The first thing that it means. A piece of content stays until the next call, all else is
    /// used. Throws what the engine does.
    [[nodiscard]] incoming next(engine& reads) {
        release();
        const incoming got = reads.next(reader_.buffered(), has_ended_);
        if (got.what == event::data) {
            lent_ = got.used;
        } else {
            reader_.consume(got.used);
        }
        return got;
    }
    /// The next piece of the content that is being received: empty at its end, and nothing while
    /// more has to come.
    [[nodiscard]] std::optional<const_buffer> next_piece(engine& reads) {
        while (!reads.has_received_all()) {
            const incoming got = next(reads);
            if (got.what == event::data) return got.data;
            if (got.what == event::need_data) return std::nullopt;
        }
        return const_buffer();
    }

    /// Waits for more: tell it to note().
    [[nodiscard]] io::task<bool> fill() { return reader_.fill(); }
    void note(bool came) noexcept { has_ended_ = !came; }

    /// The piece that was given out is used.
    void release() {
        if (lent_ != 0) reader_.consume(std::exchange(lent_, 0));
    }
    /// Whether nothing is there but that piece.
    [[nodiscard]] bool empty() const noexcept { return reader_.buffered().size() == lent_; }
    [[nodiscard]] std::size_t size() const noexcept { return reader_.buffered().size(); }
    [[nodiscard]] std::string_view text() const noexcept { return reader_.buffered().text(); }
    /// All of it, for whoever goes on without HTTP.
    [[nodiscard]] std::string take_rest() {
        release();
        std::string rest(reader_.buffered().text());
        reader_.consume(rest.size());
        return rest;
    }

 private:
    io::reader reader_;
    std::size_t lent_ = 0;
    bool has_ended_ = false;  ///< the stream, for reading
};

}  // namespace zocalo::http::detail
