// SPDX-License-Identifier: MIT
#include "zocalo/http/multipart.hpp"

#include <gtest/gtest.h>

#include "zocalo/http/content_disposition.hpp"
#include "zocalo/http/error.hpp"
#include "zocalo/http/form.hpp"
#include "zocalo/http/media_type.hpp"

namespace {

namespace http = zocalo::http;
using http::part_event;

/// "[head] content [head] content .", or the status of the error, whatever the size of pieces.
std::string read(std::string_view content, std::size_t step, http::multipart_limits within = {}) {
    std::string shown;
    try {
        http::multipart_reader from("X-y", within);
        std::string received;
        std::size_t given = 0;
        for (;;) {
            const auto got = from.next(received, given == content.size());
            if (got.what == part_event::head) shown += '[';
            if (got.what == part_event::head) {
                for (const http::field each : from.head())
                    shown.append(each.name).append("=").append(each.value).append(";");
                shown += ']';
            }
            if (got.what == part_event::data) shown += got.data;
            if (got.what == part_event::end) shown += '|';
            if (got.what == part_event::finished) return shown + ".";
            received.erase(0, got.used);
            if (got.what != part_event::need_data) continue;
            const std::string_view more = content.substr(given, step);
            received += more;
            given += more.size();
        }
    } catch (const http::bad_message& error) {
        return std::to_string(http::number(error.answer()));
    }
}

TEST(multipart_reader, takes_parts_apart_however_they_are_split) {
    const struct {
        std::string_view content;
        std::string_view read;
    } rows[] = {
        {"--X-y\r\n\r\none\r\n--X-y\r\nA: b\r\n\r\ntwo\r\n--X-y--\r\n", "[]one|[A=b;]two|."},
        {"--X-y--", "."},
        {"--X-y--\r\nepilogue\r\n--X-y\r\n\r\nx", "."},
        {"preamble\r\n--X-y\r\n\r\none\r\n--X-y--", "[]one|."},
        {"\r\n--X-y\r\n\r\none\r\n--X-y--", "[]one|."},
        {"--X-y \t \r\n\r\none\r\n--X-y\t\r\n\r\n\r\n--X-y--", "[]one|[]|."},
        {"--X-y\r\nA: b\r\nc:\r\n\r\n\r\n--X-y--", "[A=b;c=;]|."},
        {"--X-y\r\n\r\n\r\r\n\r\n-\r\n--\r\n--X-\r\n--x-y\r\n--X-y--",
         "[]\r\r\n\r\n-\r\n--\r\n--X-\r\n--x-y|."},
        {"--X-y\r\n\r\none--X-y--\n--X-y\r\n--X-y--", "[]one--X-y--\n--X-y|."},
        {"--X-y\r\n\r\n\r\n\r\n--X-y--", "[]\r\n|."},
        // Those that are none.
        {"", "400"},
        {"nothing", "400"},
        {"--X-y", "400"},
        {"--X-y-", "400"},
        {"--X-y\r\n", "400"},
        {"--X-y\r\n\r\n", "400"},
        {"--X-y\r\n\r\none", "400"},
        {"--X-y\r\n\r\none\r\n--X-y", "400"},
        {"--X-y\r\n\r\none\r\n--X-y-", "400"},
        {"--X-y\r\n\r\none\r\n--X-y\r\n", "400"},
        {"--X-yz\r\n\r\none\r\n--X-y--", "400"},
        {"--X-y\r\n\r\none\r\n--X-yz\r\n--X-y--", "400"},
        {"--X-y-z\r\n\r\none\r\n--X-y--", "400"},
        {"--X-y\n\none\n--X-y--", "400"},
        {"--X-y\r\n\none\r\n--X-y--", "400"},
        {"--X-y\r\nA: b\n\r\n\r\none\r\n--X-y--", "400"},
        {"--X-y\r\nA : b\r\n\r\none\r\n--X-y--", "400"},
        {"--X-y\r\nno field\r\n\r\none\r\n--X-y--", "400"},
        {"--X-y\r\nA: b\r\n folded\r\n\r\none\r\n--X-y--", "400"},
        {"--X-y\r\nA: b\r\n\r\n--X-y--", "400"},
        {"--X-y\r\nA: b\r\n\r\n--X-y\r\n\r\nx\r\n--X-y--", "400"},
    };
    for (const auto& row : rows) {
        for (const std::size_t step : {1UL, 2UL, 3UL, 7UL, 10000UL}) {
            // Where it is refused does not matter, but that it is.
            const std::string got = read(row.content, step);
            EXPECT_EQ(row.read == "400" ? got.substr(0, 3) : got, row.read)
                << row.content << " by " << step;
        }
    }
}

TEST(multipart_reader, has_limits) {
    std::string many;
    for (int i = 0; i < 5; ++i)
        many += "--X-y\r\n\r\n\r\n";
    many += "--X-y--";
    EXPECT_EQ(read(many, 100, {.parts = 5}), "[]|[]|[]|[]|[]|.");
    EXPECT_EQ(read(many, 100, {.parts = 4}), "413");
    const std::string head = "--X-y\r\nA: " + std::string(5000, 'x') + "\r\n\r\n\r\n--X-y--";
    EXPECT_EQ(read(head, 100).size(), 5007U);
    EXPECT_EQ(read(head, 100, {.head = {.line = 1000}}), "431");
    EXPECT_EQ(read(head, 100, {.head = {.head = 1000}}), "431");
    EXPECT_EQ(read(std::string(5000, 'x') + "\r\n--X-y--", 100), "400");
    EXPECT_EQ(read("--X-y" + std::string(100, ' ') + "\r\n\r\n\r\n--X-y--", 100), "400");
    std::string fields = "--X-y\r\n";
    for (int i = 0; i < 33; ++i)
        fields += "a: b\r\n";
    EXPECT_EQ(read(fields + "\r\n\r\n--X-y--", 100), "431");
}

TEST(multipart_reader, has_a_boundary) {
    for (const std::string& boundary :
         {std::string(), std::string(71, 'x'), std::string("a "), std::string("a\r\nb"),
          std::string("a\"b"), std::string("\xC3\xA4"), std::string("a\0b", 3)})
        EXPECT_THROW(http::multipart_reader{boundary}, http::bad_message) << boundary;
    EXPECT_NO_THROW(http::multipart_reader(std::string(70, 'x')));
    EXPECT_NO_THROW(http::multipart_reader("a b'()+_,-./:=?"));
    const auto of = [](std::string_view type) {
        return http::multipart_reader(http::media_type::parse(type));
    };
    EXPECT_NO_THROW(of("multipart/mixed; boundary=x"));
    EXPECT_THROW(of("multipart/mixed"), http::bad_message);
    EXPECT_THROW(of("text/plain; boundary=x"), http::bad_message);
}

TEST(multipart_reader, gives_what_is_no_boundary_at_once) {
    http::multipart_reader from("b");
    std::string_view rest = "--b\r\n\r\nabc\r\n--";
    auto got = from.next(rest);
    EXPECT_EQ(got.what, part_event::head);
    rest.remove_prefix(got.used);
    got = from.next(rest);
    EXPECT_EQ(got.data, "abc");
    rest.remove_prefix(got.used);
    EXPECT_EQ(from.next(rest).what, part_event::need_data);
}

TEST(multipart_form, is_read_back) {
    http::multipart_form form("X-y");
    EXPECT_EQ(form.to_string(), "--X-y--\r\n");
    EXPECT_EQ(form.content_size(), form.to_string().size());
    form.add("a", "1")
        .add("a \"b\"\r\n\\", "")
        .add_file("f", "b\xC3\xA4r\\.txt", "\r\n--X-", "x/y");
    EXPECT_EQ(form.content_type(), "multipart/form-data; boundary=X-y");
    const std::string text = form.to_string();
    EXPECT_EQ(form.content_size(), text.size());
    EXPECT_EQ(
        text,
        "--X-y\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n"
        "--X-y\r\nContent-Disposition: form-data; name=\"a %22b%22%0D%0A\\\\\"\r\n\r\n\r\n"
        "--X-y\r\nContent-Disposition: form-data; name=\"f\"; "
        "filename=\"b\xC3\xA4r\\\\.txt\"\r\nContent-Type: x/y\r\n\r\n\r\n--X-\r\n--X-y--\r\n");
    const auto read = http::form::parse(form.content_type(), text);
    ASSERT_EQ(read.values.size(), 2U);
    EXPECT_EQ(read.find("a"), "1");
    EXPECT_EQ(read.values[1].first, "a %22b%22%0D%0A\\");
    ASSERT_NE(read.find_file("f"), nullptr);
    EXPECT_EQ(read.find_file("f")->file_name, "b\xC3\xA4r\\.txt");
    EXPECT_EQ(read.find_file("f")->content, "\r\n--X-");
    EXPECT_EQ(read.find_file("f")->type, "x/y");
    EXPECT_EQ(read.find_file("a"), nullptr);
    EXPECT_EQ(read.find("f"), std::nullopt);
}

TEST(multipart_form, has_streams) {
    http::multipart_form form;
    form.add_stream("f", "a", 5);
    EXPECT_EQ(form.content_size(), form.parts()[0].head.size() + 5 + form.tail().size());
    EXPECT_THROW((void)form.to_string(), std::logic_error);
    form.add_stream("g", "b", {});
    EXPECT_EQ(form.content_size(), std::nullopt);
    EXPECT_NE(http::make_boundary(), http::make_boundary());
    EXPECT_THROW(form.add("a", "b").add(std::string_view("\0", 1), "b"), std::invalid_argument);
    EXPECT_THROW(form.add_file("a", "b\x01", "c"), std::invalid_argument);
    EXPECT_THROW(form.add_file("a", "b", "c", "d\r\nX: y"), std::invalid_argument);
    EXPECT_THROW(http::multipart_form("a b"), std::invalid_argument);
}

http::status verdict(std::string_view type, std::string_view content,
                     http::multipart_limits within = {}) {
    try {
        (void)http::form::parse(type, content, within);
        return http::status::ok;
    } catch (const http::bad_message& error) {
        return error.answer();
    }
}

TEST(form, is_of_two_types) {
    const auto read = http::form::parse("application/x-www-form-urlencoded; charset=utf-8",
                                        "a=b+c&d=%C3%A4&a=2&e");
    ASSERT_EQ(read.values.size(), 4U);
    EXPECT_EQ(read.find("a"), "b c");
    EXPECT_EQ(read.find("d"), "\xC3\xA4");
    EXPECT_EQ(read.find("e"), "");
    EXPECT_EQ(verdict("text/plain", "a=b"), http::status::unsupported_media_type);
    EXPECT_EQ(verdict("", "a=b"), http::status::unsupported_media_type);
    EXPECT_EQ(verdict("application/x-www-form-urlencoded", "a&b&c", {.parts = 2}),
              http::status::content_too_large);
    constexpr std::string_view type = "multipart/form-data; boundary=b";
    EXPECT_EQ(verdict("multipart/form-data", "--b--"), http::status::bad_request);
    EXPECT_EQ(verdict(type, "--b--"), http::status::ok);
    for (const std::string_view said :
         {"Content-Type: text/plain", "Content-Disposition: form-data",
          "Content-Disposition: attachment; name=a", "Content-Disposition: form-data; name=\"a",
          "Content-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=a",
          "Content-Disposition: form-data; name=a; name=b"}) {
        std::string content = "--b\r\n";
        content.append(said).append("\r\n\r\nx\r\n--b--");
        EXPECT_EQ(verdict(type, content), http::status::bad_request) << said;
    }
}

TEST(content_disposition, knows_the_name_of_a_file) {
    const struct {
        std::string_view text;
        std::string_view name;
    } rows[] = {
        {"attachment", "none"},
        {"Attachment; filename=a.txt", "a.txt"},
        {"attachment; FILENAME=\"a b\"", "a b"},
        {"attachment; filename=\"a\\\"b\\\\c\"", "a\"b\\c"},
        {"attachment; filename=\"C:\\dir\\a.txt\"", "C:\\dir\\a.txt"},
        {"attachment; filename=\"\xC3\xA4\"", "\xC3\xA4"},
        {"attachment; filename=a; filename*=UTF-8''%e2%82%ac%20rates", "\xE2\x82\xAC rates"},
        {"attachment; filename*=iso-8859-1'en'%A3%20rates", "\xC2\xA3 rates"},
        {"attachment; filename=a; filename*=UTF-8''%zz", "a"},
        {"attachment; filename=a; filename*=KOI8-R''b", "a"},
        {"attachment; filename=a; filename*=b", "a"},
        {"attachment; filename=a; filename=b", "refused"},
        {"attachment; filename", "refused"},
        {"attachment; filename=\"a", "refused"},
        {"attachment; filename=a b", "refused"},
        {"=", "refused"},
        {"", "refused"},
    };
    for (const auto& row : rows) {
        const auto read = http::content_disposition::try_parse(row.text);
        EXPECT_EQ(read ? read->file_name().value_or("none") : "refused", row.name) << row.text;
    }
    EXPECT_EQ(http::attachment("a \"b\".txt").to_string(), R"(attachment; filename="a \"b\".txt")");
    const auto euro = http::attachment("\xE2\x82\xAC.txt");
    EXPECT_EQ(euro.to_string(), "attachment; filename=___.txt; filename*=UTF-8''%E2%82%AC.txt");
    EXPECT_EQ(http::content_disposition::try_parse(euro.to_string()), euro);
    EXPECT_THROW((void)http::attachment("a\r\nb"), std::invalid_argument);
    EXPECT_THROW((void)http::content_disposition{}.to_string(), std::invalid_argument);
}

TEST(safe_file_name, stays_in_its_folder) {
    const struct {
        std::string_view said;
        std::string_view name;
    } rows[] = {
        {"a.txt", "a.txt"},
        {"../../etc/passwd", "passwd"},
        {"/etc/passwd", "passwd"},
        {"C:\\windows\\a.exe", "a.exe"},
        {"..\\..\\a", "a"},
        {"a/", "download"},
        {"..", "download"},
        {"...", "download"},
        {". .", "download"},
        {"", "download"},
        {".bashrc", "bashrc"},
        {" .a", "a"},
        {"a. .", "a"},
        {"-rf", "_rf"},
        {"a\nb\x1b[1m\x7f", "ab[1m"},
        {"a.txt/../..", "download"},
        {"\xC3\xA4.txt", "\xC3\xA4.txt"},
    };
    for (const auto& row : rows)
        EXPECT_EQ(http::safe_file_name(row.said), row.name) << row.said;
    EXPECT_EQ(http::safe_file_name(std::string_view("a\0/b\0.txt", 9)), "b.txt");
    EXPECT_EQ(http::safe_file_name("", "x"), "x");
    EXPECT_EQ(http::safe_file_name(std::string(300, 'a')), std::string(255, 'a'));
    EXPECT_EQ(http::safe_file_name(std::string(254, 'a') + "\xC3\xA4"), std::string(254, 'a'));
    EXPECT_EQ(http::safe_file_name(std::string(300, '.')), "download");
}

}  // namespace
