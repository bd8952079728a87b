// SPDX-License-Identifier: MIT
// Uploads to a folder in which something is already.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "http/site_under_test.hpp"
#include "support/folder.hpp"
#include "zocalo/http/folder.hpp"

namespace {

namespace files = std::filesystem;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class folder_upload : public testing::Test {
 protected:
    folder_upload() {
        files::create_directories(root_);
        options_.path = root_;
        options_.upload.allowed = options_.upload.overwrite = true;
    }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(root_ / name, std::ios::binary) << text;
    }
    [[nodiscard]] std::string read(const std::string& name) const {
        std::ifstream file(root_ / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    std::string send(const std::string& line, const std::string& fields,
                     const std::string& content) const {
        http::site site;
        http::add_folder(site.routes, options_);
        return zocalo::tests::ask_site(
            site, line + " HTTP/1.1\r\nHost: a\r\n" + fields + "Content-Length: " +
                      std::to_string(content.size()) + "\r\nConnection: close\r\n\r\n" + content);
    }
    std::string put(const std::string& path, const std::string& fields = {}) const {
        return send("PUT " + path, fields, "new");
    }
    /// A form with files of these names.
    std::string post(const std::vector<std::string>& names, const std::string& fields = {}) const {
        std::string content;
        for (const std::string& each : names) {
            content += "--edge\r\nContent-Disposition: form-data; name=f; filename=\"";
            content += each + "\"\r\n\r\nnew\r\n";
        }
        return send("POST /", fields + "Content-Type: multipart/form-data; boundary=edge\r\n",
                    content + "--edge--\r\n");
    }

    const zocalo::tests::folder parent_;
    const files::path root_ = parent_.file("root");
    http::folder_options options_;
};

TEST_F(folder_upload, keeps_the_permissions_of_what_it_replaces) {
    for (const auto mode : {0600, 0640, 0666, 0755, 0700, 0400}) {
        write("file", "old");
        files::permissions(root_ / "file", files::perms(mode));
        EXPECT_THAT(put("/file"), StartsWith("HTTP/1.1 204 "));
        EXPECT_EQ(read("file"), "new");
        EXPECT_EQ(files::status(root_ / "file").permissions(), files::perms(mode));
        files::remove(root_ / "file");
    }
}

TEST_F(folder_upload, makes_no_program_that_runs_as_its_owner) {
    write("file", "old");
    files::permissions(root_ / "file", files::perms(06755));
    EXPECT_THAT(put("/file"), StartsWith("HTTP/1.1 204 "));
    EXPECT_EQ(files::status(root_ / "file").permissions(), files::perms(0755));
}

TEST_F(folder_upload, leaves_symbolic_links_alone) {
    write("target", "old");
    files::create_symlink("target", root_ / "link");
    files::create_symlink("nowhere", root_ / "dangling");
    files::create_symlink("../outside", root_ / "out");
    for (const auto* name : {"link", "dangling", "out"}) {
        EXPECT_THAT(put(std::string("/") + name), StartsWith("HTTP/1.1 409 ")) << name;
        EXPECT_TRUE(files::is_symlink(root_ / name)) << name;
    }
    EXPECT_EQ(read("target"), "old");
    EXPECT_FALSE(files::exists(root_ / "nowhere"));
    EXPECT_FALSE(files::exists(root_ / "../outside"));
}

TEST_F(folder_upload, tells_who_names_too_long_a_name) {
    EXPECT_THAT(put('/' + std::string(255, 'x')), StartsWith("HTTP/1.1 201 "));
    EXPECT_THAT(put('/' + std::string(255, 'x')), StartsWith("HTTP/1.1 204 "));
    EXPECT_THAT(put('/' + std::string(256, 'x')), StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(put('/' + std::string(300, 'x') + "/y"), StartsWith("HTTP/1.1 404 "));
}

/// RFC 9110 §13.1.1: an upload that takes long must not undo one that has come meanwhile.
TEST_F(folder_upload, looks_again_before_it_replaces_what_was_there) {
    const auto meet = [this](const std::string& condition) {
        http::site site;
        http::add_folder(site.routes, options_);
        const std::string head = " /file HTTP/1.1\r\nHost: a\r\nConnection: close\r\n";
        const std::string slow = "PUT" + head + condition + "Content-Length: 8\r\n\r\n";
        const std::string fast = "PUT" + head + condition + "Content-Length: 4\r\n\r\nfast";
        std::string of_slow;
        std::string of_fast;
        serve::server running(site.handler());
        io::loop loop;
        loop.run(zocalo::tests::with_server(
            running, [&](serve::server&, net::endpoint where) -> io::task<> {
                io::stream first = co_await io::connect(where);
                const std::string half = slow + "slow";
                co_await first.write(half);
                co_await io::sleep(std::chrono::milliseconds(300));
                io::stream second = co_await io::connect(where);
                co_await second.write(fast);
                io::task<std::string> reading = zocalo::tests::read_all(second);
                of_fast = co_await std::move(reading);
                co_await first.write(std::string_view("slow"));
                reading = zocalo::tests::read_all(first);
                of_slow = co_await std::move(reading);
            }));
        EXPECT_THAT(of_fast, StartsWith("HTTP/1.1 20")) << condition;
        return of_slow;
    };
    EXPECT_THAT(meet("If-None-Match: *\r\n"), StartsWith("HTTP/1.1 412 "));
    EXPECT_EQ(read("file"), "fast");
    write("file", "old");
    const std::string old = send("GET /file", {}, {});
    const std::size_t tag = old.find("ETag: ") + 6;
    EXPECT_THAT(meet("If-Match: " + old.substr(tag, old.find('\r', tag) - tag) + "\r\n"),
                StartsWith("HTTP/1.1 412 "));
    EXPECT_EQ(read("file"), "fast");
    EXPECT_THAT(meet(""), StartsWith("HTTP/1.1 204 "));
    EXPECT_EQ(read("file"), "slowslow");
}

TEST_F(folder_upload, takes_nothing_that_is_coded) {
    for (const auto* coding : {"gzip", "br", "identity, gzip"}) {
        const std::string field = "Content-Encoding: " + std::string(coding) + "\r\n";
        const std::string refused = put("/coded", field);
        EXPECT_THAT(refused, StartsWith("HTTP/1.1 415 "));
        EXPECT_THAT(refused, HasSubstr("\r\nAccept-Encoding: identity\r\n"));
        EXPECT_THAT(post({"coded"}, field), StartsWith("HTTP/1.1 415 "));
    }
    EXPECT_FALSE(files::exists(root_ / "coded"));
    EXPECT_THAT(put("/plain", "Content-Encoding: Identity\r\n"), StartsWith("HTTP/1.1 201 "));
}

TEST_F(folder_upload, says_what_a_form_has_left_there) {
    options_.upload.overwrite = false;
    write("two", "old");
    const std::string refused = post({"one", "two", "three"});
    EXPECT_THAT(refused, StartsWith("HTTP/1.1 409 "));
    EXPECT_THAT(refused, EndsWith("these are there: one\n"));
    EXPECT_EQ(read("one") + read("two"), "newold");
    EXPECT_FALSE(files::exists(root_ / "three"));
    options_.upload.files = 2;
    const std::string many = post({"a", "b", "c"});
    EXPECT_THAT(many, StartsWith("HTTP/1.1 413 "));
    EXPECT_THAT(many, EndsWith("these are there: a, b\n"));
}

TEST_F(folder_upload, keeps_nothing_of_a_form_that_is_cut_behind_its_end) {
    http::site site;
    http::add_folder(site.routes, options_);
    const std::string said =
        zocalo::tests::ask_site(site,
                                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n"
                                "Content-Type: multipart/form-data; boundary=edge\r\n\r\n"
                                "--edge\r\nContent-Disposition: form-data; name=f; "
                                "filename=cut\r\n\r\nnew\r\n--edge--\r\n");
    EXPECT_EQ(said.find(" 201 "), std::string::npos) << said;
    EXPECT_FALSE(files::exists(root_ / "cut"));
    EXPECT_THAT(post({"whole"}), StartsWith("HTTP/1.1 201 "));
    EXPECT_EQ(read("whole"), "new");
}

TEST_F(folder_upload, wants_a_file_in_a_form) {
    EXPECT_THAT(post({}), StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(post({""}), StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(post({""}, "Accept: text/html\r\n"), StartsWith("HTTP/1.1 303 "));
}

TEST_F(folder_upload, takes_an_encoded_slash_for_no_name) {
    files::create_directories(root_ / "a");
    EXPECT_THAT(put("/a%2Fnew"), StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(put("/a%2fnew"), StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(put("/a/new"), StartsWith("HTTP/1.1 201 "));
    for (const auto* path : {"/a%2fnew", "/a/new%2F", "/%2Fa/new"})
        EXPECT_THAT(send("GET " + std::string(path), {}, {}), StartsWith("HTTP/1.1 400 ")) << path;
}

}  // namespace
