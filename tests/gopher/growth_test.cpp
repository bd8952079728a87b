// SPDX-License-Identifier: MIT
// Twice as much to read takes twice as long, whatever it is.
#include "support/growth.hpp"

#include "zocalo/core/error.hpp"
#include "zocalo/gopher/gopher.hpp"

namespace {

namespace gopher = zocalo::gopher;
using zocalo::tests::burden;
using zocalo::tests::repeated;

constexpr gopher::limits unlimited{
    .request = SIZE_MAX / 2, .line = SIZE_MAX / 2, .answer = SIZE_MAX / 2, .items = SIZE_MAX / 2};

void read_menu(const std::string& text) {
    (void)gopher::parse_menu(text, SIZE_MAX);
}
void read_map(const std::string& text) {
    (void)gopher::parse_gophermap(text, {"/docs", "h.example", 70});
}
void read_attributes(const std::string& text) {
    (void)gopher::parse_attributes(text);
}
/// In small pieces, as a peer may send it.
void read_request(const std::string& text) {
    gopher::request_reader reader(unlimited);
    for (std::size_t at = 0; at < text.size(); at += 50)
        if (reader.receive(std::string_view(text).substr(at, 50))) return;
}
void read_text(const std::string& text) {
    gopher::answer_reader reader(gopher::transfer::text, false, unlimited);
    for (std::size_t at = 0; at < text.size(); at += 50)
        reader.receive(std::string_view(text).substr(at, 50));
    reader.end_of_stream();
    (void)reader.take();
}
void read_url(const std::string& text) {
    try {
        (void)gopher::location::parse(text);
    } catch (const std::invalid_argument&) {
        return;
    }
}

const burden burdens[] = {
    {"items", repeated("0name\t/selector\th.example\t70\r\n"), read_menu},
    {"empty lines", repeated("\n"), read_menu},
    {"one item of many fields", repeated("\t", "0name"), read_menu},
    {"one long name", repeated("x", "0"), read_menu},
    {"carriage returns", repeated("\r"), read_menu},
    {"gophermap: items", repeated("0name\tfile\n"), read_map},
    {"gophermap: information", repeated("text\n"), read_map},
    {"gophermap: fields", repeated("\t", "0name"), read_map},
    {"attributes", repeated("+INFO: x\n y\n"), read_attributes},
    {"lines of an attribute", repeated(" y\n", "+INFO:\n"), read_attributes},
    {"a long request", repeated("x"), read_request},
    {"tabs in a request", repeated("\t", "", "\r\n"), read_request},
    {"lines of a text", repeated("x\r\n", "", ".\r\n"), read_text},
    {"a long line of a text", repeated("x", "", "\r\n.\r\n"), read_text},
    {"dots of a text", repeated("..\r\n", "", ".\r\n"), read_text},
    {"carriage returns of a text", repeated("\r", "", "\r\n.\r\n"), read_text},
    {"a URL", repeated("%41", "gopher://h.example/0"), read_url},
    {"tabs of a URL", repeated("%09", "gopher://h.example/0"), read_url},
};

TEST(growth, of_time_is_that_of_the_text) {
    for (const burden& each : burdens)
        zocalo::tests::expect_linear(each);
}

}  // namespace
