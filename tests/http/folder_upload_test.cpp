// SPDX-License-Identifier: MIT
// Uploads to a folder in which something is already.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "http/site_under_test.hpp"
#include "support/folder.hpp"
#include "zocalo/http/folder.hpp"

namespace {

namespace files = std::filesystem;
namespace http = zocalo::http;
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
    std::string put(const std::string& path, const std::string& fields = {}) const {
        http::site site;
        http::add_folder(site.routes, options_);
        return zocalo::tests::ask_site(site,
                                       "PUT " + path + " HTTP/1.1\r\nHost: a\r\n" + fields +
                                           "Content-Length: 3\r\nConnection: close\r\n\r\nnew");
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
    EXPECT_THAT(put('/' + std::string(256, 'x')), StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(put('/' + std::string(300, 'x') + "/y"), StartsWith("HTTP/1.1 404 "));
}

}  // namespace
