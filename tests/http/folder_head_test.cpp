// SPDX-License-Identifier: MIT
// What a folder's responses say of its files when the same service is asked more than once.
#include <gmock/gmock.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

#include "http/site_under_test.hpp"
#include "support/folder.hpp"
#include "zocalo/http/folder.hpp"

namespace {

namespace files = std::filesystem;
namespace http = zocalo::http;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

class folder_head : public testing::Test {
 protected:
    /// As one that has been there for an hour, so that nothing keeps it from being remembered.
    void write(const std::string& name, const std::string& text, int minutes = 60) const {
        std::ofstream(root_.file(name), std::ios::binary) << text;
        files::last_write_time(root_.file(name), now_ - std::chrono::minutes(minutes));
    }
    void serve(const http::folder_options& options = {}) {
        http::folder_options made = options;
        made.path = root_.path();
        http::add_folder(site_.routes, made);
    }
    /// Without its date.
    [[nodiscard]] std::string get(const std::string& name, const std::string& fields = {}) const {
        std::string said =
            zocalo::tests::ask_site(site_, "GET /" + name + " HTTP/1.1\r\nHost: a\r\n" + fields +
                                               "Connection: close\r\n\r\n");
        const std::size_t date = said.find("\r\nDate: ");
        return said.erase(date, said.find("\r\n", date + 2) - date);
    }

    const zocalo::tests::folder root_;
    const files::file_time_type now_ = files::file_time_type::clock::now();
    http::site site_;
};

std::string line_of(const std::string& answer, const std::string& name) {
    const std::size_t at = answer.find("\r\n" + name + ": ");
    return at == std::string::npos ? "" : answer.substr(at + 2, answer.find('\r', at + 2) - at - 2);
}

TEST_F(folder_head, is_that_of_the_file_as_it_is_now) {
    write("a.txt", "old");
    serve();
    const std::string first = get("a.txt");
    EXPECT_EQ(get("a.txt"), first);
    write("a.txt", "new", 30);
    const std::string second = get("a.txt");
    EXPECT_THAT(second, EndsWith("new"));
    EXPECT_NE(line_of(second, "ETag"), line_of(first, "ETag"));
    EXPECT_NE(line_of(second, "Last-Modified"), line_of(first, "Last-Modified"));
    EXPECT_EQ(line_of(second, "Content-Type"), line_of(first, "Content-Type"));
}

TEST_F(folder_head, is_another_for_each_coding) {
    write("a.css", "as it is");
    write("a.css.gz", "packed");
    serve();
    const std::string plain = get("a.css");
    const std::string packed = get("a.css", "Accept-Encoding: gzip\r\n");
    EXPECT_THAT(packed, HasSubstr("\r\nContent-Encoding: gzip\r\n"));
    EXPECT_THAT(plain, Not(HasSubstr("Content-Encoding")));
    EXPECT_NE(line_of(plain, "ETag"), line_of(packed, "ETag"));
    EXPECT_EQ(get("a.css"), plain);
    EXPECT_EQ(get("a.css", "Accept-Encoding: gzip\r\n"), packed);
}

TEST_F(folder_head, is_not_that_of_another_name) {
    const auto name = [](std::size_t i) {
        return std::to_string(i) + (i % 2 == 0 ? ".txt" : ".js");
    };
    for (std::size_t i = 0; i < 300; ++i)
        write(name(i), std::string(i, '.'));
    serve();
    for (std::size_t i = 0; i < 300; ++i) {
        const std::string said = get(name(i));
        EXPECT_EQ(line_of(said, "Content-Length"), "Content-Length: " + std::to_string(i));
        EXPECT_THAT(line_of(said, "Content-Type"), HasSubstr(i % 2 == 0 ? "plain" : "javascript"));
        EXPECT_EQ(get(name(i)), said);
    }
}

TEST_F(folder_head, may_be_of_a_name_as_long_as_they_get) {
    const std::string longest = std::string(251, 'x') + ".txt";
    write(longest, "x");
    serve();
    EXPECT_THAT(get(longest), HasSubstr("\r\nContent-Type: text/plain; charset=utf-8\r\n"));
}

TEST_F(folder_head, keeps_what_filters_have_said) {
    write("a.txt", "text");
    const auto vary = [](const std::string& by) {
        return [by](http::exchange& asked, const http::rest_of_site& rest) {
            asked.response().fields.add("Vary", by).set("X-Here", "yes");
            return rest(asked);
        };
    };
    site_.filters = {vary("Origin")};
    serve();
    const std::string said = get("a.txt");
    EXPECT_THAT(said, HasSubstr("\r\nVary: Origin\r\n"));
    EXPECT_THAT(said, HasSubstr("\r\nVary: Accept-Encoding\r\n"));
    EXPECT_THAT(said, HasSubstr("\r\nX-Here: yes\r\n"));
    site_.filters = {vary("accept-encoding")};
    EXPECT_THAT(get("a.txt"), Not(HasSubstr("\r\nVary: Accept-Encoding\r\n")));
}

}  // namespace
