// SPDX-License-Identifier: MIT
// Searches over the names in a folder, and menus that take lines from elsewhere in it.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "serve/dialogue.hpp"
#include "support/folder.hpp"
#include "zocalo/gopher/gopher.hpp"
#include "zocalo/io/loop.hpp"

namespace {

namespace gopher = zocalo::gopher;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
using testing::ElementsAre;

io::task<> ask(net::endpoint where, std::string what, std::string& hears) {
    io::stream server = co_await io::connect(where);
    co_await server.write(what);
    co_await server.finish();
    io::task<std::string> reading = zocalo::tests::read_all(server);
    hears = co_await std::move(reading);
}

class burrow : public testing::Test {
 protected:
    void SetUp() override {
        options.path = files.file("served");
        options.search_names = true;
        std::filesystem::create_directories(options.path + "/docs/deep");
        write("served/Report one.txt");
        write("served/docs/report-two.md");
        write("served/docs/deep/REPORT");
        write("served/docs/.report-hidden");
        write("report-outside.txt");
        std::filesystem::create_directory_symlink("..", options.path + "/docs/up");
        std::filesystem::create_directory_symlink("../..", options.path + "/docs/out");
    }
    void write(const std::string& name, const std::string& text = "text\n") const {
        std::ofstream(files.file(name), std::ios::binary) << text;
    }
    /// Type and selector of each line of the answer, or its text.
    [[nodiscard]] std::vector<std::string> menu_for(const std::string& line) const {
        std::string hears;
        serve::server running(gopher::talk(gopher::make_folder(options)));
        io::loop loop;
        loop.run(zocalo::tests::with_server(running, [&](serve::server&, net::endpoint where) {
            return ask(where, line + "\r\n", hears);
        }));
        std::vector<std::string> all;
        EXPECT_TRUE(hears.ends_with(".\r\n")) << hears;
        if (hears.size() < 3) return all;
        for (const gopher::item& each : gopher::parse_menu(hears.substr(0, hears.size() - 3))) {
            const std::string type(1, static_cast<char>(each.type));
            all.push_back(type + (type == "i" || type == "3" ? each.name : each.selector));
        }
        return all;
    }

    zocalo::tests::folder files;
    gopher::folder_options options;
};

TEST_F(burrow, finds_names_in_the_folder_and_below) {
    std::filesystem::remove(options.path + "/docs/up");
    const std::vector<std::string> all{"0/Report one.txt", "0/docs/report-two.md",
                                       "0/docs/deep/REPORT"};
    EXPECT_EQ(menu_for("/\trePORT"), all);
    EXPECT_EQ(menu_for("/find\treport"), all);
    EXPECT_THAT(menu_for("/docs/find\treport"),
                ElementsAre("0/docs/report-two.md", "0/docs/deep/REPORT"));
    EXPECT_THAT(menu_for("/\tone  report "), ElementsAre("0/Report one.txt"));
    EXPECT_THAT(menu_for("/\tdeep"), ElementsAre("1/docs/deep"));
    EXPECT_THAT(menu_for("/\thidden"), ElementsAre("iNothing has such a name"));
    EXPECT_THAT(menu_for("/../\toutside"), ElementsAre("iNothing has such a name"));
    EXPECT_THAT(menu_for("/\t "), ElementsAre("iWords of a name are missing"));
}

TEST_F(burrow, ends_where_links_lead_in_circles) {
    options.found = 3;
    EXPECT_EQ(menu_for("/\treport").back(), "iThere is more: give more words");
    options.found = 200;
    options.searched = 10;
    EXPECT_EQ(menu_for("/\tnowhere").back(), "iThere is more than can be searched");
}

TEST_F(burrow, offers_its_search_when_asked_to) {
    EXPECT_EQ(menu_for("").front(), "7/");
    options.search_names = false;
    EXPECT_EQ(menu_for("").front(), "1/docs");
    EXPECT_EQ(menu_for("/find\treport").front(), "3there is no /find");
}

TEST_F(burrow, has_menus_that_include_files_and_what_is_there) {
    write("served/docs/gophermap",
          "!Papers\n# nobody sees this\n0The second\treport-two.md\n=common.txt\n=none\n=../x\n"
          "=../../report-outside.txt\n*\nnever shown\n");
    write("served/docs/common.txt", "from a file\n");
    EXPECT_THAT(menu_for("/docs"), ElementsAre("iPapers", "0/docs/report-two.md", "ifrom a file",
                                               "i=none", "i=../x", "i=../../report-outside.txt",
                                               "1/docs/deep", "1/docs/up", "0/docs/common.txt"));
}

TEST_F(burrow, has_menus_that_end_though_they_include_themselves) {
    write("served/docs/gophermap", "again\n=gophermap\n");
    EXPECT_EQ(menu_for("/docs").size(), 34);  // 33 times, and the line that includes no more
    options.menu_file = 40;
    EXPECT_EQ(menu_for("/docs").size(), 4);
}

}  // namespace
