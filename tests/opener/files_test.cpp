// SPDX-License-Identifier: MIT
// file: URLs, on this machine's file system.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "support/folder.hpp"
#include "zocalo/opener/opener.hpp"

namespace {

namespace fs = std::filesystem;
namespace http = zocalo::http;
namespace url = zocalo::url;
using testing::HasSubstr;

class file_urls : public testing::Test {
 protected:
    static url::opener_options with_files() {
        url::opener_options options;
        options.files = true;
        options.names = 5;
        return options;
    }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(files.file(name), std::ios::binary) << text;
    }
    [[nodiscard]] std::string at(const std::string& name) const {
        return "file://" + files.path() + "/" + name;
    }
    std::string content(const std::string& of) { return opens.open(of).get().content().get(); }

    zocalo::tests::folder files;
    url::opener opens{with_files()};
};

TEST_F(file_urls, are_opened_when_the_options_say_so) {
    write("a.html", "<p>");
    EXPECT_EQ(content(at("a.html")), "<p>");
    url::opener careful;
    EXPECT_THROW((void)careful.open(at("a.html")).get(), std::invalid_argument);
    EXPECT_THROW((void)url::open(at("a.html")).get(), std::invalid_argument);
}

TEST_F(file_urls, say_what_is_known_of_the_file) {
    write("a.html", "<p>");
    const std::chrono::sys_seconds day = std::chrono::sys_days(std::chrono::year(1994) / 11 / 6);
    const auto when = std::chrono::file_clock::from_sys(day);
    fs::last_write_time(files.file("a.html"), when);
    const url::opened page = opens.open(at("a.html") + "#part").get();
    EXPECT_EQ(page.url(), at("a.html"));
    EXPECT_EQ(page.size(), 3U);
    EXPECT_EQ(page.fields().get("Content-Type"), "text/html");
    EXPECT_EQ(page.fields().get("Content-Length"), "3");
    EXPECT_EQ(page.fields().get("Last-Modified"), "Sun, 06 Nov 1994 00:00:00 GMT");
    http::request head;
    head.method = http::method::head;
    head.url = at("a.html");
    url::opened only = opens.open(head).get();
    EXPECT_EQ(only.fields().get("Content-Length"), "3");
    EXPECT_EQ(only.content().get(), "");
}

TEST_F(file_urls, have_large_files_in_pieces) {
    const std::string large(1'000'000, 'x');
    write("large", large);
    EXPECT_EQ(content(at("large")), large);
}

TEST_F(file_urls, have_names_with_anything_in_them) {
    write("a b?c#d%\n\xC3\xA4", "odd");
    EXPECT_EQ(content(at("a%20b%3Fc%23d%25%0A%C3%A4")), "odd");
    EXPECT_EQ(content(at("")), at("a%20b%3Fc%23d%25%0A%C3%A4") + "\r\n");
    EXPECT_EQ(content("file:" + files.path() + "/a%20b%3Fc%23d%25%0A%C3%A4"), "odd");
    EXPECT_EQ(content("FILE://LocalHost" + files.path() + "/a%20b%3Fc%23d%25%0A%C3%A4"), "odd");
}

TEST_F(file_urls, are_of_this_machine) {
    write("a", "a");
    const std::string path = files.path() + "/a";
    for (const std::string& each :
         {"file://example.org" + path, "file://127.0.0.1" + path, "file://ada@localhost" + path,
          "file://localhost:80" + path, "file://" + path + "?query", std::string("file:a"),
          "file://" + path + "%00", "file://" + files.path() + "%2Fa", std::string("file:")})
        EXPECT_THROW((void)opens.open(each).get(), std::invalid_argument) << each;
}

TEST_F(file_urls, can_only_be_read) {
    write("a", "a");
    http::request what;
    what.url = at("a");
    what.method = http::method::put;
    EXPECT_THROW((void)opens.open(what).get(), std::invalid_argument);
    what.method = http::method::get;
    what.body = http::body("a");
    EXPECT_THROW((void)opens.open(what).get(), std::invalid_argument);
}

TEST_F(file_urls, of_folders_list_what_is_in_them) {
    write("a", "a");
    write(".hidden", "b");
    fs::create_directory(files.file("sub"));
    url::opened list = opens.open("file://" + files.path()).get();
    EXPECT_EQ(list.fields().get("Content-Type"), "text/uri-list");
    EXPECT_EQ(list.content().get(),
              at(".hidden") + "\r\n" + at("a") + "\r\n" + at("sub") + "/\r\n");
    for (const char* const each : {"b", "c", "d"})
        write(each, "");
    EXPECT_THAT([&] { (void)opens.open("file://" + files.path()).get(); },
                testing::ThrowsMessage<std::system_error>(HasSubstr("more than 5")));
}

TEST_F(file_urls, of_what_is_no_file_are_refused) {
    ASSERT_EQ(::mkfifo(files.file("pipe").c_str(), 0600), 0);
    EXPECT_THROW((void)opens.open(at("pipe")).get(), std::system_error);
    EXPECT_THROW((void)opens.open("file:///dev/null").get(), std::system_error);
    EXPECT_THROW((void)opens.open(at("none")).get(), std::system_error);
}

TEST_F(file_urls, have_what_the_kernel_makes_up) {
    url::opened page = opens.open("file:///proc/self/status").get();
    EXPECT_FALSE(page.size());
    EXPECT_THAT(page.content().get(), HasSubstr("VmSize"));
}

TEST_F(file_urls, of_a_file_that_shrinks_do_not_end_as_if_it_were_whole) {
    write("large", std::string(1'000'000, 'x'));
    url::opened page = opens.open(at("large")).get();
    (void)page.read().get();
    fs::resize_file(files.file("large"), 100'000);
    EXPECT_THROW((void)page.content().get(), zocalo::protocol_error);
}

}  // namespace
