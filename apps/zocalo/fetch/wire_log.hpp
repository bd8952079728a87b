// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

#include "fetch/wire_split.hpp"
#include "zocalo/http/message.hpp"
#include "zocalo/io/stream.hpp"

namespace zocalo::program {

/// What --trace and --trace-ascii are told.
struct wire_log_choice {
    std::string path;  ///< `-` is standard output, `%` standard error; empty: no log
    bool is_text = false;
    bool has_time = false;
};

/// All that is said to servers and by them, as curl's --trace writes it; without passwords and
/// cookies. To be owned by a std::shared_ptr, which the streams share.
class wire_log : public std::enable_shared_from_this<wire_log> {
 public:
    /// Throws file_error.
    explicit wire_log(wire_log_choice choice);

    /// The same stream, written down. A head of HTTP/2 is to be told by itself.
    [[nodiscard]] io::stream over(io::stream made, bool is_http2);
    /// One that nothing is cut into: of Gopher.
    [[nodiscard]] io::stream over_plain(io::stream made);
    void add_head(const http::request_head& head);
    void add_head(const http::response_head& head);
    void add_info(std::string_view text);

    /// Throws file_error when not all was written.
    void finish();

    void add(serve::flow which, wire_part part, std::string_view bytes);

 private:
    void add_connection(const io::stream& made);
    void begin_line();

    wire_log_choice choice_;
    std::ofstream file_;
    std::ostream& out_;
};

}  // namespace zocalo::program
