// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/io/stream.hpp"
#include "zocalo/net/endpoint.hpp"
#include "zocalo/net/packet/capture_writer.hpp"
#include "zocalo/net/packet/tcp.hpp"

/// Seeing what goes over a stream, above TLS: for people who look for an error.
namespace zocalo::serve {

/// Which way bytes went, as seen from the stream that is watched.
enum class flow { received, sent };

/// Who is told about bytes: those that were read, and those that were written without an error.
/// They are valid during the call only. It may close the stream that it watches, when nothing else
/// is under way there. Must not throw.
using wire_watcher = std::function<void(flow which, std::string_view bytes)>;

/// Gets a line that went by, with its end, and gives what may be seen of it: the line as it is, or
/// another one. One that comes without an end was too long, or the other side has spoken meanwhile:
/// then it comes again, from its beginning, when there is more of it.
using line_mask = std::function<std::string(flow which, std::string_view line)>;

/// A watcher that sees lines, as `mask` leaves them: protocols have passwords on some of theirs.
///
/// However the bytes were cut, a line is judged as a whole and shown when its end has come, or when
/// it has `longest_masked_line` bytes. When the other side speaks, what there is of it is judged
/// and shown, for it may be a prompt. What comes after that of a line that was changed is not
/// shown. Pass copies on; they share what they have seen.
[[nodiscard]] wire_watcher masked(wire_watcher watcher, line_mask mask);

inline constexpr std::size_t longest_masked_line = 8192;

/// Shows "***" for what follows one of these words at the beginning of a line, in whatever case:
/// `hide_after({"PASS", "AUTH PLAIN", "Authorization:"})`. Behind the word has to be a space, a tab
/// or, when it ends in a colon, anything.
[[nodiscard]] line_mask hide_after(std::vector<std::string> words);

/// The same stream, watched: `client.stream() = watch(std::move(client.stream()), ...)`. For
/// protocols with secrets, see masked().
[[nodiscard]] io::stream watch(io::stream what, wire_watcher watcher);

/// A watcher that writes a dialogue into a capture file, decrypted, as the TCP packets that it
/// could have been; wireshark reads it.
///
/// The packets are made up: a handshake, then segments of at most 16 KiB with right sequence
/// numbers and checksums. Unix sockets and those without addresses show as 127.0.0.1.
/// **Lifetime.** The writer must outlive it; several dialogues may share one on one thread.
class dialogue_capture {
 public:
    /// `interface` is of the writer, of link_type::raw_ip. Writes the handshake.
    dialogue_capture(net::packet::pcapng_writer& to, std::uint32_t interface,
                     const net::endpoint& local, const net::endpoint& peer);

    /// For watch(): `[&](auto which, auto bytes) { capture.add(which, bytes); }`.
    void add(flow which, std::string_view bytes);

 private:
    struct end {
        net::endpoint where;
        std::uint32_t next = 0;  ///< sequence number
    };
    void write(const end& from, const end& to, net::packet::tcp_flag flags,
               std::string_view payload);

    net::packet::pcapng_writer& to_;
    std::uint32_t interface_;
    end local_;
    end peer_;
};

}  // namespace zocalo::serve
