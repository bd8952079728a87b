// SPDX-License-Identifier: MIT
// Nobody reads or writes outside of a served folder, however a path is written and whatever a link
// in the folder does meanwhile.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "http/site_under_test.hpp"
#include "support/escaping_names.hpp"
#include "support/folder.hpp"
#include "zocalo/http/folder.hpp"
#include "zocalo/url/quote.hpp"

namespace {

namespace files = std::filesystem;
namespace http = zocalo::http;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// With names that begin with a dot hidden, which no `..` passes; and without, where only the
/// kernel keeps visitors in.
class folder_escape : public testing::TestWithParam<bool> {
 protected:
    folder_escape() {
        files::create_directories(root_ / "a/b");
        write("hello.txt", "hello\n");
        write("../secret.txt", "the secret");
        options_.path = root_;
        options_.hidden = GetParam();
        options_.upload = {.allowed = true, .overwrite = true};
    }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(root_ / name, std::ios::binary) << text;
    }

    /// All of them in one connection, with a link that comes and goes.
    std::string ask(std::string requests) const {
        http::site site;
        http::add_folder(site.routes, options_);
        requests += "GET /hello.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        const zocalo::tests::racing_link link(root_);
        return zocalo::tests::ask_site(site, requests);
    }
    /// Beside the served folder is what was there, and nothing else.
    void expect_nothing_outside() const {
        std::set<std::string> left;
        for (const auto& each : files::directory_iterator(parent_.path()))
            left.insert(each.path().filename());
        EXPECT_EQ(left, (std::set<std::string>{"root", "secret.txt"}));
        std::ifstream secret(parent_.file("secret.txt"));
        const std::string text(std::istreambuf_iterator<char>(secret), {});
        EXPECT_EQ(text, "the secret");
    }
    static std::size_t answers_in(const std::string& said) {
        std::size_t count = 0;
        for (std::size_t at = 0; (at = said.find("HTTP/1.1 ", at)) != std::string::npos; ++at)
            ++count;
        return count;
    }

    const zocalo::tests::folder parent_;
    const files::path root_ = parent_.file("root");
    http::folder_options options_;
};

TEST_P(folder_escape, nobody_reads) {
    const auto names = zocalo::tests::names_that_lead_out();
    ASSERT_GE(names.size(), 2000U);
    std::string requests;
    for (const auto& name : names)
        requests += "GET " + name + " HTTP/1.1\r\nHost: a\r\n\r\n";
    const std::string said = ask(std::move(requests));
    EXPECT_THAT(said, Not(HasSubstr("the secret")));
    EXPECT_THAT(said, EndsWith("hello\n"));
    EXPECT_EQ(answers_in(said), names.size() + 1);
}

TEST_P(folder_escape, nobody_writes) {
    const auto names = zocalo::tests::names_that_lead_out();
    std::string requests;
    for (const auto& name : names)
        requests += "PUT " + name + " HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nevil";
    const std::string said = ask(std::move(requests));
    EXPECT_THAT(said, EndsWith("hello\n"));
    EXPECT_EQ(answers_in(said), names.size() + 1);
    expect_nothing_outside();
}

/// The names of files in a form are the client's: nothing but their last part is taken.
TEST_P(folder_escape, nobody_writes_with_a_form) {
    const auto names = zocalo::tests::names_that_lead_out();
    std::string requests;
    std::size_t asked = 0;
    for (std::size_t i = 0; i < names.size();
         i += 7, ++asked) {  // each of these is kept, and synced
        std::string shown = zocalo::url::unquote(names[i]);
        std::erase_if(shown, [](char c) { return c == '\0'; });  // else the head is refused
        const std::string content =
            "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + shown +
            "\"\r\n\r\nevil\r\n--edge--\r\n";
        requests +=
            "POST /a/ HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; "
            "boundary=edge\r\nContent-Length: ";
        requests += std::to_string(content.size()) + "\r\n\r\n" + content;
    }
    const std::string said = ask(std::move(requests));
    EXPECT_THAT(said, StartsWith("HTTP/1.1 201 "));
    EXPECT_THAT(said, EndsWith("hello\n"));
    EXPECT_EQ(answers_in(said), asked + 1);
    expect_nothing_outside();
    for (const auto& each : files::directory_iterator(root_))
        EXPECT_THAT(each.path().filename().string(), Not(HasSubstr("secret")));
}

INSTANTIATE_TEST_SUITE_P(hidden, folder_escape, testing::Bool());

}  // namespace
