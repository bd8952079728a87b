// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "zocalo/core/buffer.hpp"
#include "zocalo/gopher/engine.hpp"
#include "zocalo/gopher/types.hpp"
#include "zocalo/io/task.hpp"
#include "zocalo/serve/access_log.hpp"
#include "zocalo/serve/connection.hpp"
#include "zocalo/serve/server.hpp"
#include "zocalo/serve/web_log.hpp"
#include "zocalo/text/dot_codec.hpp"
#include "zocalo/tls/context.hpp"

/// Answering Gopher clients.
///
/// A server is a serve::handler that talk() makes of a service; serve::server, serve::fleet and
/// serve::run() do the rest, limits in time and number included.
///
///     serve::run(gopher::talk(gopher::make_folder({.path = "/srv/gopher"})), options);
namespace zocalo::gopher {

/// The one answer to a request, which a service gives through exactly one of these functions.
///
/// Throws std::system_error when the client has gone; let it pass.
class reply {
 public:
    /// `asked` says whether the answer begins with a line of Gopher+.
    reply(serve::connection& client, const request& asked) noexcept;
    reply(const reply&) = delete;
    reply& operator=(const reply&) = delete;

    /// Items, and the dot. Throws std::invalid_argument when one of them is no line.
    [[nodiscard]] io::task<> menu(const gopher::menu& items);
    /// A text, however its lines end, and the dot.
    [[nodiscard]] io::task<> text(std::string_view whole);
    /// A single item of the type error; of several lines the first one counts.
    [[nodiscard]] io::task<> error(std::string_view why);

    // --- What is too large to be in memory: begin, any number of pieces, finish.

    /// Bytes up to the end of the connection; how many there will be, if that is known.
    [[nodiscard]] io::task<> begin_bytes(std::optional<std::uint64_t> size);
    [[nodiscard]] io::task<> begin_text();
    [[nodiscard]] io::task<> write(std::string_view piece);
    [[nodiscard]] io::task<> finish();

    /// Which client it is, for services that care.
    [[nodiscard]] serve::connection& client() const noexcept { return client_; }

    // --- What became of it

    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }  ///< bytes that went out
    [[nodiscard]] bool is_error() const noexcept { return is_error_; }   ///< error() has said so
    /// It was said to its end; otherwise it was broken off.
    [[nodiscard]] bool is_whole() const noexcept { return is_whole_; }

 private:
    [[nodiscard]] io::task<> begin(std::string_view plus_line);
    [[nodiscard]] io::task<> send(std::string_view bytes);

    serve::connection& client_;
    std::uint64_t size_ = 0;
    bool is_plus_;
    bool is_text_ = false;
    bool is_error_ = false;
    bool is_whole_ = false;
    text::dot_encoder dots_;
};

/// What an application implements. Several clients may be answered at once, on several threads when
/// there are several loops.
class service {
 public:
    virtual ~service() = default;
    service(const service&) = delete;
    service& operator=(const service&) = delete;

    [[nodiscard]] virtual io::task<> answer(const request& asked, reply& to) = 0;

 protected:
    service() = default;
};

/// How a server speaks.
struct server_options {
    /// With a context: clients that begin with a TLS handshake get TLS, others do not.
    std::optional<tls::server_context> tls = std::nullopt;
    bool only_tls = false;  ///< others are turned away
    gopher::limits limits = {};
    /// A request was answered, or its answer was broken off; nothing was asked where what came was
    /// no request. Default: nothing. Must not throw.
    std::function<void(const std::optional<request>& asked, const reply& given)> answered = {};
};

/// A handler for serve::server, which talks with each client on behalf of the service.
[[nodiscard]] serve::handler talk(std::shared_ptr<service> with, server_options options = {});

/// What to tell a client before a server ends its connection, for serve::hooks::farewell: an item
/// of type 3 for a request that did not come whole, for who is turned away and for who never got a
/// place; nothing else.
[[nodiscard]] std::string farewell(serve::ending why);

/// The line of an access log: selector, the words of a search, what became of the answer (`ok`,
/// `error` or `broken`), and its size. The selector of what was no request is `-`.
[[nodiscard]] serve::log_line access_line(const std::optional<request>& asked, const reply& given);
/// The same for logs that programs for web servers read: the request is the selector, `/` for the
/// empty one, and the status 200, 404 for an error and 500 for what was broken off.
[[nodiscard]] serve::web_log_entry web_log_entry(const std::optional<request>& asked,
                                                 const reply& given);

/// A folder as a Gopher server.
struct folder_options {
    std::string path = {};  ///< the folder that is served; nothing outside of it ever is

    /// What menus say where their items are. Empty: the address and port that the client has
    /// connected to.
    std::string host = {};
    std::uint16_t port = 0;

    /// Answers searches, items of type 7: what the selector and the words lead to. None: there are
    /// no searches. It is called on the loop.
    std::function<io::task<menu>(std::string selector, std::string words)> search = {};
    /// Answers them itself, where `search` does not: with the files and folders whose names have
    /// all of the words in them, whatever their case, in the folder that the selector is or would
    /// be in, and below it. Hidden files stay hidden. The menu of the top, where it is made from
    /// the folder, begins with an item for it.
    bool search_names = false;

    // --- Limits
    std::size_t found = 200;       ///< items that a search by names gives
    std::size_t searched = 20000;  ///< files and folders that it looks at
    std::size_t items = 10000;     ///< of a menu that is made from a folder
    /// Files that are opened for such a menu because their names do not say what they are. When
    /// there are more, those are offered as binary ones.
    std::size_t looked_into = 256;
    /// Bytes of a file named gophermap, and of all that it includes, 32 at most, together.
    std::size_t menu_file = std::size_t{1024} * 1024;
};

/// Serves files, menus made from folders, and menus that files named `gophermap` describe
/// (gophermap.hpp). Throws as serve::folder does.
[[nodiscard]] std::shared_ptr<service> make_folder(const folder_options& options);

}  // namespace zocalo::gopher
