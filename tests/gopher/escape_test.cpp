// SPDX-License-Identifier: MIT
// Nobody reads outside of a served folder, however a selector is written and whatever a link in the
// folder does meanwhile.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "serve/dialogue.hpp"
#include "support/escaping_names.hpp"
#include "support/folder.hpp"
#include "zocalo/gopher/gopher.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/url/quote.hpp"

namespace {

namespace files = std::filesystem;
namespace gopher = zocalo::gopher;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
using testing::HasSubstr;
using testing::Not;

io::task<std::string> ask(net::endpoint where, std::string line) {
    io::stream server = co_await io::connect(where);
    co_await server.write(line);
    io::task<std::string> reading = zocalo::tests::read_all(server);
    std::string said = co_await std::move(reading);
    co_return said;
}

/// Each name as it is and without its escapes, as a file, a menu of Gopher+ and its attributes.
io::task<> ask_for_all(net::endpoint where) {
    std::size_t number = 0;
    for (const std::string& name : zocalo::tests::names_that_lead_out()) {
        const std::string plain = zocalo::url::unquote(name);
        const bool is_line = plain.find('\0') == std::string::npos;  // else it is refused
        for (const std::string& selector : {name, is_line ? plain : name.substr(1)}) {
            const char* const ends[] = {"\r\n", "\t+\r\n", "\t!\r\n", "\t$\r\n"};
            const std::string line = selector + ends[number++ % 4];
            io::task<std::string> asking = ask(where, line);
            const std::string said = co_await std::move(asking);
            EXPECT_THAT(said, Not(HasSubstr("the secret"))) << line;
            EXPECT_THAT(said, Not(HasSubstr("\n0secret.txt\t"))) << line;
            EXPECT_FALSE(said.empty()) << line;
        }
    }
    io::task<std::string> asking = ask(where, "/hello.txt\r\n");
    const std::string said = co_await std::move(asking);
    EXPECT_EQ(said, "hello\r\n.\r\n");
}

TEST(escape, nobody_reads) {
    const zocalo::tests::folder parent;
    const files::path root = parent.file("root");
    files::create_directories(root / "a/b");
    std::ofstream(root / "hello.txt") << "hello\n";
    std::ofstream(parent.file("secret.txt")) << "the secret";
    const zocalo::tests::racing_link link(root);
    serve::server server(gopher::talk(gopher::make_folder({.path = root})),
                         {.limits = {.linger = std::chrono::seconds(10)}});
    io::loop loop;
    loop.run(zocalo::tests::with_server(
        server, [](serve::server&, net::endpoint where) { return ask_for_all(std::move(where)); }));
}

}  // namespace
