// SPDX-License-Identifier: MIT
// What is said to those who keep files.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "http/site_under_test.hpp"
#include "support/folder.hpp"
#include "zocalo/http/folder.hpp"

namespace {

namespace http = zocalo::http;
using testing::HasSubstr;
using testing::Not;

std::string answer(const http::cache_options& how, const std::string& path,
                   const std::string& fields = {}) {
    const zocalo::tests::folder files;
    std::ofstream(files.file("a.txt")) << "text";
    std::filesystem::create_directory(files.file("docs"));
    http::site site;
    http::add_folder(site.routes, {.path = files.path(), .cache = how});
    return zocalo::tests::ask_site(
        site, "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + fields + "Connection: close\r\n\r\n");
}

TEST(folder_cache, is_said_of_files) {
    using std::chrono::seconds;
    EXPECT_THAT(answer({}, "/a.txt"), Not(HasSubstr("Cache-Control")));
    EXPECT_THAT(answer({.max_age = seconds(60)}, "/a.txt"),
                HasSubstr("\r\nCache-Control: max-age=60\r\n"));
    EXPECT_THAT(answer({.max_age = seconds(60), .immutable = true}, "/a.txt"),
                HasSubstr("\r\nCache-Control: max-age=60, immutable\r\n"));
    EXPECT_THAT(answer({.max_age = seconds(0)}, "/a.txt"),
                HasSubstr("\r\nCache-Control: no-cache\r\n"));
    EXPECT_THAT(answer({.max_age = seconds(60)}, "/a.txt", "If-None-Match: *\r\n"),
                testing::AllOf(HasSubstr(" 304 "), HasSubstr("Cache-Control: max-age=60")));
}

TEST(folder_cache, is_not_said_of_lists_and_errors) {
    const http::cache_options how{.max_age = std::chrono::seconds(60)};
    EXPECT_THAT(answer(how, "/docs/"), Not(HasSubstr("Cache-Control: max-age")));
    EXPECT_THAT(answer(how, "/none"), Not(HasSubstr("Cache-Control: max-age")));
    EXPECT_THAT(answer(how, "/a.txt", "Range: bytes=9-\r\n"),
                testing::AllOf(HasSubstr(" 416 "), Not(HasSubstr("Cache-Control: max-age"))));
    EXPECT_THAT(answer(how, "/a.txt", "If-Match: \"x\"\r\n"),
                testing::AllOf(HasSubstr(" 412 "), Not(HasSubstr("Cache-Control: max-age"))));
}

}  // namespace
