// SPDX-License-Identifier: MIT
#include "zocalo/http/routes.hpp"

#include <gmock/gmock.h>

#include <stdexcept>

namespace {

namespace http = zocalo::http;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

void nothing(http::exchange&) {}

class routes : public testing::Test {
 protected:
    std::string find(std::string_view path, const http::method& what = http::method::get) {
        const auto* const found = all.find(what, path, parameters);
        return found == nullptr ? "none" : found->pattern;
    }
    http::routes all;
    http::routes::parameters parameters;
};

TEST_F(routes, match_words_names_and_rests) {
    all.get("/", nothing)
        .get("/a", nothing)
        .get("/a/{b}/c/{d}", nothing)
        .get("/files/{path...}", nothing);
    EXPECT_EQ(find("/"), "/");
    EXPECT_EQ(find("/a"), "/a");
    EXPECT_EQ(find("/a/"), "none");
    EXPECT_EQ(find("/A"), "none");
    EXPECT_EQ(find("/a/1/c/%2F"), "/a/{b}/c/{d}");
    EXPECT_THAT(parameters, ElementsAre(Pair("b", "1"), Pair("d", "%2F")));
    EXPECT_EQ(find("/a//c/d"), "none");
    EXPECT_EQ(find("/files/x/y"), "/files/{path...}");
    EXPECT_THAT(parameters, ElementsAre(Pair("path", "x/y")));
    EXPECT_EQ(find("/files/"), "/files/{path...}");
    EXPECT_EQ(find("/files"), "none");
    EXPECT_EQ(find(""), "none");
    EXPECT_EQ(find("*"), "none");
}

TEST_F(routes, prefer_what_says_more_in_whatever_order) {
    const char* patterns[] = {"/{all...}", "/{a}", "/{a}/x", "/w", "/w/{b}", "/w/x", "/{a}/{b}"};
    for (const bool backwards : {false, true}) {
        all = {};
        for (std::size_t i = 0; i < std::size(patterns); ++i)
            all.get(patterns[backwards ? std::size(patterns) - 1 - i : i], nothing);
        EXPECT_EQ(find("/w/x"), "/w/x");
        EXPECT_EQ(find("/w/y"), "/w/{b}");
        EXPECT_EQ(find("/v/x"), "/{a}/x");
        EXPECT_EQ(find("/v/y"), "/{a}/{b}");
        EXPECT_EQ(find("/w"), "/w");
        EXPECT_EQ(find("/v"), "/{a}");
        EXPECT_EQ(find("/v/y/z"), "/{all...}");
        EXPECT_EQ(find("/"), "/{all...}");
    }
}

TEST_F(routes, know_methods) {
    all.get("/a", nothing).post("/a", nothing).add("PROPFIND", "/{any}", nothing);
    EXPECT_EQ(find("/a", http::method::post), "/a");
    EXPECT_EQ(find("/a", http::method::head), "/a");
    EXPECT_EQ(find("/a", "PROPFIND"), "/{any}");
    EXPECT_EQ(find("/a", http::method::put), "none");
    EXPECT_EQ(find("/b", http::method::head), "none");
    EXPECT_EQ(all.allowed("/a"), "GET, HEAD, OPTIONS, POST, PROPFIND");
    EXPECT_EQ(all.allowed("/b"), "OPTIONS, PROPFIND");
    EXPECT_EQ(all.allowed("/b/c"), "");
}

TEST_F(routes, refuse_patterns_that_are_none_or_there_already) {
    for (const char* pattern :
         {"", "a", "/{}", "/{...}", "/{a...}/b", "/{a}/{a}", "/a{b}", "/{a}b", "/}{"})
        EXPECT_THROW(all.get(pattern, nothing), std::invalid_argument) << pattern;
    all.get("/{a}/b", nothing);
    EXPECT_THROW(all.get("/{other}/b", nothing), std::invalid_argument);
    EXPECT_NO_THROW(all.post("/{other}/b", nothing));
    EXPECT_NO_THROW(all.add(http::method::options, "*", nothing));
    EXPECT_EQ(find("*", http::method::options), "*");
}

}  // namespace
