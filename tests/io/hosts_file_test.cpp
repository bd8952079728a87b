// SPDX-License-Identifier: MIT
// What /etc/hosts may look like, and what comes of it: from us and from the system's own
// getaddrinfo(), each in a process with an /etc of its own. No name server answers there.
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include "support/cannot_run.hpp"
#include "support/own_system.hpp"
#include "zocalo/io/resolver.hpp"
#include "zocalo/net/resolve.hpp"

namespace {

namespace io = zocalo::io;
namespace net = zocalo::net;
using namespace zocalo::test;

/// Sorted, once each: their order is that of RFC 6724, which depends on the machine's addresses.
std::string listed(std::vector<net::address> all) {
    std::ranges::sort(all);
    all.erase(std::ranges::unique(all).begin(), all.end());
    std::string text;
    for (const net::address& each : all)
        text += (text.empty() ? "" : " ") + each.to_string();
    return text;
}

std::string found_by_us(const std::string& host) {
    try {
        return listed(io::resolver().addresses(host).get());
    } catch (const std::system_error& error) {
        return error.code() == net::name_errc::no_name ? "-" : error.what();
    }
}

std::string found_by_the_system(const std::string& host) {
    try {
        std::vector<net::address> all;
        for (const auto& each : net::getaddrinfo(host, ""))
            all.push_back(each.endpoint.ip());
        return listed(all);
    } catch (const std::system_error& error) {
        return error.code() == net::name_errc::no_name ? "-" : error.what();
    }
}

struct row {
    const char* what;
    std::string hosts;
    const char* host;
    const char* ours;
    const char* theirs = nullptr;  ///< null: the same
};
void PrintTo(const row& of, std::ostream* out) {
    *out << of.what;
}

std::string many_names(int count) {
    std::string line = "192.0.2.1";
    for (int i = 0; i < count; ++i)
        line += " host" + std::to_string(i) + ".e";
    return line;
}

std::vector<row> rows() {
    return {
        {"one name", "192.0.2.1 x.e\n", "x.e", "192.0.2.1"},
        {"several names", "192.0.2.1 a.e x.e b.e\n", "b.e", "192.0.2.1"},
        {"several lines", "192.0.2.1 x.e\n192.0.2.2 x.e\n2001:db8::1 x.e\n", "x.e",
         "192.0.2.1 192.0.2.2 2001:db8::1"},
        {"the same line twice", "192.0.2.1 x.e\n192.0.2.1 x.e\n", "x.e", "192.0.2.1"},
        {"the same name twice on a line", "192.0.2.1 x.e x.e\n", "x.e", "192.0.2.1"},
        {"a second name of one of several", "192.0.2.1 a.e x.e\n192.0.2.2 a.e\n", "x.e",
         "192.0.2.1"},
        {"capitals in the file", "192.0.2.1 X.E\n", "x.e", "192.0.2.1"},
        {"capitals in the question", "192.0.2.1 x.e\n", "X.e", "192.0.2.1"},
        {"a dot at the end in the file, which the system takes for a part", "192.0.2.1 x.e.\n",
         "x.e", "192.0.2.1", "-"},
        {"a dot at the end of the question, likewise", "192.0.2.1 x.e\n", "x.e.", "192.0.2.1", "-"},
        {"a dot at the end of both", "192.0.2.1 x.e.\n", "x.e.", "192.0.2.1"},
        {"a line that is a comment", "# 192.0.2.2 x.e\n192.0.2.1 x.e\n", "x.e", "192.0.2.1"},
        {"a comment behind a name", "192.0.2.1 a.e # x.e\n", "x.e", "-"},
        {"a comment glued to a name", "192.0.2.1 x.e# y.e\n", "x.e", "192.0.2.1"},
        {"a name with what is a comment in the file", "192.0.2.1 x.e#y\n", "x.e#y", "-"},
        {"a semicolon, which begins no comment", "; 192.0.2.2 x.e\n192.0.2.1 x.e\n", "x.e",
         "192.0.2.1"},
        {"no end of the last line", "192.0.2.1 x.e", "x.e", "192.0.2.1"},
        {"CR LF", "192.0.2.1 x.e\r\n", "x.e", "192.0.2.1"},
        {"CR LF behind two names", "192.0.2.1 a.e x.e\r\n", "a.e", "192.0.2.1"},
        {"tabs", "\t192.0.2.1\t \tx.e\t\n", "x.e", "192.0.2.1"},
        {"an interface, which the system does not know here", "fe80::1%lo x.e\n", "x.e",
         "fe80::1%1", "-"},
        {"an interface by number", "fe80::1%1 x.e\n", "x.e", "fe80::1%1", "-"},
        {"an interface that is not there", "fe80::1%none x.e\n", "x.e", "-"},
        {"a mapped address", "::ffff:192.0.2.1 x.e\n", "x.e", "::ffff:192.0.2.1"},
        {"an address in capitals", "2001:DB8::A x.e\n", "x.e", "2001:db8::a"},
        {"an address in brackets", "[2001:db8::1] x.e\n", "x.e", "-"},
        {"an address as of old", "127.2 x.e\n", "x.e", "-"},
        {"an address with a leading zero", "192.0.2.010 x.e\n", "x.e", "-"},
        {"a line without an address", "what x.e\n192.0.2.1 x.e\n", "x.e", "192.0.2.1"},
        {"an address without a name", "192.0.2.2\n192.0.2.1 x.e\n", "x.e", "192.0.2.1"},
        {"empty lines", "\n\n \n192.0.2.1 x.e\n\n", "x.e", "192.0.2.1"},
        {"garbage", "\x01\xFF\x80 \xFF\n\x80\n192.0.2.1 x.e\n", "x.e", "192.0.2.1"},
        {"a NUL", std::string("192.0.2.2 y.e\0 \n192.0.2.1 x.e\n", 30), "x.e", "192.0.2.1"},
        {"an underscore", "192.0.2.1 _x.e\n", "_x.e", "192.0.2.1"},
        {"one label", "192.0.2.1 x\n", "x", "192.0.2.1"},
        {"an address is itself", "192.0.2.1 192.0.2.9\n", "192.0.2.9", "192.0.2.9"},
        {"this machine is elsewhere", "192.0.2.1 localhost\n", "localhost", "192.0.2.1"},
        {"this machine without a line (RFC 6761)", "", "localhost", "127.0.0.1 ::1", "-"},
        {"this machine in one family", "127.0.0.1 localhost\n", "localhost", "127.0.0.1"},
        {"below this machine", "192.0.2.1 x.localhost\n", "x.localhost", "192.0.2.1"},
        {"a name beyond ASCII", "192.0.2.1 xn--bcher-kva.e\n",
         "b\xC3\xBC"
         "cher.e",
         "192.0.2.1"},
        {"a name beyond ASCII in the file, which is not looked for",
         "192.0.2.1 b\xC3\xBC"
         "cher.e\n",
         "b\xC3\xBC"
         "cher.e",
         "-"},
        {"the first name of a huge line", many_names(20000) + "\n", "host0.e", "192.0.2.1"},
        {"the last name of a huge line", many_names(20000) + "\n", "host19999.e", "192.0.2.1"},
        {"a line behind a huge one", many_names(20000) + "\n192.0.2.2 x.e\n", "x.e", "192.0.2.2"},
        {"a line behind a huge name", "192.0.2.2 " + std::string(100000, 'y') + "\n192.0.2.1 x.e\n",
         "x.e", "192.0.2.1"},
        {"a name that is not there", "192.0.2.1 x.e\n", "y.e", "-"},
        {"an empty file", "", "x.e", "-"},
    };
}

class hosts_file : public testing::TestWithParam<row> {};

TEST_P(hosts_file, knows) {
    const row& given = GetParam();
    const system_files files{.etc = {{"nsswitch.conf", "hosts: files\n"},
                                     {"host.conf", "multi on\n"},
                                     {"hosts", given.hosts}}};
    const auto ours = said_in(files, [&] { return found_by_us(given.host); });
    if (!ours) ZOCALO_CANNOT_RUN("no name spaces");
    EXPECT_EQ(*ours, given.ours);
    EXPECT_EQ(said_in(files, [&] { return found_by_the_system(given.host); }),
              given.theirs == nullptr ? given.ours : given.theirs);
}

INSTANTIATE_TEST_SUITE_P(of, hosts_file, testing::ValuesIn(rows()));

}  // namespace
