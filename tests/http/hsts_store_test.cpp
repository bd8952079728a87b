// SPDX-License-Identifier: MIT
#include "zocalo/http/hsts_store.hpp"

#include <gmock/gmock.h>

#include <string>

#include "support/growth.hpp"
#include "zocalo/http/fields.hpp"

namespace {

using namespace std::chrono_literals;
namespace http = zocalo::http;
using zocalo::url::host;

constexpr std::chrono::sys_seconds now{1'700'000'000s};

bool set(http::hsts_store& store, std::string_view by, std::string_view said) {
    http::fields response;
    response.add("Strict-Transport-Security", said);
    return store.set(host::parse(by), response, now);
}
bool wants(const http::hsts_store& store, std::string_view who, std::chrono::seconds later = 0s) {
    return store.wants_tls(host::parse(who), now + later);
}

TEST(hsts_store, remembers_what_hosts_say) {
    http::hsts_store store;
    EXPECT_TRUE(set(store, "example.org", "max-age=100"));
    EXPECT_TRUE(wants(store, "example.org"));
    EXPECT_TRUE(wants(store, "example.org", 99s));
    EXPECT_FALSE(wants(store, "example.org", 100s));
    EXPECT_FALSE(wants(store, "a.example.org"));
    EXPECT_FALSE(wants(store, "org"));
    EXPECT_TRUE(set(store, "example.org", "max-age=100; includeSubDomains"));
    EXPECT_TRUE(wants(store, "a.b.example.org"));
    EXPECT_FALSE(wants(store, "badexample.org"));
    EXPECT_TRUE(set(store, "example.org", "max-age=0"));
    EXPECT_FALSE(wants(store, "example.org"));
    EXPECT_EQ(store.size(), 0U);
}

// RFC 6797 §6.1, §8.1
TEST(hsts_store, reads_the_field_as_it_is_written) {
    for (const char* const each :
         {"max-age=1", "MAX-AGE=\"1\"", "  max-age = 1 ;; preload ; x=\"a;b\"", ";max-age=1;",
          "includeSubDomains;max-age=1", "max-age=99999999999999999999"}) {
        http::hsts_store store;
        EXPECT_TRUE(set(store, "a.example", each)) << each;
        EXPECT_TRUE(wants(store, "a.example")) << each;
    }
    for (const char* const each :
         {"", "max-age", "max-age=", "max-age=-1", "max-age=1s", "includeSubDomains",
          "max-age=1; max-age=2", "max-age=1; includeSubDomains; INCLUDESUBDOMAINS",
          "max-age=1, max-age=2", "max-age=\"1"}) {
        http::hsts_store store;
        EXPECT_FALSE(set(store, "a.example", each)) << each;
        EXPECT_EQ(store.size(), 0U) << each;
    }
    http::hsts_store store;
    http::fields two;
    two.add("Strict-Transport-Security", "max-age=0");
    two.add("Strict-Transport-Security", "max-age=5");
    EXPECT_TRUE(store.set(host::parse("a.example"), two, now));
    EXPECT_EQ(store.size(), 0U);
}

// curl's CVE-2022-30115, 2022-42916, 2022-43551
TEST(hsts_store, is_passed_by_no_other_spelling) {
    http::hsts_store store;
    EXPECT_TRUE(set(store, "Example.ORG.", "max-age=100"));
    EXPECT_TRUE(set(store,
                    "b\xC3\xBC"
                    "cher.example",
                    "max-age=100"));
    for (const char* const each : {"example.org", "EXAMPLE.org", "example.org.", "%65xample.org",
                                   "xn--bcher-kva.example", "b%C3%BCcher.example."})
        EXPECT_TRUE(wants(store, each)) << each;
}

TEST(hsts_store, has_no_addresses) {
    http::hsts_store store;
    for (const char* const each : {"127.0.0.1", "[::1]"}) {
        EXPECT_FALSE(set(store, each, "max-age=100; includeSubDomains"));
        EXPECT_FALSE(wants(store, each));
        EXPECT_THROW(store.add({each, now + 1s, true}, now), std::invalid_argument);
    }
}

TEST(hsts_store, has_a_limit_that_drops_nobody) {
    http::hsts_store store(2);
    EXPECT_TRUE(store.add({"a.example", now + 10s, false}, now));
    EXPECT_TRUE(store.add({"b.example", now + 99s, false}, now));
    EXPECT_FALSE(store.add({"c.example", now + 99s, false}, now));
    EXPECT_TRUE(store.add({"b.example", now + 90s, true}, now));
    EXPECT_TRUE(wants(store, "a.example"));
    EXPECT_TRUE(store.add({"c.example", now + 99s, false}, now + 10s));
    EXPECT_EQ(store.size(), 2U);
}

TEST(hsts_store, has_the_file_of_curl) {
    http::hsts_store store;
    const std::string file =
        "# Your HSTS cache. https://curl.se/docs/hsts.html\r\n"
        ".example.org \"20301231 23:59:59\"\r\n"
        "once.example \"20010101 00:00:00\"\n"
        "ever.example \"unlimited\"\n"
        "127.0.0.1 \"unlimited\"\nbad \"20301331 00:00:00\"\nbad\nbad x\nbad \"\nbad 1 2 3\n";
    EXPECT_EQ(http::read_hsts_file(store, file, now), 2U);
    EXPECT_TRUE(wants(store, "a.example.org"));
    EXPECT_TRUE(wants(store, "ever.example", std::chrono::days(40'000)));
    EXPECT_FALSE(wants(store, "once.example"));
    const std::string written = http::to_hsts_file(store, now);
    EXPECT_THAT(written, testing::HasSubstr("\never.example \"unlimited\"\n"));
    EXPECT_THAT(written, testing::HasSubstr("\n.example.org \"20301231 23:59:59\"\n"));
    http::hsts_store again;
    EXPECT_EQ(http::read_hsts_file(again, written, now), 2U);
    EXPECT_EQ(again.all(), store.all());
}

TEST(hsts_store, takes_linear_time) {
    using zocalo::tests::burden;
    using zocalo::tests::repeated;
    const auto say = [](const std::string& text) {
        http::hsts_store store;
        (void)set(store, "a.example", text);
    };
    const auto read = [](const std::string& text) {
        http::hsts_store store;
        (void)http::read_hsts_file(store, text, now);
    };
    const burden burdens[] = {
        {"directives", repeated(" ; ", "max-age=1"), say},
        {"a long directive", repeated("x", "max-age=1; "), say},
        {"lines", repeated("a.example \"unlimited\"\n"), read},
        {"a long line", repeated(" ", "a", "\n"), read},
    };
    for (const burden& each : burdens)
        zocalo::tests::expect_linear(each);
}

}  // namespace
