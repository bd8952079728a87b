// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <fstream>
#include <ostream>
#include <string>

#include "zocalo/core/buffer.hpp"

namespace zocalo::program {

/// A record of what went over the wire in both directions: the bytes themselves, or a hex dump.
class traffic_log {
 public:
    enum class style { raw, hex };

    /// Writes to the file `path`, which is made or emptied; to stderr when the path is empty.
    /// Throws file_error when the file cannot be opened.
    traffic_log(const std::string& path, style form);

    /// A hex dump marks rows with `>` for what was sent and `<` for what was received, and counts
    /// offsets in each direction.
    void sent(const_buffer data) { record('>', sent_, data); }
    void received(const_buffer data) { record('<', received_, data); }

 private:
    void record(char mark, std::uint64_t& offset, const_buffer data);

    style style_;
    std::ofstream file_;
    std::ostream* out_;
    std::uint64_t sent_ = 0;
    std::uint64_t received_ = 0;
};

}  // namespace zocalo::program
