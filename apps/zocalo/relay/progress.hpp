// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "zocalo/core/deadline.hpp"

namespace zocalo::program {

/// One line at the foot of a terminal that says how far a transfer is, for whoever waits for it.
///
/// It appears when a transfer has lasted for a second, and is drawn anew in its place after that.
/// Whoever prints something else there calls erase() before.
class progress {
 public:
    using clock = std::chrono::steady_clock;

    /// Draws on stderr, if `wanted` and if that is a terminal which can erase a line. When stdout
    /// is a terminal, too, the line goes as soon as there is something received to be read there.
    explicit progress(bool wanted);
    ~progress() { erase(); }
    progress(const progress&) = delete;
    progress& operator=(const progress&) = delete;

    /// How many bytes have gone and come so far. Draws when it is time.
    void tell(std::uint64_t sent, std::uint64_t received);
    void erase();
    /// How long it may take until tell() is called again.
    [[nodiscard]] timeout patience() const;

 private:
    [[nodiscard]] bool is_in_the_way(std::uint64_t received) const noexcept {
        return output_is_terminal_ && received != 0;
    }

    bool wanted_;
    bool output_is_terminal_;
    bool drawn_ = false;
    clock::time_point started_ = clock::now();
    clock::time_point last_ = started_;  // when it was drawn, and how much had moved then
    std::uint64_t moved_ = 0;
};

/// Whether stderr is a terminal on which a line can be drawn anew in its place.
[[nodiscard]] bool can_erase_lines();

/// `999 B`, `1.0 kB`, `12.3 MB`: three digits and a unit, in powers of 1000.
[[nodiscard]] std::string size_text(std::uint64_t bytes);

}  // namespace zocalo::program
