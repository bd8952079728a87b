// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "zocalo/core/buffer.hpp"
#include "zocalo/core/deadline.hpp"
#include "zocalo/gopher/engine.hpp"
#include "zocalo/gopher/types.hpp"
#include "zocalo/io/connect.hpp"
#include "zocalo/io/proxy.hpp"
#include "zocalo/io/stream.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/tls/context.hpp"

/// Asking Gopher servers.
namespace zocalo::gopher {

/// How a client asks.
struct client_options {
    // --- Behaviour

    /// Who a server has to be for `gophers`; what the system trusts, read anew each time, when not
    /// given.
    std::optional<tls::client_context> tls = std::nullopt;
    /// Who makes the connections, each through the one before it.
    std::vector<io::proxy> proxies = {};
    /// Gets each connection that was made, with what was agreed on in TLS, and gives what Gopher is
    /// spoken on: serve::watch(), for those who show what goes over it.
    std::function<io::stream(io::stream made)> over = {};
    /// The same for the dialogue with each proxy: tls::dial_options::over_proxy.
    std::function<io::stream(io::stream made, const io::proxy& with)> over_proxy = {};
    /// How names are looked up and connected to.
    io::connect_options connect = {};
    /// Whether a text or menu has to end in its dot. Many servers send none, and a text that was
    /// cut off looks the same.
    bool require_dot = false;
    /// Whether to talk with ports where other protocols are at home, such as 25: links in menus
    /// have been made to have clients speak to mail servers and data bases.
    bool any_port = false;

    // --- Limits

    timeout within = std::chrono::seconds(60);  ///< a whole request with its answer
    gopher::limits limits = {};
};

/// What a server has answered.
struct answer {
    std::string data = {};  ///< bytes as they came; of a text lines that end in LF
    /// The server has said that this is all of it. Without that, the connection has just ended.
    bool complete = false;
    /// What it says is an error: Gopher+ only.
    bool is_error = false;
};

/// An answer that is still to be read.
///
/// Closed when it is gone. Move-only; one task at a time; it may outlive the client.
class answer_stream {
 public:
    /// Waits for the next piece, for as long as the client waits for a whole answer; empty at its
    /// end. It is good until the next call.
    ///
    /// Throws protocol_error for an answer that is none, is too large, or ended too early.
    [[nodiscard]] io::task<const_buffer> read();

    /// As in gopher::answer, when it was read to its end.
    [[nodiscard]] bool is_complete() const noexcept { return answer_.is_complete(); }
    /// As in gopher::answer, when the first piece was read.
    [[nodiscard]] bool is_error() const noexcept { return answer_.is_error(); }

 private:
    friend class client;
    answer_stream(io::stream server, answer_reader how, const location& where,
                  const client_options& options);
    [[nodiscard]] io::task<const_buffer> next();

    io::stream server_;
    answer_reader answer_;
    std::string name_;  ///< its URL
    timeout within_;
    bool require_dot_;
    std::string piece_;
};

/// What Gopher+ tells of an item: blocks such as INFO, ADMIN, VIEWS and ABSTRACT.
struct attribute {
    std::string name = {};                ///< "VIEWS"
    std::string value = {};               ///< what stands behind the name
    std::vector<std::string> lines = {};  ///< without the space that each begins with

    friend bool operator==(const attribute&, const attribute&) = default;
};
/// Reads blocks; those of several items (`$`) follow each other, each item's beginning with INFO.
[[nodiscard]] std::vector<attribute> parse_attributes(std::string_view text);

/// Asks any servers; a connection for each question, as the protocol has it.
///
///     gopher::client client;
///     const gopher::menu items = co_await client.menu("gopher://gopher.floodgap.com/");
///
/// Each function is a task: `.get()` blocks instead. Any number may be under way; the client has to
/// outlive them. **Errors.** What io::connect() and tls::connect() throw; std::errc::timed_out;
/// protocol_error for an answer that is none or too large; std::invalid_argument for a URL or item
/// that cannot be asked for, before anything is sent.
class client {
 public:
    explicit client(client_options options = {}) : options_(std::move(options)) {}

    /// Whatever is there, read as the item's type says. The other functions are this one, and look
    /// at what came.
    [[nodiscard]] io::task<answer> fetch(location where) const;
    [[nodiscard]] io::task<answer> fetch(std::string_view url) const {
        return fetch(location::parse(url));
    }

    [[nodiscard]] io::task<gopher::menu> menu(location where) const;
    [[nodiscard]] io::task<gopher::menu> menu(std::string_view url) const {
        return menu(location::parse(url));
    }
    [[nodiscard]] io::task<gopher::menu> search(location where, std::string words) const;

    /// Lines that end in LF.
    [[nodiscard]] io::task<std::string> text(location where) const;
    [[nodiscard]] io::task<std::string> text(std::string_view url) const {
        return text(location::parse(url));
    }

    /// The same as fetch() in pieces, for what is large: its answer has no data.
    using sink = std::function<io::task<>(std::string_view piece)>;
    [[nodiscard]] io::task<answer> download(location where, sink into) const;

    /// The same for those who take the pieces: it ends when the question is sent.
    [[nodiscard]] io::task<answer_stream> open(location where) const;

    /// What Gopher+ tells of an item.
    [[nodiscard]] io::task<std::vector<attribute>> attributes(location where) const;

 private:
    [[nodiscard]] io::task<io::stream> connect(const location& where) const;
    [[nodiscard]] io::task<answer_stream> ask(location where) const;
    [[nodiscard]] io::task<answer> pass_on(location where, sink into) const;

    client_options options_;
};

}  // namespace zocalo::gopher
