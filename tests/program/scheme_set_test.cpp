// SPDX-License-Identifier: MIT
#include "fetch/scheme_set.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace zocalo::program {

namespace {

std::string left_by(std::string_view list) {
    scheme_set set = scheme_set::all();
    set.change(list);
    std::string all;
    for (const std::string each : {"http", "https", "gopher", "gophers", "file", "data"})
        if (set.contains(each)) all += ' ' + each;
    return all;
}

TEST(scheme_set, lists_change_it_from_left_to_right) {
    EXPECT_EQ(left_by("=https"), " https");
    EXPECT_EQ(left_by("-all,https"), " https");
    EXPECT_EQ(left_by("=https,+http"), " http https");
    EXPECT_EQ(left_by("http,=GOPHER"), " gopher");
    EXPECT_EQ(left_by("-http,-ftp,-file"), " https gopher gophers data");
    EXPECT_EQ(left_by("=ftp,all"), " http https gopher gophers file data");
    scheme_set web = scheme_set::web();
    web.change("-http");
    EXPECT_TRUE(web.contains("HTTPS"));
    EXPECT_FALSE(web.contains("http"));
    EXPECT_FALSE(web.contains("file"));
}

TEST(scheme_set, other_lists_are_refused) {
    for (const char* list : {"", ",", "http,", "=", "-all", "=ftp", "*http", "ht tp", "==http"}) {
        scheme_set set = scheme_set::all();
        EXPECT_THROW(set.change(list), std::invalid_argument) << list;
    }
}

}  // namespace

}  // namespace zocalo::program
