// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/core/buffer.hpp"
#include "zocalo/core/deadline.hpp"
#include "zocalo/net/socket.hpp"

/// A socket as a file: buffered reading and writing of lines and bytes. Python's makefile().
namespace zocalo::net {

/// What ends a line.
enum class newline {
    lf,         ///< "\n"; a "\r" before it belongs to the line
    crlf,       ///< "\r\n" and nothing else
    universal,  ///< "\n", "\r\n" or "\r", as they come; written as "\n"
};

struct file_options {
    net::newline newline = net::newline::lf;
    /// Bytes that are read ahead, and that wait to be written.
    std::size_t buffer_size = 8192;
    /// The longest line, without its end. A peer that sends a longer one breaks the protocol.
    std::size_t line_limit = 65536;
};

/// Reads and writes a stream through buffers.
///
/// Time-outs and stops are the socket's; each call has one deadline for all that it does. The end
/// of the stream is a value. Before a read has to wait, what waits to be written is flushed: a
/// forgotten flush() does not hang both sides. Use it from one thread at a time.
class file {
 public:
    /// Works on a socket that must outlive it, or keeps the socket.
    explicit file(net::socket& borrowed, const file_options& options = {});
    explicit file(net::socket&& owned, const file_options& options = {});

    file(file&& other) noexcept;
    file& operator=(file&&) = delete;
    /// Flushes as flush() does, but errors go unseen: call flush() to know. While an exception
    /// unwinds, what is unwritten is dropped, for half a message is worse than none.
    ~file();

    /// The next line without its end; the last one may lack it, see ended(). Nothing at the end of
    /// the stream. Throws protocol_error for a line above the limit.
    [[nodiscard]] std::optional<std::string> read_line();
    /// Whether the last line had its end; false when the stream broke off within it.
    [[nodiscard]] bool ended() const noexcept { return ended_; }

    /// `count` bytes; fewer only at the end of the stream, none after it.
    [[nodiscard]] std::string read(std::size_t count);
    std::size_t read_into(mutable_buffer into);
    /// Everything to the end of the stream. Throws protocol_error when it is more than `limit`.
    [[nodiscard]] std::string read_all(std::size_t limit);
    /// What can be read next, without taking it: waits for one byte at least, empty at the end.
    /// Valid until the next call.
    [[nodiscard]] std::string_view peek();

    void write(const_buffer data);
    /// The text and a line's end. Throws std::invalid_argument when one is already in it.
    void write_line(std::string_view text);
    /// Sends what waits.
    void flush();

    [[nodiscard]] net::socket& connection() noexcept { return owned_ ? *owned_ : *borrowed_; }

    /// `for (const std::string& line : file.lines())`, to the end of the stream.
    class line_range;
    [[nodiscard]] line_range lines();

 private:
    struct found_line {
        std::size_t length;
        std::size_t with_end;
    };
    [[nodiscard]] const_buffer readable() const noexcept;
    bool fill(const deadline& until);
    void flush_until(const deadline& until);
    void send_until(const_buffer data, const deadline& until);
    [[nodiscard]] std::optional<found_line> find_line(std::size_t& searched) const noexcept;
    [[nodiscard]] std::string take(std::size_t length, std::size_t with_end);
    void skip_line_feed() noexcept;

    std::optional<net::socket> owned_;
    net::socket* borrowed_ = nullptr;
    file_options options_;
    std::vector<std::byte> in_;
    std::size_t in_begin_ = 0;
    std::size_t in_end_ = 0;
    std::vector<std::byte> out_;
    bool ended_ = false;
    bool skip_line_feed_ = false;  // universal: a line ended in "\r", and "\n" may still follow
    int exceptions_ = 0;
};

class file::line_range {
 public:
    class iterator {
     public:
        using iterator_category = std::input_iterator_tag;
        using value_type = std::string;
        using difference_type = std::ptrdiff_t;
        using pointer = const std::string*;
        using reference = const std::string&;

        explicit iterator(file* from) : from_(from), line_(from->read_line()) {}
        reference operator*() const noexcept { return *line_; }
        pointer operator->() const noexcept { return &*line_; }
        iterator& operator++() {
            line_ = from_->read_line();
            return *this;
        }
        void operator++(int) { ++*this; }
        friend bool operator==(const iterator& it, std::default_sentinel_t) noexcept {
            return !it.line_;
        }

     private:
        file* from_;
        std::optional<std::string> line_;
    };

    explicit line_range(file& from) noexcept : from_(&from) {}
    [[nodiscard]] iterator begin() const { return iterator(from_); }
    [[nodiscard]] static std::default_sentinel_t end() noexcept { return {}; }

 private:
    file* from_;
};

inline file::line_range file::lines() {
    return line_range(*this);
}

/// Python's spelling.
[[nodiscard]] inline file make_file(net::socket& borrowed, const file_options& options = {}) {
    return file(borrowed, options);
}
[[nodiscard]] inline file make_file(net::socket&& owned, const file_options& options = {}) {
    return file(std::move(owned), options);
}

}  // namespace zocalo::net
