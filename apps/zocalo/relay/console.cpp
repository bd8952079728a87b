// SPDX-License-Identifier: MIT
#include "relay/console.hpp"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <string>
#include <utility>

#include "file.hpp"
#include "relay/filters.hpp"
#include "relay/link_options.hpp"
#include "sys/file.hpp"
#include "zocalo/io/channel.hpp"
#include "zocalo/io/pipe.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/io/transport.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::program {

namespace {

/// Read at once. With CR LF it may become twice as much, which still fits into a chunk.
constexpr std::size_t longest_piece = 32768;
/// The same when each read becomes a datagram.
constexpr std::size_t longest_datagram = 16384;
/// Pieces that wait for a peer that does not take them.
constexpr std::size_t room = 4;

using piece = std::shared_ptr<const std::string>;

io::chunk chunk_of(const std::string& bytes) {
    std::byte* const buffer = io::detail::take_buffer();
    std::memcpy(buffer, bytes.data(), bytes.size());
    return {buffer, bytes.size()};
}

}  // namespace

io::stream standard_descriptor(int number) {
    const int copy = sys::dup(number);
    if (copy < 0) {
        throw std::system_error(-copy, std::system_category(),
                                "standard descriptor " + std::to_string(number));
    }
    return io::open_descriptor(unique_fd(copy));
}

/// What waits for one of the places; it outlives the place while somebody puts something in.
struct console::inbox {
    io::channel<piece> pieces{room};
};

/// One end of the console.
class console::place final : public io::transport {
 public:
    explicit place(console& of) : of_(of), mine_(std::make_shared<inbox>()) {
        if (of_.input_has_ended_) {
            mine_->pieces.close();
            return;
        }
        of_.inboxes_.push_back(mine_);
        of_.joined_.set();
    }
    place(const place&) = delete;
    place& operator=(const place&) = delete;
    ~place() override {
        mine_->pieces.close();
        std::erase(of_.inboxes_, mine_);
    }

    io::task<io::chunk> read() override {
        const std::optional<piece> next = co_await mine_->pieces.receive();
        if (!next) co_return io::chunk();
        if (!of_.options_.crlf) co_return chunk_of(**next);
        std::string lines = **next;
        crlf_(lines, false);
        co_return chunk_of(lines);
    }
    io::task<std::size_t> read_some(mutable_buffer) override {
        throw std::logic_error("console: pieces are read whole");
    }

    io::task<> write(std::span<const const_buffer> pieces) override {
        for (const const_buffer& each : pieces)
            co_await show(each, false);
    }
    io::task<> finish() override {
        co_await show({}, true);
        if (of_.ends_with_peer_) mine_->pieces.close();
    }

 private:
    io::task<> show(const_buffer bytes, bool last) {
        if (!of_.output_is_terminal_ || of_.options_.raw) return of_.print(bytes);
        return show_safely(std::string(bytes.text()), last);
    }
    io::task<> show_safely(std::string text, bool last) {
        terminal_(text, last);
        co_await of_.print(const_buffer(text));
    }

    console& of_;
    std::shared_ptr<inbox> mine_;
    crlf_filter crlf_;
    terminal_filter terminal_;
};

console::console(const link_options& options, bool ends_with_peer)
    : options_(options),
      input_is_terminal_(sys::isatty(0) == 1),
      output_is_terminal_(sys::isatty(1) == 1),
      ends_with_peer_(ends_with_peer || input_is_terminal_),
      input_(standard_descriptor(0)),
      output_(standard_descriptor(1)) {}

io::stream console::join() {
    return io::stream(std::make_unique<place>(*this));
}

io::task<> console::read_input() {
    std::string bytes(options_.udp ? longest_datagram : longest_piece, '\0');
    for (std::size_t got = 1; got != 0;) {
        while (inboxes_.empty()) {
            joined_.reset();
            co_await joined_.wait();
        }
        try {
            got = co_await input_.read_some(mutable_buffer(bytes));
        } catch (const net::stopped&) {
            throw;
        } catch (const std::system_error& error) {
            throw file_error(error.code(), "read the input");
        }
        if (got != 0) co_await pass_on(bytes.substr(0, got));
    }
    input_has_ended_ = true;
    for (const auto& each : std::exchange(inboxes_, {}))
        each->pieces.close();
    co_await io::sleep(timeout::none());
}

io::task<> console::pass_on(std::string bytes) {
    const piece shared = std::make_shared<const std::string>(std::move(bytes));
    const auto present = inboxes_;
    for (const auto& each : present)
        co_await each->pieces.send(shared);
}

/// Who reads our output and has gone ends us as it ends every program in a pipeline.
io::task<> console::print(const_buffer text) {
    if (text.empty()) co_return;
    const auto turn = co_await printing_.lock();
    try {
        co_await output_.write(text);
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error& error) {
        if (error.code() == std::errc::broken_pipe) std::raise(SIGPIPE);
        throw file_error(error.code(), "write the output");
    }
}

}  // namespace zocalo::program
