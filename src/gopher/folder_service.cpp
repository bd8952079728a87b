// SPDX-License-Identifier: MIT
// Answers from a folder. What asks the file system runs on another thread; what talks runs here.
#include "gopher/folder.hpp"
#include "gopher/redirect.hpp"
#include "zocalo/io/blocking.hpp"

namespace zocalo::gopher {

namespace {

constexpr std::size_t piece_size = std::size_t{64} * 1024;

constexpr std::string_view caps =
    "CAPS\n\n"
    "CapsVersion=1\n"
    "ExpireCapsAfter=3600\n"
    "PathDelimeter=/\n"  // the word is misspelt in the format
    "PathIdentity=.\n"
    "PathParent=..\n"
    "PathParentDouble=FALSE\n"
    "PathKeepPreDelimeter=FALSE\n"
    "ServerSoftware=zocalo\n"
    "ServerDefaultEncoding=UTF-8\n";

class folder_service final : public service {
 public:
    explicit folder_service(const folder_options& options)
        : options_(options), view_(std::make_shared<const folder_view>(options)) {}

    io::task<> answer(const request& asked, reply& to) override;

 private:
    io::task<> answer_file(const found_entry& found, reply& to) const;
    io::task<> answer_menu(std::string folder, reply& to) const;
    io::task<> answer_search(const request& asked, reply& to) const;
    io::task<> answer_names(const request& asked, reply& to) const;
    io::task<> answer_attributes(const request& asked, reply& to) const;
    io::task<> answer_nothing(std::string selector, reply& to) const;

    /// Where the client thinks that we are, unless we are told to know better.
    [[nodiscard]] folder_view::place place_of(reply& to) const {
        const net::endpoint here = to.client().local_endpoint();
        const std::string address = here.is_inet() ? here.ip().to_string() : "localhost";
        const std::uint16_t port = here.is_inet() ? here.port() : std::uint16_t{70};
        return {options_.host.empty() ? address : options_.host,
                options_.port == 0 ? port : options_.port};
    }

    folder_options options_;
    std::shared_ptr<const folder_view> view_;
};

io::task<> folder_service::answer(const request& asked, reply& to) {
    const bool wants_attributes =
        asked.plus && (asked.plus->starts_with('!') || asked.plus->starts_with('$'));
    if (asked.search && options_.search) {
        co_await answer_search(asked, to);
        co_return;
    }
    if (wants_attributes) {
        co_await answer_attributes(asked, to);
        co_return;
    }
    const bool is_search = asked.search && options_.search_names;
    if (is_search) {
        co_await answer_names(asked, to);
        co_return;
    }
    const auto find = [view = view_, selector = asked.selector] { return view->find(selector); };
    const std::optional<found_entry> found = co_await io::spawn_blocking(find);
    if (!found) {
        co_await answer_nothing(asked.selector, to);
    } else if (found->opened.about().is_folder()) {
        co_await answer_menu(found->path, to);
    } else {
        co_await answer_file(*found, to);
    }
}

io::task<> folder_service::answer_search(const request& asked, reply& to) const {
    const menu results = co_await options_.search(asked.selector, *asked.search);
    co_await to.menu(results);
}

/// Files that are there may be asked for with words, too: they mean nothing to them.
io::task<> folder_service::answer_names(const request& asked, reply& to) const {
    const auto find = [view = view_, selector = asked.selector] { return view->find(selector); };
    const std::optional<found_entry> found = co_await io::spawn_blocking(find);
    const bool is_file = found && !found->opened.about().is_folder();
    if (is_file) {
        co_await answer_file(*found, to);
        co_return;
    }
    const auto make = [view = view_, asked, where = place_of(to)] {
        return view->search(asked.selector, *asked.search, where);
    };
    const menu results = co_await io::spawn_blocking(make);
    co_await to.menu(results);
}

io::task<> folder_service::answer_menu(std::string folder, reply& to) const {
    const auto make = [view = view_, folder, where = place_of(to)] {
        return view->menu_of(folder, where);
    };
    const menu items = co_await io::spawn_blocking(make);
    co_await to.menu(items);
}

/// A file that shrinks meanwhile breaks the connection off: there is no other way to say so.
io::task<> folder_service::answer_file(const found_entry& found, reply& to) const {
    if (transfer_of(found.type) == transfer::text) {
        co_await to.begin_text();
    } else {
        co_await to.begin_bytes(found.opened.about().size);
    }
    std::string piece(piece_size, '\0');
    const auto read_next = [&piece, &found](std::uint64_t from) {
        return [&piece, &found, from] { return found.opened.read_at(from, piece); };
    };
    for (std::uint64_t at = 0; at < found.opened.about().size;) {
        const auto read = read_next(at);
        const std::size_t got = co_await io::spawn_blocking(read);
        if (got == 0) throw std::runtime_error("a file has become shorter while it was sent");
        const std::uint64_t left = found.opened.about().size - at;
        const std::string_view part = std::string_view(piece).substr(0, got);
        co_await to.write(part.substr(0, left));
        at += got;
    }
    co_await to.finish();
}

io::task<> folder_service::answer_attributes(const request& asked, reply& to) const {
    const auto make = [view = view_, asked, where = place_of(to)] {
        std::string text;
        if (asked.plus->starts_with('$')) text = view->attributes_of_entries(asked.selector, where);
        return text.empty() ? view->attributes_of(asked.selector, where) : text;
    };
    const std::string text = co_await io::spawn_blocking(make);
    if (text.empty()) {
        co_await answer_nothing(asked.selector, to);
    } else {
        co_await to.text(text);
    }
}

io::task<> folder_service::answer_nothing(std::string selector, reply& to) const {
    const std::string page = redirect_page(selector);
    if (selector == "caps.txt" || selector == "/caps.txt") {
        co_await to.text(caps);
    } else if (!page.empty()) {
        co_await to.begin_bytes(page.size());
        co_await to.write(page);
        co_await to.finish();
    } else {
        const std::string why = "there is no " + selector;
        co_await to.error(why);
    }
}

}  // namespace

std::shared_ptr<service> make_folder(const folder_options& options) {
    return std::make_shared<folder_service>(options);
}

}  // namespace zocalo::gopher
