// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zocalo/url/uri.hpp"

/// The nouns of Gopher (RFC 1436): items, menus, requests, and where they lead.
namespace zocalo::gopher {

/// What an item is: the letter in front of it. Any letter may come; these are those that mean
/// something to somebody.
enum class item_type : char {
    text = '0',
    menu = '1',
    phone_book = '2',  ///< a CSO server
    error = '3',
    binhex = '4',
    dos_archive = '5',
    uuencoded = '6',
    search = '7',  ///< a menu that answers a question
    telnet = '8',
    binary = '9',
    duplicate = '+',  ///< another server for the item before it
    gif = 'g',
    image = 'I',
    tn3270 = 'T',
    // Not in the RFC, but in use.
    info = 'i',  ///< a line of text in a menu, which leads nowhere
    html = 'h',  ///< a page; or any URL, when the selector begins with `URL:`
    sound = 's',
    document = 'd',
    calendar = 'c',
    mime = 'M',
    video = ';',
    bitmap = ':',      ///< Gopher+
    sound_plus = '<',  ///< Gopher+
    person = 'w',      ///< whois
    event = 'e',
};

/// "menu", "text"; "type X" for a letter that means nothing here.
[[nodiscard]] std::string to_text(item_type type);

/// How what an item stands for comes over the line (RFC 1436 §3.8).
enum class transfer : std::uint8_t {
    nothing,  ///< it cannot be asked for: information, errors, telnet sessions
    menu,     ///< lines that are items, and a dot
    text,     ///< lines, and a dot
    bytes,    ///< anything, up to the end of the connection
};
[[nodiscard]] transfer transfer_of(item_type type) noexcept;

/// A line of a menu.
struct item {
    item_type type = item_type::info;
    std::string name = {};      ///< for people
    std::string selector = {};  ///< for the server, which alone knows what it means
    std::string host = {};
    std::uint16_t port = 70;
    bool is_plus = false;  ///< the server knows more about it: see attributes in client.hpp

    /// The URL that an `h` item with `URL:` leads to.
    [[nodiscard]] std::optional<std::string_view> external_url() const noexcept;

    friend bool operator==(const item&, const item&) = default;
};

/// Items in their order.
using menu = std::vector<item>;

/// A line of information.
[[nodiscard]] item info(std::string_view text);

/// The line that a server sends for an item, without its end. Throws std::invalid_argument when a
/// part has a TAB, CR, LF or NUL in it.
[[nodiscard]] std::string to_line(const item& from);
/// Reads any line as real servers send them: missing parts are empty, a port that is none is 70,
/// and a line without a TAB is one of information. Nothing for an empty line.
[[nodiscard]] std::optional<item> parse_item(std::string_view line);

/// A menu from its lines, which end in LF or CR LF. Throws protocol_error beyond `most` items.
[[nodiscard]] menu parse_menu(std::string_view text, std::size_t most = 100000);

/// Whether an answer that begins like this is an error: servers answer with a menu of one item of
/// type 3, whatever was asked for. The first line is enough.
[[nodiscard]] bool is_error_answer(std::string_view begin);

/// What a client asks for: its one line.
struct request {
    std::string selector = {};
    std::optional<std::string> search = std::nullopt;  ///< the words for a search
    /// Gopher+: `+` for an item with its length, `!` for what there is to know about it, `$` for
    /// that of all items of a menu.
    std::optional<std::string> plus = std::nullopt;

    friend bool operator==(const request&, const request&) = default;
};

/// Where an item is, and how to ask for it: what a gopher URL says (RFC 4266).
struct location {
    std::string host = {};  ///< without brackets
    std::uint16_t port = 70;
    item_type type = item_type::menu;
    gopher::request request = {};
    bool secure = false;  ///< `gophers`: TLS

    /// Reads `gopher://host:port/TYPEselector%09search%09plus`. Throws std::invalid_argument for
    /// other schemes, for a URL without a host, and for bytes that would end the line.
    static location parse(std::string_view url);
    static location from(const url::uri& url);
    /// Where an item of a menu leads that came from here.
    [[nodiscard]] location of(const item& which) const;

    [[nodiscard]] url::uri to_uri() const;

    friend bool operator==(const location&, const location&) = default;
};

/// The URL.
std::ostream& operator<<(std::ostream& out, const location& value);

}  // namespace zocalo::gopher
