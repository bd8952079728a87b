// SPDX-License-Identifier: MIT
// Files whose names are no UTF-8, though the menus that name them are.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "support/folder.hpp"
#include "zocalo/gopher/gopher.hpp"

namespace {

using namespace std::chrono_literals;
namespace gopher = zocalo::gopher;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
using gopher::item_type;
using gopher::location;
using testing::HasSubstr;

class foreign_names : public zocalo::tests::in_every_world {
 protected:
    void SetUp() override {
        in_every_world::SetUp();
        write("K\xC3\xB6ln.txt", "UTF-8");
        write("K\xF6ln.txt", "Latin-1");
        write("100%.txt", "all");
        write("K%F6.txt", "an escape");
        std::filesystem::create_directory(files_.file("50% \xFF"));
        write("50% \xFF/one.txt", "one");
        std::filesystem::create_directory(files_.file("\xFEmap"));
        write("\xFEmap/gophermap", "0One\tone.txt\n");
        write("\xFEmap/one.txt", "mapped");
        write(".\xFF.txt", "hidden");
    }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(files_.file(name), std::ios::binary) << text;
    }
    void with_server(io::task<> (*client)(location here)) {
        serve::server server(gopher::talk(gopher::make_folder({.path = files_.path()})),
                             {.limits = {.linger = 1s}});
        run(zocalo::tests::with_server(server, [&](serve::server&, net::endpoint where) {
            return client({.host = where.ip().to_string(), .port = where.port()});
        }));
    }

 private:
    zocalo::tests::folder files_;
};

/// What is in a menu: names and selectors, and what each leads to.
io::task<std::string> look_through(location here, location menu) {
    const gopher::client client;
    std::string all;
    io::task<gopher::menu> opening = client.menu(std::move(menu));
    const gopher::menu items = co_await std::move(opening);
    for (const gopher::item& each : items) {
        all += each.name + ' ' + each.selector;
        if (each.type == item_type::text) {
            io::task<std::string> reading = client.text(here.of(each));
            const std::string text = co_await std::move(reading);
            all += " = " + text;
        } else {
            io::task<std::string> looking = look_through(here, here.of(each));
            const std::string below = co_await std::move(looking);
            all += ":\n" + below;
        }
    }
    co_return all;
}

io::task<> follow(location here) {
    io::task<std::string> looking = look_through(here, here);
    const std::string all = co_await std::move(looking);
    EXPECT_EQ(all,
              "50% \uFFFD /50%25 %FF:\n"
              "one.txt /50%25 %FF/one.txt = one\n"
              "\uFFFDmap /%FEmap:\n"
              "One /%FEmap/one.txt = mapped\n"
              "100%.txt /100%.txt = all\n"
              "K%F6.txt /K%F6.txt = an escape\n"
              "K\u00F6ln.txt /K\u00F6ln.txt = UTF-8\n"
              "K\uFFFDln.txt /K%F6ln.txt = Latin-1\n");
}

TEST_P(foreign_names, are_shown_in_utf_8_and_lead_to_their_files) {
    with_server(follow);
}

io::task<std::string> get(location where, std::string selector) {
    const gopher::client client;
    where.type = item_type::text;
    where.request.selector = std::move(selector);
    io::task<gopher::answer> asking = client.fetch(std::move(where));
    const gopher::answer got = co_await std::move(asking);
    co_return got.data;
}

struct question {
    std::string selector;
    std::string answer;
};

/// The bytes themselves are a selector, too; nothing that needs no escape has a second one.
io::task<> ask_for_each(location here) {
    const std::string nothing = "there is no ";
    const std::vector<question> all{{"/K\xF6ln.txt", "Latin-1"},
                                    {"/K%f6ln.txt", "Latin-1"},
                                    {"/50% \xFF/one.txt", "one"},
                                    {"/K%F6.txt", "an escape"},
                                    {"/K%C3%B6ln.txt", nothing},
                                    {"/100%25.txt", nothing},
                                    {"/.%FF.txt", nothing},
                                    {"/%2E%FF.txt", nothing},
                                    {"/K%F6ln.txt%00", nothing},
                                    {"/K%F6ln.txt%0A", nothing},
                                    {"/%FF/../K%C3%B6ln.txt", nothing},
                                    {"/%FEmap/..%2F..%2Fetc/passwd", nothing}};
    for (const question& each : all) {
        io::task<std::string> asking = get(here, each.selector);
        const std::string got = co_await std::move(asking);
        EXPECT_THAT(got, HasSubstr(each.answer)) << each.selector;
    }
}

TEST_P(foreign_names, have_one_escape_and_no_other) {
    with_server(ask_for_each);
}

io::task<> ask_for_attributes(location here) {
    const gopher::client client;
    here.request.selector = "/50%25 %FF";
    here.request.plus = "$";
    io::task<gopher::answer> asking = client.fetch(here);
    const gopher::answer entries = co_await std::move(asking);
    EXPECT_THAT(entries.data, HasSubstr("+INFO: 0one.txt\t/50%25 %FF/one.txt\t"));
    here.request.plus = "!";
    asking = client.fetch(here);
    const gopher::answer folder = co_await std::move(asking);
    EXPECT_THAT(folder.data, HasSubstr("+INFO: 150% \uFFFD\t/50%25 %FF\t"));
}

TEST_P(foreign_names, stand_in_attributes_likewise) {
    with_server(ask_for_attributes);
}

ZOCALO_IN_EVERY_WORLD(foreign_names);

}  // namespace
