// SPDX-License-Identifier: MIT
// Our client with our server, in every world.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "support/folder.hpp"
#include "support/opened_files.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/gopher/gopher.hpp"
#include "zocalo/tls/credentials.hpp"

namespace {

using namespace std::chrono_literals;
namespace gopher = zocalo::gopher;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace tls = zocalo::tls;
using gopher::item_type;
using gopher::location;
using testing::HasSubstr;
using testing::StartsWith;
using zocalo::tests::read_all;

class dialogues : public zocalo::tests::in_every_world {
 protected:
    void SetUp() override {
        in_every_world::SetUp();
        std::filesystem::create_directory(files.file("docs"));
        write("readme.txt", "Hello\n.dot\nlast");
        write("picture.png", std::string("\x89PNG\0\r\n.\r\n", 10));
        write("large.bin", std::string(300'000, 'x'));
        write("docs/gophermap", "Welcome\n0Up\t/readme.txt\n");
        write(".secret", "secret");
    }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(files.file(name), std::ios::binary) << text;
    }

    [[nodiscard]] gopher::folder_options options() const {
        return {.path = files.path(),
                .search = [](std::string selector, std::string words) -> io::task<gopher::menu> {
                    gopher::menu found;
                    found.push_back(gopher::info(selector + " for " + words));
                    co_return found;
                }};
    }

    /// Runs clients beside a server of the folder.
    template <class Client>
    void with_server(Client client, gopher::server_options how = {}) {
        serve::server server(gopher::talk(gopher::make_folder(options()), std::move(how)),
                             {.limits = {.linger = 1s}});
        const auto body = [&](serve::server&, net::endpoint where) { return client(where); };
        run(zocalo::tests::with_server(server, body));
    }

    zocalo::tests::folder files;
};

location at(net::endpoint where, item_type type, std::string selector, bool secure = false) {
    return {.host = where.ip().to_string(),
            .port = where.port(),
            .type = type,
            .request = {.selector = std::move(selector)},
            .secure = secure};
}

std::string names_of(const gopher::menu& items) {
    std::string names;
    for (const auto& each : items)
        (names += static_cast<char>(each.type)) += each.name + ' ' + each.selector + '\n';
    return names;
}

io::task<> browse(net::endpoint where) {
    const gopher::client client;
    const location here = at(where, item_type::menu, "");
    const gopher::menu top = co_await client.menu(here);
    EXPECT_EQ(names_of(top),
              "1docs /docs\n"
              "9large.bin /large.bin\n"
              "Ipicture.png /picture.png\n"
              "0readme.txt /readme.txt\n");
    EXPECT_EQ(top.front().host, "127.0.0.1");
    EXPECT_EQ(top.front().port, where.port());
    EXPECT_TRUE(top.front().is_plus);

    const gopher::menu docs = co_await client.menu(here.of(top.front()));
    EXPECT_EQ(names_of(docs), "iWelcome \n0Up /readme.txt\n");
    const location readme = here.of(docs.back());
    const std::string text = co_await client.text(readme);
    EXPECT_EQ(text, "Hello\n.dot\nlast\n");
    const gopher::answer whole = co_await client.fetch(readme);
    EXPECT_TRUE(whole.complete);
    const location image = at(where, item_type::image, "picture.png");
    const gopher::answer picture = co_await client.fetch(image);
    EXPECT_EQ(picture.data, std::string("\x89PNG\0\r\n.\r\n", 10));
    EXPECT_FALSE(picture.complete);  // nobody can know
}

TEST_P(dialogues, show_menus_texts_and_files) {
    with_server(browse);
}

io::task<> expect_none(const gopher::client& client, net::endpoint where, std::string selector) {
    const location there = at(where, item_type::menu, selector);
    const gopher::menu said = co_await client.menu(there);
    EXPECT_EQ(said.size(), 1U) << selector;
    EXPECT_EQ(said.front().type, item_type::error);
    EXPECT_EQ(said.front().name, "there is no " + selector);
}

io::task<> ask_for_what_is_not_there(net::endpoint where) {
    const gopher::client client;
    co_await expect_none(client, where, "/missing");
    co_await expect_none(client, where, "/.secret");
    co_await expect_none(client, where, "/../x");
    co_await expect_none(client, where, "docs/../..");
    co_await expect_none(client, where, "/readme.txt/x");
    co_await expect_none(client, where, "/readme.txt/");  // a file is no folder
    const location file = at(where, item_type::text, "caps.txt");
    const std::string caps = co_await client.text(file);
    EXPECT_THAT(caps, HasSubstr("CAPS\n\nCapsVersion=1\n"));
}

TEST_P(dialogues, tell_what_is_not_there) {
    with_server(ask_for_what_is_not_there);
}

io::task<> look_for(net::endpoint where) {
    const gopher::client client;
    const location here = at(where, item_type::menu, "/find");
    const gopher::menu found = co_await client.search(here, "a b");
    EXPECT_EQ(names_of(found), "i/find for a b \n");
}

TEST_P(dialogues, answer_searches) {
    with_server(look_for);
}

io::task<gopher::answer> fetch_plus(net::endpoint where, std::string selector, std::string plus) {
    const gopher::client client;
    location there = at(where, item_type::menu, std::move(selector));
    there.request.plus = std::move(plus);
    co_return co_await client.fetch(there);
}

io::task<> ask_with_plus(net::endpoint where) {
    const gopher::client client;
    const location file = at(where, item_type::text, "/large.bin");
    const auto known = co_await client.attributes(file);
    EXPECT_EQ(known.size(), 3U);
    EXPECT_EQ(known.at(0).name, "INFO");
    EXPECT_THAT(known.at(0).value, HasSubstr("9large.bin\t/large.bin\t127.0.0.1\t"));
    EXPECT_EQ(known.at(2).lines.at(0), "application/octet-stream: <293k>");

    const gopher::answer whole = co_await fetch_plus(where, "/large.bin", "+");
    EXPECT_EQ(whole.data, std::string(300'000, 'x'));
    EXPECT_TRUE(whole.complete);
    const gopher::answer blocks = co_await fetch_plus(where, "", "$");
    EXPECT_EQ(gopher::parse_attributes(blocks.data).size(), 12U);
    for (const auto mark : {"+", "!", "$"}) {
        const gopher::answer error = co_await fetch_plus(where, "/missing", mark);
        EXPECT_TRUE(error.is_error);
        EXPECT_EQ(error.data, "1 unknown\nthere is no /missing\n");
    }
}

TEST_P(dialogues, know_more_with_gopher_plus) {
    with_server(ask_with_plus);
}

io::task<> look_at_folder(net::endpoint where, const zocalo::tests::opened_files& opened) {
    const gopher::client client;
    const location here = at(where, item_type::menu, "");
    const gopher::menu top = co_await client.menu(here);
    EXPECT_EQ(top.size(), 5U);
    EXPECT_THAT(names_of(top), HasSubstr("0NOTES /NOTES\n"));
    EXPECT_THAT(opened.names(), testing::ElementsAre("NOTES"));
    const gopher::answer blocks = co_await fetch_plus(where, "", "$");
    EXPECT_EQ(gopher::parse_attributes(blocks.data).size(), 15U);
    EXPECT_THAT(opened.names(), testing::ElementsAre("NOTES"));
}

/// A folder is shown by everybody who asks: it must not cost an open for each entry.
TEST_P(dialogues, open_only_what_has_no_ending) {
    write("NOTES", "what is this?");
    const zocalo::tests::opened_files opened(files.path());
    with_server([&](net::endpoint where) { return look_at_folder(where, opened); });
}

TEST_P(dialogues, open_no_more_than_a_few_files_for_a_menu) {
    for (int i = 0; i < 300; ++i)
        write("file" + std::to_string(i), "x");
    const zocalo::tests::opened_files opened(files.path());
    const auto body = [](net::endpoint where) -> io::task<> {
        const gopher::client client;
        const location here = at(where, item_type::menu, "");
        const gopher::menu top = co_await client.menu(here);
        EXPECT_EQ(top.size(), 304U);
    };
    with_server(body);
    EXPECT_EQ(opened.names().size(), gopher::folder_options().looked_into);
}

io::task<> follow_url(net::endpoint where) {
    const gopher::client client;
    for (const std::string before : {"", "/"}) {
        const location there =
            at(where, item_type::html, before + "URL:https://example.org/?a=\"b\"&c=<d>");
        const gopher::answer page = co_await client.fetch(there);
        EXPECT_THAT(page.data, StartsWith("<!DOCTYPE html>"));
        EXPECT_THAT(page.data,
                    HasSubstr("<a href=\"https://example.org/?a=&quot;b&quot;&amp;c=&lt;d&gt;\">"));
    }
    for (const std::string url : {"javascript:alert(1)", "data:text/html,x", "nothing", ""}) {
        const location bad = at(where, item_type::html, "URL:" + url);
        const gopher::answer page = co_await client.fetch(bad);
        EXPECT_THAT(page.data, StartsWith("3there is no")) << url;
    }
}

/// Clients that do not know what `URL:` means ask the server for it.
TEST_P(dialogues, lead_old_clients_to_other_protocols) {
    with_server(follow_url);
}

io::task<bool> is_refused(const gopher::client& client, location where) {
    try {
        const gopher::answer got = co_await client.fetch(std::move(where));
        co_return false;
    } catch (const zocalo::protocol_error&) {
        co_return true;
    }
}

io::task<> add_size(std::size_t& bytes, std::string_view piece) {
    bytes += piece.size();
    co_return;
}

io::task<> fetch_in_pieces(net::endpoint where) {
    const gopher::client client;
    const location large = at(where, item_type::binary, "/large.bin");
    std::size_t bytes = 0;
    const gopher::client::sink count = [&](std::string_view piece) {
        return add_size(bytes, piece);
    };
    io::task<gopher::answer> fetching = client.download(large, count);
    const gopher::answer ended = co_await std::move(fetching);
    EXPECT_FALSE(ended.complete);
    EXPECT_FALSE(ended.is_error);
    EXPECT_EQ(ended.data, "");
    EXPECT_EQ(bytes, 300'000U);
    gopher::client_options modest;
    modest.limits.answer = 1000;
    const gopher::client small(modest);
    const bool refused = co_await is_refused(small, large);
    EXPECT_TRUE(refused);
}

TEST_P(dialogues, are_as_large_as_they_may) {
    with_server(fetch_in_pieces);
}

io::task<std::string> say(net::endpoint where, std::string what) {
    io::stream server = co_await io::connect(where);
    co_await server.write(what);
    co_await server.finish();
    co_return co_await read_all(server);
}

io::task<> talk_nonsense(net::endpoint where) {
    EXPECT_EQ(co_await say(where, ""), "");
    EXPECT_EQ(co_await say(where, "/readme"), "");
    EXPECT_EQ(co_await say(where, "/readme.txt\n"), "Hello\r\n..dot\r\nlast\r\n.\r\n");
    const std::string endless(5000, 'x');
    EXPECT_THAT(co_await say(where, endless), StartsWith("3more than 4096 bytes without"));
    EXPECT_THAT(co_await say(where, "a\rb\r\n"), StartsWith("3a NUL or CR in the request"));
    EXPECT_THAT(co_await say(where, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"),
                StartsWith("3there is no GET / HTTP/1.1"));
}

TEST_P(dialogues, survive_nonsense) {
    with_server(talk_nonsense);
}

io::task<> ask_with_tls(net::endpoint where, tls::trust trust) {
    tls::client_options secure;
    secure.trust = std::move(trust);
    gopher::client_options options;
    options.tls = tls::client_context(secure);
    const gopher::client client(options);
    const location secret = at(where, item_type::text, "readme.txt", true);
    const std::string text = co_await client.text(secret);
    EXPECT_EQ(text, "Hello\n.dot\nlast\n");
    const gopher::client careless;
    const location open = at(where, item_type::menu, "");
    const gopher::menu said = co_await careless.menu(open);
    EXPECT_EQ(names_of(said), "3this server wants TLS \n");
}

TEST_P(dialogues, may_be_secret) {
    const auto ourselves = tls::development_certificate({"127.0.0.1"});
    tls::server_options secret;
    secret.credentials = ourselves;
    const tls::server_context context(secret);
    const tls::trust trust{.authorities = {ourselves.certificate()}};
    const auto client = [&](net::endpoint where) { return ask_with_tls(where, trust); };
    with_server(client, {.tls = context, .only_tls = true});
}

ZOCALO_IN_EVERY_WORLD(dialogues);

TEST(farewell, is_an_item_that_says_why) {
    const std::string said = gopher::farewell(serve::ending::never_served);
    EXPECT_THAT(said, StartsWith("3the server has no place for you\t"));
    EXPECT_THAT(said, testing::EndsWith("\r\n.\r\n"));
    EXPECT_EQ(gopher::farewell(serve::ending::idle), "");
}

TEST(client, asks_for_nothing_that_is_not_gopher) {
    const gopher::client client;
    for (const auto port : {25, 6379, 110}) {
        const location there{.host = "127.0.0.1", .port = static_cast<std::uint16_t>(port)};
        EXPECT_THROW((void)client.menu(there).get(), std::invalid_argument);
    }
    EXPECT_THROW((void)client.fetch("gopher://127.0.0.1/8telnet").get(), std::invalid_argument);
    EXPECT_THROW((void)client.fetch("gopher://127.0.0.1/0a%0Ab"), std::invalid_argument);
    const location split{.host = "127.0.0.1", .request = {.selector = "a\r\nb"}};
    EXPECT_THROW((void)client.text(split).get(), std::invalid_argument);
}

}  // namespace
