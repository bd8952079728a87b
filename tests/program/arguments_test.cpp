// SPDX-License-Identifier: MIT
#include "arguments.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using words = std::vector<std::string>;

/// What is left to be seen of a command line; what was taken is what was there.
words seen(words line) {
    const words before = line;
    std::vector<char*> pointers;
    for (std::string& each : line)
        pointers.push_back(each.data());
    EXPECT_EQ(zocalo::program::take_arguments(pointers), before);
    return line;
}

TEST(arguments, hide_passwords) {
    EXPECT_EQ(seen({"zocalo", "get", "-u", "ada:secret", "http://a/"}),
              (words{"zocalo", "get", "-u", "ada:******", "http://a/"}));
    EXPECT_EQ(seen({"zocalo", "put", "--user", "ada:a:b", "f", "http://a/"}),
              (words{"zocalo", "put", "--user", "ada:***", "f", "http://a/"}));
    EXPECT_EQ(seen({"zocalo", "get", "-U", "ada:x", "--proxy-user=bob:yz", "http://a/"}),
              (words{"zocalo", "get", "-U", "ada:*", "--proxy-user=bob:**", "http://a/"}));
    EXPECT_EQ(seen({"zocalo", "ls", "--user=ada:x", "http://a/"}),
              (words{"zocalo", "ls", "--user=ada:*", "http://a/"}));
    EXPECT_EQ(seen({"zocalo", "get", "-uada:x", "http://a/"}),
              (words{"zocalo", "get", "-uada:*", "http://a/"}));
    EXPECT_EQ(seen({"zocalo", "get", "-Uada:x", "http://a/"}),
              (words{"zocalo", "get", "-Uada:*", "http://a/"}));
    EXPECT_EQ(
        seen({"zocalo", "get", "--oauth2-bearer", "a:b", "--oauth2-bearer=cd", "http://a/"}),
        (words{"zocalo", "get", "--oauth2-bearer", "***", "--oauth2-bearer=**", "http://a/"}));
    EXPECT_EQ(seen({"zocalo", "get", "--oauth2-bearer-file", "ab", "http://a/"}),
              (words{"zocalo", "get", "--oauth2-bearer-file", "ab", "http://a/"}));
    EXPECT_EQ(seen({"zocalo", "listen", "--pass", "a:b", "--pass=cd", "--pass-file", "ef", "9"}),
              (words{"zocalo", "listen", "--pass", "***", "--pass=**", "--pass-file", "ef", "9"}));
}

TEST(arguments, hide_passwords_of_proxies) {
    EXPECT_EQ(seen({"zocalo", "get", "-x", "http://ada:a@b@h:1", "http://a:b@c/"}),
              (words{"zocalo", "get", "-x", "http://ada:***@h:1", "http://a:b@c/"}));
    EXPECT_EQ(seen({"zocalo", "ls", "--proxy=ada:ab@h:1", "-xhttp://u:p@h", "u"}),
              (words{"zocalo", "ls", "--proxy=ada:**@h:1", "-xhttp://u:*@h", "u"}));
    const words open{"zocalo", "get", "-x", "http://h:1", "--proxy", "http://ada@h:1", "a:b@c"};
    EXPECT_EQ(seen(open), open);
}

TEST(arguments, stay_as_they_are_without_one) {
    for (const words& line : {words{}, words{"zocalo"}, words{"zocalo", "get", "-u"},
                              words{"zocalo", "get", "-u", "ada", "http://a/"},
                              words{"zocalo", "get", "--user-agent", "a:b"},
                              words{"zocalo", "listen", "-u", "[::1]:9"}})
        EXPECT_EQ(seen(line), line);
}

}  // namespace
