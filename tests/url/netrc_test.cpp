// SPDX-License-Identifier: MIT
#include "zocalo/url/netrc.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <system_error>

#include "support/folder.hpp"

namespace {

namespace url = zocalo::url;
using url::netrc;

std::string shown(const netrc::entry* found) {
    return found == nullptr ? "nobody" : found->user + ":" + found->password;
}
std::string found(std::string_view text, std::string_view host) {
    return shown(netrc::parse(text).find(url::host::parse(host)));
}

TEST(netrc, finds_a_host_and_no_other) {
    const std::string_view text =
        "# mine\nmachine Example.ORG login Ada password love\n"
        "machine b.example\n\tuser \"with \\\" space\"\n\tpassword pa\\ ss#word account x\n"
        "macdef init\ncd /tmp\nmachine evil.example login x password y\n\n"
        "machine example.org login second password p\n"
        "default login anonymous password me@\n";
    EXPECT_EQ(found(text, "example.org"), "Ada:love");
    EXPECT_EQ(found(text, "EXAMPLE.org."), "Ada:love");
    EXPECT_EQ(found(text, "b.example"), "with \" space:pa ss#word");
    for (const char* const other : {"a.example.org", "org", "evil.example", "example.orga"})
        EXPECT_EQ(found(text, other), "nobody") << other;
    EXPECT_EQ(shown(netrc::parse(text).default_entry()), "anonymous:me@");
    EXPECT_EQ(netrc::parse("").default_entry(), nullptr);
    EXPECT_EQ(netrc::parse(text).size(), 3U);
    EXPECT_EQ(found("machine\ta\r\nlogin b\r\npassword c\\", "a"), "b:c\\");
    const netrc first = netrc::parse("default login a password b default login c password d");
    EXPECT_EQ(shown(first.default_entry()), "a:b");
}

TEST(netrc, refuses_what_it_does_not_understand) {
    for (const char* const text :
         {"login a", "machine", "machine a login", "machine a password \"x", "machine a word x",
          "machine a login \"x\ny\"", "machine a login \"x\ry\"", "machine a password x\\\ny"})
        EXPECT_THROW((void)netrc::parse(text), std::invalid_argument) << text;
    EXPECT_THROW((void)netrc::parse(std::string_view("machine a login x\0", 18)),
                 std::invalid_argument);
    const std::string longest(netrc::longest, '\n');
    EXPECT_EQ(netrc::parse(longest).size(), 0U);
    EXPECT_THROW((void)netrc::parse(longest + '\n'), std::invalid_argument);
    try {
        (void)netrc::parse("machine a\nlogin b\npassword SECRET what\n");
        FAIL();
    } catch (const std::invalid_argument& error) {
        EXPECT_STREQ(error.what(), "netrc, line 3: an unknown word");
    }
}

TEST(netrc, is_read_when_nobody_else_may) {
    const zocalo::tests::folder folder;
    const std::filesystem::path path = std::filesystem::path(folder.path()) / "netrc";
    std::ofstream(path) << "machine a login b password c\n";
    std::filesystem::permissions(path, std::filesystem::perms{0600});
    EXPECT_EQ(netrc::load(path.string()).size(), 1U);
    std::filesystem::permissions(path, std::filesystem::perms{0640});
    try {
        (void)netrc::load(path.string());
        FAIL();
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::permission_denied);
    }
    std::ofstream(path) << "machine a login b\n";  // nothing secret
    EXPECT_EQ(netrc::load(path.string()).size(), 1U);
    EXPECT_THROW((void)netrc::load((path / "none").string()), std::system_error);
}

}  // namespace
