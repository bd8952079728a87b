// SPDX-License-Identifier: MIT
#include "zocalo/http/folder.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "http/site_under_test.hpp"
#include "support/folder.hpp"

namespace {

namespace files = std::filesystem;
namespace http = zocalo::http;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class folder : public testing::Test {
 protected:
    void SetUp() override {
        files::create_directories(root_ / "a/b");
        write("hello.txt", "hello\n");
        write("a/page.html", "<p>page");
        write("a/b/index.html", "<p>index");
        write(".hidden", "hidden");
        write("../secret.txt", "the secret");
        options_.path = root_;
    }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(root_ / name, std::ios::binary) << text;
    }
    [[nodiscard]] std::string read(const std::string& name) const {
        std::ifstream file(root_ / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    /// The answer to one request, without its date.
    std::string ask(const std::string& request) const {
        http::site site;
        http::add_folder(site.routes, options_);
        return zocalo::tests::ask_site(site, request);
    }
    std::string get(const std::string& path, const std::string& fields = {}) const {
        return ask("GET " + path + " HTTP/1.1\r\nHost: a\r\n" + fields + last + "\r\n");
    }
    std::string put(const std::string& path, const std::string& text,
                    const std::string& fields = {}) const {
        return ask("PUT " + path + " HTTP/1.1\r\nHost: a\r\n" + fields + "Content-Length: " +
                   std::to_string(text.size()) + "\r\n" + last + "\r\n" + text);
    }

    static inline const std::string last = "Connection: close\r\n";
    const zocalo::tests::folder parent_;
    const files::path root_ = parent_.file("root");
    http::folder_options options_;
};

TEST_F(folder, sends_files) {
    const std::string said = get("/hello.txt");
    EXPECT_THAT(said, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(said, HasSubstr("\r\nContent-Type: text/plain; charset=utf-8\r\n"));
    EXPECT_THAT(said, HasSubstr("\r\nX-Content-Type-Options: nosniff\r\n"));
    EXPECT_THAT(said, HasSubstr("\r\nLast-Modified: "));
    EXPECT_THAT(said, HasSubstr("\r\nETag: \""));
    EXPECT_THAT(said, EndsWith("Content-Length: 6\r\n\r\nhello\n"));
    EXPECT_THAT(get("/a/page.html"), HasSubstr("\r\nContent-Type: text/html; charset=utf-8\r\n"));
    EXPECT_THAT(get("/a/b/"), EndsWith("\r\n\r\n<p>index"));
    EXPECT_THAT(ask("HEAD /hello.txt HTTP/1.1\r\nHost: a\r\n" + last + "\r\n"),
                EndsWith("Content-Length: 6\r\n\r\n"));
}

TEST_F(folder, sends_large_files_in_pieces) {
    std::string large(1'000'003, 'x');
    for (std::size_t i = 0; i < large.size(); i += 1000)
        large[i] = static_cast<char>(i / 1000);
    write("large.bin", large);
    const std::string said = get("/large.bin");
    EXPECT_THAT(said, HasSubstr("\r\nContent-Length: 1000003\r\n"));
    ASSERT_TRUE(said.ends_with(large));
    EXPECT_THAT(ask("HEAD /large.bin HTTP/1.1\r\nHost: a\r\n" + last + "\r\n"),
                EndsWith("Content-Length: 1000003\r\n\r\n"));
}

std::string field_of(const std::string& answer, const std::string& name) {
    const std::size_t at = answer.find("\r\n" + name + ": ");
    if (at == std::string::npos) return {};
    const std::size_t begin = at + name.size() + 4;
    return answer.substr(begin, answer.find("\r\n", begin) - begin);
}

TEST_F(folder, sends_again_only_what_has_changed) {
    const std::string first = get("/hello.txt");
    const std::string tag = field_of(first, "ETag");
    const std::string date = field_of(first, "Last-Modified");
    const std::string same = get("/hello.txt", "If-None-Match: " + tag + "\r\n");
    EXPECT_THAT(same, StartsWith("HTTP/1.1 304 Not Modified\r\n"));
    EXPECT_EQ(field_of(same, "ETag"), tag);
    EXPECT_THAT(same, EndsWith("\r\n\r\n"));
    EXPECT_THAT(get("/hello.txt", "If-Modified-Since: " + date + "\r\n"),
                StartsWith("HTTP/1.1 304 "));
    EXPECT_THAT(get("/hello.txt", "If-Match: \"other\"\r\n"), StartsWith("HTTP/1.1 412 "));
    write("hello.txt", "hello, world\n");
    EXPECT_THAT(get("/hello.txt", "If-None-Match: " + tag + "\r\n"), EndsWith("world\n"));
}

TEST_F(folder, sends_parts) {
    std::string large(300'000, 'x');
    for (std::size_t i = 0; i < large.size(); ++i)
        large[i] = static_cast<char>('a' + i % 23);
    write("large.bin", large);
    const std::string part = get("/large.bin", "Range: bytes=100000-299998\r\n");
    EXPECT_THAT(part, StartsWith("HTTP/1.1 206 Partial Content\r\n"));
    EXPECT_EQ(field_of(part, "Content-Range"), "bytes 100000-299998/300000");
    EXPECT_TRUE(part.ends_with("\r\n\r\n" + large.substr(100'000, 199'999)));
    EXPECT_THAT(get("/hello.txt", "Range: bytes=-3\r\n"), EndsWith("\r\n\r\nlo\n"));
    const std::string none = get("/hello.txt", "Range: bytes=6-\r\n");
    EXPECT_THAT(none, StartsWith("HTTP/1.1 416 "));
    EXPECT_EQ(field_of(none, "Content-Range"), "bytes */6");
    EXPECT_THAT(get("/hello.txt", "Range: bytes=0-1\r\nIf-Range: \"other\"\r\n"),
                EndsWith("\r\n\r\nhello\n"));
    const std::string tag = field_of(get("/hello.txt"), "ETag");
    EXPECT_THAT(get("/hello.txt", "Range: bytes=0-1\r\nIf-Range: " + tag + "\r\n"),
                EndsWith("\r\n\r\nhe"));
}

TEST_F(folder, sends_several_parts) {
    write("large.txt", std::string(1000, 'a') + "BCD" + std::string(1000, 'e') + "FGH");
    const std::string parts = get("/large.txt", "Range: bytes=1000-1002,-3\r\n");
    EXPECT_THAT(parts, StartsWith("HTTP/1.1 206 Partial Content\r\n"));
    EXPECT_THAT(field_of(parts, "Content-Type"), StartsWith("multipart/byteranges"));
    EXPECT_THAT(parts, HasSubstr("Content-Range: bytes 1000-1002/2006\r\n\r\nBCD\r\n"));
    EXPECT_THAT(parts, HasSubstr("Content-Range: bytes 2003-2005/2006\r\n\r\nFGH\r\n"));
    const std::size_t content = parts.size() - parts.find("\r\n\r\n") - 4;
    EXPECT_EQ(field_of(parts, "Content-Length"), std::to_string(content));
}

TEST_F(folder, breaks_off_when_a_file_shrinks) {
    write("large.bin", std::string(40'000'000, 'x'));
    http::site site;
    http::add_folder(site.routes, options_);
    std::string failure;
    site.failed = [&](const http::exchange&, const std::exception_ptr& error) {
        try {
            std::rethrow_exception(error);
        } catch (const std::exception& why) {
            failure = why.what();
        }
    };
    // The client reads nothing before the file is short; so much fits in no socket's buffers.
    const std::string said =
        zocalo::tests::ask_site(site, "GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n",
                                [this] { files::resize_file(root_ / "large.bin", 1000); });
    EXPECT_EQ(field_of(said, "Content-Length"), "40000000");
    EXPECT_LT(said.size(), 40'000'000U);
    EXPECT_EQ(failure, "a file has become shorter while it was sent");
}

TEST_F(folder, has_what_there_is_and_nothing_else) {
    for (const auto* path : {"/missing", "/.hidden", "/hello.txt/", "/a/b/index.html/x", "/%00"})
        EXPECT_THAT(get(path), StartsWith("HTTP/1.1 404 ")) << path;
    EXPECT_THAT(get("/%zz"), StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(put("/new.txt", "x"), StartsWith("HTTP/1.1 405 "));
    options_.hidden = true;
    EXPECT_THAT(get("/.hidden"), EndsWith("hidden"));
}

TEST_F(folder, leads_to_paths_that_end_in_a_slash) {
    EXPECT_THAT(get("/a?x=y"), HasSubstr("301 Moved Permanently\r\nLocation: /a/?x=y\r\n"));
    files::create_directories(root_ / "evil.example");
    EXPECT_THAT(get("//evil.example"), HasSubstr("\r\nLocation: /evil.example/\r\n"));
    EXPECT_THAT(get("/%2F%2Fevil.example"), StartsWith("HTTP/1.1 400 "));
}

TEST_F(folder, prefers_what_is_compressed_already) {
    write("a.js", "as it is");
    write("a.js.gz", "gzip");
    write("a.js.br", "br");
    EXPECT_THAT(get("/a.js"), EndsWith("\r\n\r\nas it is"));
    EXPECT_THAT(get("/a.js"), HasSubstr("\r\nVary: Accept-Encoding\r\n"));
    const std::string said = get("/a.js", "Accept-Encoding: gzip, deflate, br, zstd\r\n");
    EXPECT_THAT(said, HasSubstr("\r\nContent-Encoding: br\r\n"));
    EXPECT_THAT(said, HasSubstr("javascript; charset=utf-8\r\n"));
    EXPECT_THAT(said, EndsWith("\r\n\r\nbr"));
    EXPECT_THAT(get("/a.js", "Accept-Encoding: zstd, gzip;q=0.5\r\n"), EndsWith("\r\n\r\ngzip"));
    files::last_write_time(root_ / "a.js.br",
                           files::last_write_time(root_ / "a.js") - std::chrono::hours(1));
    EXPECT_THAT(get("/a.js", "Accept-Encoding: br\r\n"), EndsWith("\r\n\r\nas it is"));
}

TEST_F(folder, lists_what_is_in_it) {
    write("a/<b>&\"'.txt", "x");
    const std::string page = get("/a/");
    EXPECT_THAT(page, HasSubstr("\r\nContent-Type: text/html; charset=utf-8\r\n"));
    EXPECT_THAT(page, HasSubstr("\r\nContent-Security-Policy: default-src 'none'; "));
    EXPECT_THAT(page, HasSubstr("<a href=\"./%3Cb%3E%26%22%27.txt\">"));
    EXPECT_THAT(page, HasSubstr("<bdi>&lt;b&gt;&amp;&quot;&#39;.txt</bdi>"));
    EXPECT_THAT(page, Not(HasSubstr("{{")));
    EXPECT_THAT(page, HasSubstr("<caption>1 folder and 2 files."));
    EXPECT_THAT(get("/a/?filter=PAGE"), HasSubstr("<caption>0 folders and 1 file."));
    EXPECT_THAT(get("/"), Not(HasSubstr("./.hidden")));
    options_.listing = false;
    EXPECT_THAT(get("/a/"), StartsWith("HTTP/1.1 404 "));
}

TEST_F(folder, lists_in_the_order_that_is_asked_for) {
    write("b.bin", std::string(5000, 'x'));
    const auto before = [](const std::string& page, const char* one, const char* other) {
        return page.find(one) < page.find(other);
    };
    EXPECT_TRUE(before(get("/"), "\"./b.bin\"", "\"./hello.txt\""));
    EXPECT_TRUE(before(get("/?sort=size"), "\"./hello.txt\"", "\"./b.bin\""));
    EXPECT_TRUE(before(get("/?order=desc"), "\"./hello.txt\"", "\"./b.bin\""));
    EXPECT_TRUE(before(get("/?order=desc"), "\"./a/\"", "\"./hello.txt\""));
    EXPECT_THAT(get("/?sort=size"), HasSubstr("data-column=\"size\" aria-sort=\"ascending\""));
}

TEST_F(folder, lists_as_json) {
    write("a/\xff\n\".txt", "x");
    const std::string list = get("/a/", "Accept: application/json\r\n");
    EXPECT_THAT(list, HasSubstr("\r\nContent-Type: application/json\r\n"));
    EXPECT_THAT(list, HasSubstr("{\"path\":\"/a/\",\"complete\":true,\"entries\":["));
    EXPECT_THAT(list, HasSubstr("{\"name\":\"b\",\"href\":\"./b/\",\"type\":\"folder\","));
    EXPECT_THAT(list, HasSubstr("{\"name\":\"\xEF\xBF\xBD\\u000a\\\".txt\","
                                "\"href\":\"./%FF%0A%22.txt\",\"type\":\"file\",\"size\":1,"));
}

TEST_F(folder, filters_before_it_cuts_a_list_off) {
    options_.longest_list = 5;
    for (int number = 100; number < 130; ++number)
        write("b" + std::to_string(number), "x");
    const std::string found = get("/?filter=B117", "Accept: application/json\r\n");
    EXPECT_THAT(found, HasSubstr("\"complete\":true"));
    EXPECT_THAT(found, HasSubstr("{\"name\":\"b117\""));
    EXPECT_THAT(get("/?filter=b11", "Accept: application/json\r\n"),
                HasSubstr("\"complete\":false"));
}

TEST_F(folder, shows_no_name_the_wrong_way_round) {
    write("\xE2\x80\xAEtxt.exe", "x");
    write("\xD8\x9C.mark", "x");
    write("\xE2<b>", "x");
    write("\xC3\xA4\xE2\x82\xAC", "x");  // ä€
    const std::string list = get("/", "Accept: text/html\r\n");
    EXPECT_THAT(list, HasSubstr("<bdi>\\xe2\\x80\\xaetxt.exe</bdi>"));
    EXPECT_THAT(list, HasSubstr("<bdi>\\xd8\\x9c.mark</bdi>"));
    EXPECT_THAT(list, HasSubstr("<bdi>\xC3\xA4\xE2\x82\xAC</bdi>"));
    EXPECT_THAT(list, Not(HasSubstr("<b>")));
}

TEST_F(folder, takes_files) {
    options_.upload.allowed = true;
    const std::string made = put("/a/new%20one.txt", "new");
    EXPECT_THAT(made, StartsWith("HTTP/1.1 201 Created\r\n"));
    EXPECT_THAT(made, HasSubstr("\r\nLocation: /a/new%20one.txt\r\n"));
    EXPECT_EQ(read("a/new one.txt"), "new");
    EXPECT_THAT(put("/a/new%20one.txt", "other"), StartsWith("HTTP/1.1 409 Conflict\r\n"));
    EXPECT_THAT(put("/a/b", "other"), StartsWith("HTTP/1.1 409 Conflict\r\n"));
    EXPECT_EQ(read("a/new one.txt"), "new");
    options_.upload.overwrite = true;
    const std::string replaced = put("/a/new%20one.txt", "newer");
    EXPECT_THAT(replaced, StartsWith("HTTP/1.1 204 "));
    EXPECT_EQ(read("a/new one.txt"), "newer");
    EXPECT_THAT(put("/a/new%20one.txt", "x", "If-None-Match: *\r\n"), StartsWith("HTTP/1.1 412 "));
    EXPECT_THAT(put("/a/new%20one.txt", "x", "If-Match: \"other\"\r\n"),
                StartsWith("HTTP/1.1 412 "));
    EXPECT_THAT(put("/a/other.txt", "x", "If-Match: *\r\n"), StartsWith("HTTP/1.1 412 "));
    EXPECT_EQ(read("a/new one.txt"), "newer");
    EXPECT_THAT(
        put("/a/new%20one.txt", "newest", "If-Match: " + field_of(replaced, "ETag") + "\r\n"),
        StartsWith("HTTP/1.1 204 "));
    EXPECT_EQ(read("a/new one.txt"), "newest");
    const auto left = std::distance(files::directory_iterator(root_ / "a"), {});
    EXPECT_EQ(left, 3) << "nothing but page.html, b and the new file";
}

std::string file_part(const std::string& name, const std::string& content) {
    return "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name +
           "\"\r\n\r\n" + content + "\r\n";
}

TEST_F(folder, takes_the_files_of_a_form) {
    options_.upload = {.allowed = true, .overwrite = false, .longest = 100'000, .files = 3};
    const auto post = [&](const std::string& path, const std::string& parts,
                          const std::string& fields = {}) {
        const std::string content = parts + "--edge--\r\n";
        return ask("POST " + path + " HTTP/1.1\r\nHost: a\r\n" + fields +
                   "Content-Type: multipart/form-data; boundary=edge\r\nContent-Length: " +
                   std::to_string(content.size()) + "\r\n" + last + "\r\n" + content);
    };
    const std::string large(90'000, 'x');
    const std::string made = post("/a/", file_part("one.txt", "1") + file_part("two.txt", large));
    EXPECT_THAT(made, StartsWith("HTTP/1.1 201 Created\r\n"));
    EXPECT_THAT(made, EndsWith("\r\n\r\none.txt\ntwo.txt\n"));
    EXPECT_EQ(read("a/one.txt"), "1");
    EXPECT_EQ(read("a/two.txt"), large);
    const std::string back = post("/a/", file_part("", ""), "Accept: text/html\r\n");
    EXPECT_THAT(back, StartsWith("HTTP/1.1 303 See Other\r\n"));
    EXPECT_EQ(field_of(back, "Location"), "/a/");
    EXPECT_THAT(post("/a/", file_part("one.txt", "2")), StartsWith("HTTP/1.1 409 "));
    EXPECT_THAT(post("/none/", file_part("x", "x")), StartsWith("HTTP/1.1 404 "));
    EXPECT_THAT(post("/a", file_part("x", "x")), StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(post("/a/", file_part("x", large + large)), StartsWith("HTTP/1.1 413 "));
    EXPECT_THAT(post("/a/", "--edge\r\nContent-Disposition: form-data; name=a\r\n\r\nhalf"),
                StartsWith("HTTP/1.1 400 "));
    EXPECT_EQ(read("a/one.txt"), "1");
    EXPECT_FALSE(files::exists(root_ / "a/x"));
    EXPECT_THAT(post("/", file_part("../../x.txt", "x")), StartsWith("HTTP/1.1 201 "));
    EXPECT_FALSE(files::exists(root_ / "../x.txt"));
    EXPECT_EQ(read("x.txt"), "x");
}

TEST_F(folder, refuses_files_that_it_may_not_have) {
    options_.upload = {.allowed = true, .overwrite = true, .longest = 4};
    for (const auto* path : {"/", "/a/", "/a/..", "/a/%2E%2E", "/.x", "/a/.x", "/a%2F..%2F.x"})
        EXPECT_THAT(put(path, "x"), StartsWith("HTTP/1.1 400 ")) << path;
    EXPECT_THAT(put("/none/x", "x"), StartsWith("HTTP/1.1 404 "));
    EXPECT_THAT(put("/../x", "x"), StartsWith("HTTP/1.1 40"));
    EXPECT_THAT(put("/a/long", "12345"), StartsWith("HTTP/1.1 413 "));
    EXPECT_THAT(ask("PUT /a/long HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n" + last +
                    "\r\n3\r\n123\r\n3\r\n456\r\n0\r\n\r\n"),
                StartsWith("HTTP/1.1 413 "));
    EXPECT_THAT(put("/a/part", "x", "Content-Range: bytes 0-0/9\r\n"), StartsWith("HTTP/1.1 400 "));
    EXPECT_FALSE(files::exists(root_ / "a/long"));
    files::create_symlink("../../", root_ / "a/out");
    EXPECT_THAT(put("/a/out/x", "x"), StartsWith("HTTP/1.1 404 "));
    EXPECT_FALSE(files::exists(root_ / "../x"));
}

TEST_F(folder, keeps_nothing_of_a_file_that_breaks_off) {
    options_.upload.allowed = true;
    ask("PUT /half HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
    EXPECT_FALSE(files::exists(root_ / "half"));
}

}  // namespace
