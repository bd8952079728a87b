// SPDX-License-Identifier: MIT
// However /etc/hosts and resolv.conf look, a look-up takes a time that grows with them and no
// faster. Each is tried in a process with an /etc of its own, where no name server answers.
#include <gtest/gtest.h>

#include <fstream>
#include <ostream>
#include <string>
#include <system_error>

#include "support/cannot_run.hpp"
#include "support/growth.hpp"
#include "support/own_system.hpp"
#include "zocalo/io/resolver.hpp"

namespace {

namespace io = zocalo::io;
using zocalo::test::said_in;
using zocalo::test::system_files;
using zocalo::tests::burden;
using zocalo::tests::repeated;

struct row {
    const char* name;
    const char* file;
    const char* asked;
    std::function<std::string(std::size_t)> text;
};
void PrintTo(const row& of, std::ostream* out) {
    *out << of.name;
}

/// A line for each of so many addresses.
std::string addresses_of_one(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
        text += "10." + std::to_string(i >> 16U & 255U) + '.' + std::to_string(i >> 8U & 255U);
        text += '.' + std::to_string(i & 255U) + " x.e\n";
    }
    return text;
}

const char* const once = "nameserver 127.0.0.1\noptions attempts:1 timeout:1 no-tld-query\n";

std::vector<row> rows() {
    return {
        {"addresses of one name", "hosts", "x.e", addresses_of_one},
        {"lines of other names", "hosts", "x.e", repeated("192.0.2.1 y.e\n", "192.0.2.2 x.e\n")},
        {"names in a line", "hosts", "x.e", repeated(" y.e", "192.0.2.1", " x.e\n")},
        {"a long name", "hosts", "x.e", repeated("yyyyyyyy", "192.0.2.1 ", " x.e\n")},
        {"comments", "resolv.conf", "x", repeated("# nothing\n", once)},
        {"one server, often", "resolv.conf", "x", repeated("nameserver 127.0.0.1\n", once)},
        {"domains in a line", "resolv.conf", "x.e.",
         repeated(" y.e", std::string(once) + "search")},
        {"options in a line", "resolv.conf", "x",
         repeated(" ndots:2", std::string(once) + "options")},
    };
}

void look_up(const row& given, const std::string& text) {
    std::ofstream(std::string("/etc/") + given.file) << text;
    try {
        EXPECT_FALSE(io::resolver().addresses(given.asked).get().empty());
    } catch (const std::system_error&) {
        EXPECT_STREQ(given.file, "resolv.conf");
    }
}

class system_file : public testing::TestWithParam<row> {};

TEST_P(system_file, is_read_in_linear_time) {
    const row& given = GetParam();
    const system_files files{.etc = {{"nsswitch.conf", "hosts: files dns\n"}}};
    const auto said = said_in(files, [&] {
        zocalo::tests::expect_linear(
            {given.name, given.text, [&](const std::string& text) { look_up(given, text); }});
        return std::string(HasFailure() ? "it is not" : "it is");
    });
    if (!said) ZOCALO_CANNOT_RUN("no name spaces");
    EXPECT_EQ(*said, "it is");
}

INSTANTIATE_TEST_SUITE_P(of, system_file, testing::ValuesIn(rows()));

}  // namespace
