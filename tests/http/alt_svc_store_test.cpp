// SPDX-License-Identifier: MIT
#include "zocalo/http/alt_svc_store.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "zocalo/http/fields.hpp"

namespace {

using namespace std::chrono_literals;
namespace http = zocalo::http;
namespace url = zocalo::url;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::chrono::sys_seconds now{1'700'000'000s};
const url::origin who("https", url::host::parse("a.example"), 443);

bool set(http::alt_svc_store& store, std::string_view said, const url::origin& by = who) {
    http::fields response;
    response.add("Alt-Svc", said);
    return store.set(by, response, now);
}
std::vector<std::string> known(const http::alt_svc_store& store, const url::origin& of = who,
                               std::chrono::seconds later = 0s) {
    std::vector<std::string> all;
    for (const auto& each : store.find(of, now + later))
        all.push_back(each.protocol + ' ' + each.host + ' ' + std::to_string(each.port));
    return all;
}
url::origin origin(std::string_view host, std::uint16_t port = 443) {
    return {"https", url::host::parse(host), port};
}
http::alternative_service at(std::string host, std::chrono::seconds age = 100s) {
    return {.protocol = "h2", .host = std::move(host), .port = 443, .expires = now + age};
}

// RFC 7838 §3
TEST(alt_svc_store, reads_the_field_as_it_is_written) {
    http::alt_svc_store store;
    EXPECT_TRUE(set(store, R"(h2=":8000", http%2F1.1="B.example:80" ; ma=60 ;persist=1,)"
                           R"( h3="[2001:DB8::1]:1", w%3Dx%3Ay#z="c.example:9")"));
    EXPECT_THAT(known(store),
                ElementsAre("h2 a.example 8000", "http/1.1 b.example 80", "h3 [2001:db8::1] 1"));
    EXPECT_THAT(known(store, who, 60s), ElementsAre("h2 a.example 8000", "h3 [2001:db8::1] 1"));
    EXPECT_THAT(known(store, who, 24h), IsEmpty());
    EXPECT_TRUE(store.find(who, now).at(1).persists);
    EXPECT_FALSE(store.find(who, now).at(0).persists);
    for (const char* const each : {R"(h2=":1";ma=5;v="x,y;z")", R"(h2=":1";MA="5")",
                                   R"(,h2="\:1";ma=5 ,)", R"(h2=":1" ; persist=2;ma=5)"}) {
        EXPECT_TRUE(set(store, each)) << each;
        EXPECT_THAT(known(store, who, 4s), ElementsAre("h2 a.example 1")) << each;
        EXPECT_THAT(known(store, who, 5s), IsEmpty()) << each;
        EXPECT_FALSE(store.find(who, now).at(0).persists) << each;
    }
}

TEST(alt_svc_store, takes_nothing_that_breaks_the_grammar) {
    for (const char* const each : {"",
                                   ",",
                                   "h2",
                                   "h2=",
                                   "h2=:1",
                                   "h2=b:1",
                                   R"(h2="")",
                                   R"(h2=":")",
                                   R"(h2="b")",
                                   R"(h2=":0")",
                                   R"(h2=":65536")",
                                   R"(h2=":x")",
                                   R"(h2=":1)",
                                   R"(h2 =":1")",
                                   R"(h2= ":1")",
                                   R"(=":1")",
                                   R"(h2=":1" h3=":2")",
                                   R"(h2=":1";ma=x)",
                                   R"(h2=":1";ma=-1)",
                                   R"(h2=":1";ma=)",
                                   R"(h2=":1";ma=1;ma=2)",
                                   R"(h2="u@b:1")",
                                   R"(h2="b/c:1")",
                                   R"(h2="::1:1")",
                                   R"(h2="[::1:1")",
                                   R"(h2="[fe80::1%25lo]:1")",
                                   R"(h2="b%2e:1")",
                                   R"(h2="127.1:1")",
                                   R"(h2=":1", h2="b")",
                                   "Clear",
                                   R"(h2="b:1:2")"}) {
        http::alt_svc_store store;
        store.add(who, at("kept.example"), now);
        EXPECT_FALSE(set(store, each)) << each;
        EXPECT_THAT(known(store), ElementsAre("h2 kept.example 443")) << each;
    }
}

TEST(alt_svc_store, replaces_what_was_known) {
    http::alt_svc_store store;
    EXPECT_TRUE(set(store, R"(h2="b:1")"));
    EXPECT_TRUE(set(store, R"(h2="c:1")"));
    EXPECT_THAT(known(store), ElementsAre("h2 c 1"));
    EXPECT_TRUE(set(store, R"(quic=":1")"));  // none that counts is none
    EXPECT_EQ(store.size(), 0U);
    for (const char* const each : {"clear", R"(h2="c:1", clear)", R"(h2=":1";ma=0)"}) {
        EXPECT_TRUE(set(store, R"(h2="b:1")"));
        EXPECT_TRUE(set(store, each)) << each;
        EXPECT_EQ(store.size(), 0U) << each;
    }
}

TEST(alt_svc_store, is_about_one_origin_of_https) {
    http::alt_svc_store store;
    const url::origin in_clear("http", url::host::parse("a.example"), 80);
    EXPECT_FALSE(set(store, R"(h2="b:1")", in_clear));
    EXPECT_THROW((void)store.add(in_clear, at("b"), now), std::invalid_argument);
    EXPECT_TRUE(set(store, R"(h2="b:1")"));
    EXPECT_THAT(known(store, origin("a.example", 444)), IsEmpty());
    EXPECT_THAT(known(store, origin("b.a.example")), IsEmpty());
}

TEST(alt_svc_store, counts_the_time_that_a_response_was_on_its_way) {
    http::alt_svc_store store;
    http::fields response;
    response.add("Alt-Svc", R"(h2="b:1";ma=100)");
    response.add("Age", "40");
    EXPECT_TRUE(store.set(who, response, now));
    EXPECT_EQ(store.find(who, now).at(0).expires, now + 60s);
    response.set("Age", "99999999999999");
    EXPECT_TRUE(store.set(who, response, now));
    EXPECT_EQ(store.size(), 0U);
}

TEST(alt_svc_store, keeps_nothing_for_long_and_little_in_all) {
    http::alt_svc_store store(2);
    EXPECT_TRUE(set(store, R"(h2="b:1";ma=99999999999999)"));
    EXPECT_EQ(store.find(who, now).at(0).expires, now + 720h);
    std::string many;
    for (int i = 1; i < 30; ++i)
        many += "h2=\":" + std::to_string(i) + "\",";
    EXPECT_TRUE(set(store, many));
    EXPECT_EQ(store.find(who, now).size(), http::alt_svc_store::most_of_one);
    EXPECT_FALSE(store.add(who, at("b"), now));
    EXPECT_TRUE(store.add(origin("soon.example"), at("b", 10s), now));
    EXPECT_TRUE(store.add(origin("later.example"), at("b", 20s), now));
    EXPECT_EQ(store.size(), 2U);
    EXPECT_THAT(known(store, origin("soon.example")), IsEmpty());
    EXPECT_THAT(known(store, origin("later.example")), ElementsAre("h2 b 443"));
    http::alt_svc_store none(0);
    EXPECT_TRUE(set(none, R"(h2="b:1")"));
    EXPECT_EQ(none.size(), 0U);
}

TEST(alt_svc_store, forgets_what_does_not_work_and_what_another_network_has) {
    http::alt_svc_store store;
    set(store, R"(h2="b:1", h2="c:1";persist=1)");
    EXPECT_FALSE(store.remove(who, at("b")));  // of another port
    EXPECT_TRUE(store.remove(who, store.find(who, now).at(0)));
    EXPECT_THAT(known(store), ElementsAre("h2 c 1"));
    store.add(who, at("d"), now);
    store.change_network();
    EXPECT_THAT(known(store), ElementsAre("h2 c 1"));
}

TEST(alt_svc_store, refuses_what_is_no_place) {
    http::alt_svc_store store;
    for (const char* const each : {"", "a b", "127.1", "fe80::1", "[fe80::1%25lo]", "a%2e"})
        EXPECT_THROW((void)store.add(who, at(each), now), std::invalid_argument) << each;
    http::alternative_service none = at("b");
    none.port = 0;
    EXPECT_THROW((void)store.add(who, none, now), std::invalid_argument);
    none = at("b");
    none.protocol = "spdy";
    EXPECT_THROW((void)store.add(who, none, now), std::invalid_argument);
    EXPECT_FALSE(store.add(who, at("b", 0s), now));
}

constexpr std::string_view file =
    "# Your alt-svc cache. https://curl.se/docs/alt-svc.html\n"
    "h2 a.example 443 h2 b.example 8443 \"20301231 23:59:59\" 1 0\r\n"
    "h1 a.example 443 h3 b.example 443 \"20301231 23:59:58\" 0 0\n"
    "h1 a.example 443 h2 b.example 8443 \"20301231 23:59:59\" 1 0\n"
    "h1 [::1] 8443 h1 [::2] 1 \"20301231 00:00:00\" 0 0\n"
    "h1 gone.example 443 h2 b.example 443 \"20010101 00:00:00\" 0 0\n"
    "h1 a.example 443 h2 b.example 99999 \"20301231 23:59:59\" 0 0\n"
    "h1 a.example 443 spdy b.example 443 \"20301231 23:59:59\" 0 0\n"
    "h1 a.example 443 h2 b.example 443 \"20301331 23:59:59\" 0 0\n"
    "h1 a.example 443 h2 b.example 443 20301231 0 0\n"
    "h1 a.example 443 h2 b.example 443 \"20301231 23:59:59\" 0\n"
    "h1 a.example 443 h2 b.example 443 \"20301231 23:59:59\n"
    "h1 a.example\n"
    "last";

TEST(alt_svc_store, reads_and_writes_the_file_of_curl) {
    http::alt_svc_store store;
    EXPECT_EQ(http::read_alt_svc_file(store, file, now), 4U);
    EXPECT_THAT(known(store), ElementsAre("h2 b.example 8443", "h3 b.example 443"));
    EXPECT_THAT(known(store, origin("[::1]", 8443)), ElementsAre("http/1.1 [::2] 1"));
    const std::string written = http::to_alt_svc_file(store, now);
    EXPECT_THAT(written, testing::HasSubstr(
                             "\nh1 a.example 443 h2 b.example 8443 \"20301231 23:59:59\" 1 0\n"));
    http::alt_svc_store again;
    EXPECT_EQ(http::read_alt_svc_file(again, written, now), 3U);
    EXPECT_EQ(again.all(), store.all());
    EXPECT_THAT(http::to_alt_svc_file(store, now + 24h * 10000), testing::EndsWith("risk.\n"));
}

}  // namespace
