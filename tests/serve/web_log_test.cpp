// SPDX-License-Identifier: MIT
#include "zocalo/serve/web_log.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

namespace net = zocalo::net;
namespace serve = zocalo::serve;

serve::web_log_entry entry_of(const char* where) {
    serve::peer who;
    who.address = net::endpoint::parse(where);
    serve::web_log_entry entry(who, 200);
    entry.when = std::chrono::sys_seconds(std::chrono::seconds(1'795'253'400));
    return entry;
}

TEST(web_log_entry, has_the_formats_of_web_servers) {
    serve::web_log_entry entry = entry_of("192.0.2.1:4711");
    entry.user = "ada";
    entry.request = "GET /a HTTP/1.1";
    entry.size = 2326;
    entry.referer = "http://www.example.com/start.html";
    entry.agent = "Mozilla/4.08 [en]";
    const std::string common =
        "192.0.2.1 - ada [21/Nov/2026:09:30:00 +0000] \"GET /a HTTP/1.1\" 200 2326";
    EXPECT_EQ(entry.common(), common);
    EXPECT_EQ(entry.combined(),
              common + " \"http://www.example.com/start.html\" \"Mozilla/4.08 [en]\"");
}

TEST(web_log_entry, has_dashes_for_what_is_not_known) {
    const std::string rest = " - - [21/Nov/2026:09:30:00 +0000] \"-\" 200 -";
    EXPECT_EQ(entry_of("[2001:db8::1]:80").common(), "2001:db8::1" + rest);
    EXPECT_EQ(entry_of("unix:/run/x").combined(), "-" + rest + " \"-\" \"-\"");
}

TEST(web_log_entry, cannot_be_forged) {
    serve::web_log_entry entry = entry_of("192.0.2.1:1");
    entry.user = "a b\" - [";
    entry.request = "GET /\" 200 5 HTTP/1.1";
    entry.agent = "a\r\n\x1b[31m\"\\";
    EXPECT_EQ(entry.combined(),
              "192.0.2.1 - a\\x20b\"\\x20-\\x20[ [21/Nov/2026:09:30:00 +0000] "
              R"("GET /\" 200 5 HTTP/1.1" 200 - "-" "a\r\n\x1b[31m\"\\")");
}

TEST(web_log_entry, stays_short) {
    serve::web_log_entry entry = entry_of("192.0.2.1:1");
    entry.user = entry.request = entry.referer = entry.agent = std::string(100'000, ' ');
    EXPECT_LT(entry.combined().size(), 8000);
}

}  // namespace
