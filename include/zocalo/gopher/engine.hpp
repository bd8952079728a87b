// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "zocalo/gopher/types.hpp"
#include "zocalo/text/dot_codec.hpp"
#include "zocalo/text/line_reader.hpp"

/// Gopher without I/O: bytes in, meaning out.
///
/// A dialogue is one line from the client, one answer from the server, and the end. So there are
/// two small engines: what a server reads, and what a client reads. What they write are functions.
namespace zocalo::gopher {

/// What a peer can make grow.
struct limits {
    std::size_t request = 4096;                           ///< bytes of the client's line
    std::size_t line = std::size_t{64} * 1024;            ///< bytes of a line of the answer
    std::size_t answer = std::size_t{256} * 1024 * 1024;  ///< bytes of the whole answer
    std::size_t items = 100000;                           ///< of a menu
};

// --- The server's half

/// Finds the client's line.
class request_reader {
 public:
    explicit request_reader(const limits& most = {}) noexcept;

    /// Takes what has come; the request, once it is there. Nobody waits for what is behind it.
    ///
    /// A line may end in LF alone, as some clients send it. Throws protocol_error for a line that
    /// is too long or has a NUL or CR in it.
    [[nodiscard]] std::optional<request> receive(std::string_view bytes);

 private:
    text::line_reader lines_;
};

/// The line that a client sends. Throws std::invalid_argument when a part has a TAB, CR, LF or NUL
/// in it: whatever a URL says, a request stays one.
[[nodiscard]] std::string to_line(const request& from);

// --- The client's half

/// Reads an answer.
class answer_reader {
 public:
    /// `how` is what the item's type says; with `is_plus` the answer begins with a line that says
    /// it better.
    answer_reader(transfer how, bool is_plus, const limits& most = {});

    /// Takes what has come. Throws protocol_error when it is too much, or no answer.
    void receive(std::string_view bytes);
    /// The stream has ended. Throws protocol_error when bytes that were announced are missing.
    ///
    /// A text without its dot is good here, for many servers send none: see is_complete().
    void end_of_stream();

    /// What came since the last call, as it was before it was sent: bytes, or lines that end in LF.
    [[nodiscard]] std::string take();

    /// Nothing more has to be read.
    [[nodiscard]] bool has_ended() const noexcept { return state_ == state::ended; }
    /// The server has said that this was all: by a dot, or by a length. Of an answer that ends with
    /// the connection nobody can know.
    [[nodiscard]] bool is_complete() const noexcept { return complete_; }
    /// It is an error's text: Gopher+ only; otherwise errors are items of a menu, or just text.
    [[nodiscard]] bool is_error() const noexcept { return error_; }

 private:
    enum class state : std::uint8_t { plus_line, lines, counted, to_the_end, ended };

    [[nodiscard]] static state state_for(transfer how) noexcept;
    void read_plus_line(std::string_view& bytes);
    void end(bool complete) noexcept;

    limits limits_;
    state state_;
    text::line_reader plus_line_;
    text::dot_decoder lines_;
    std::string arrived_;
    std::size_t total_ = 0;    ///< bytes so far
    std::size_t missing_ = 0;  ///< of a counted body
    bool complete_ = false;
    bool error_ = false;
};

}  // namespace zocalo::gopher
