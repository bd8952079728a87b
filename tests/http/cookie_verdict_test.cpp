// SPDX-License-Identifier: MIT
// What makes a cookie one, how safe it is, how long it lives, and on whose account it is sent.
#include <gtest/gtest.h>

#include <string>

#include "http/cookie_verdict.hpp"

namespace {

using namespace zocalo::tests::cookies;

/// §5.6.5, §5.7 steps 11 to 20: Secure and the two prefixes.
TEST(cookie_verdict, by_security) {
    const row rows[] = {
        {"https://h.example/", "n=v; Secure", "https://h.example/", sent},
        {"https://h.example/", "n=v; secure", "http://h.example/", kept},
        {"https://h.example/", "n=v; SECURE=0", "http://h.example/", kept},
        {"https://h.example/", "n=v; Secure=false", "wss://h.example/", sent},
        {"https://h.example/", "n=v; Secured", "http://h.example/", sent},
        {"https://h.example/", "n=v;Secure", "ws://h.example/", kept},
        {"http://h.example/", "n=v; Secure", "https://h.example/", refused},
        {"ws://h.example/", "n=v; Secure", "https://h.example/", refused},
        {"http://localhost/", "n=v; Secure", "http://localhost/", refused},
        {"http://h.example/", "n=v; HttpOnly", "http://h.example/", sent},
        {"http://h.example/", "n=v; httponly=no", "http://h.example/", sent},
        // __Secure-
        {"https://h.example/", "__Secure-n=v; Secure; Path=/a", "https://h.example/a", sent},
        {"https://a.h.example/", "__Secure-n=v; Secure; Domain=h.example", "https://h.example/",
         sent},
        {"https://h.example/", "__secure-n=v", "https://h.example/", refused},
        {"https://h.example/", "__SeCuRe-n=v; Secure", "https://h.example/", sent},
        {"http://h.example/", "__Secure-n=v; Secure", "https://h.example/", refused},
        {"http://h.example/", "__Secure-n=v", "http://h.example/", refused},
        {"https://h.example/", "__Secure-=v", "https://h.example/", refused},
        {"https://h.example/", "__Secure=v", "https://h.example/", sent},
        {"https://h.example/", "_Secure-n=v", "https://h.example/", sent},
        {"https://h.example/", "x__Secure-n=v", "https://h.example/", sent},
        {"https://h.example/", " __Secure-n=v", "https://h.example/", refused},
        // __Host-
        {"https://h.example/", "__Host-n=v; Secure; Path=/; HttpOnly", "https://h.example/x", sent},
        {"https://h.example/", "__Host-n=v; Secure; Path=/", "https://a.h.example/", kept},
        {"https://h.example/", "__Host-n=v; Secure; Path=/; Domain=", "https://h.example/", sent},
        {"https://h.example/", "__Host-n=v; Secure; Path=/; Domain=h.example", "https://h.example/",
         refused},
        {"https://h.example/", "__Host-n=v; Path=/", "https://h.example/", refused},
        {"https://h.example/", "__Host-n=v; Secure; Path=/a", "https://h.example/a", refused},
        {"https://h.example/", "__Host-n=v; Secure; Path=/; Path=/a", "https://h.example/a",
         refused},
        {"https://h.example/", "__Host-n=v; Secure; Path=/a; Path=/", "https://h.example/", sent},
        {"https://h.example/", "__HOST-n=v; Secure; Path=//", "https://h.example/", refused},
        {"http://h.example/", "__Host-n=v; Secure; Path=/", "https://h.example/", refused},
        {"https://h.example/", "__Host=v", "https://h.example/", sent},
        {"https://h.example/", "__Host-=v; Secure; Path=/", "https://h.example/", sent},
        // Without a name they would be sent as if they had one.
        {"https://h.example/", "=__Secure-n=v; Secure", "https://h.example/", refused},
        {"https://h.example/", "__Secure-n; Secure", "https://h.example/", refused},
        {"https://h.example/", "__host-n; Secure; Path=/", "https://h.example/", refused},
        {"https://h.example/", "=v", "https://h.example/", sent},
        {"https://h.example/", "=a=b", "https://h.example/", sent},
    };
    check(rows);
}

/// §5.1.1, §5.6.1, §5.6.2: how long it lives.
TEST(cookie_verdict, by_time) {
    const auto at = [](const std::string& attributes, verdict expected) {
        return row{"http://h.example/", "n=v; " + attributes, "http://h.example/", expected};
    };
    const row rows[] = {
        at("Max-Age=1", sent),
        at("max-age=1000000000000000000000000", sent),
        at("Max-Age=0", kept),
        at("Max-Age=-0", kept),
        at("Max-Age=-1", kept),
        at("Max-Age=-99999999999999999999", kept),
        at("Max-Age=00", kept),
        at("Max-Age=007", sent),
        at("Max-Age= 0 ", kept),
        at("Max-Age=-", sent),
        at("Max-Age=--1", sent),
        at("Max-Age=+0", sent),
        at("Max-Age=0.0", sent),
        at("Max-Age=0x0", sent),
        at("Max-Age=\"0\"", sent),
        at("Max-Age=0 0", sent),
        at("Max-Age", sent),
        at("Max-Age=0; Max-Age=1", sent),
        at("Max-Age=1; Max-Age=0", kept),
        at("Max-Age=0; Max-Age=no", kept),
        // With Expires: Max-Age wins, wherever it stands.
        at("Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=1", sent),
        at("Max-Age=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", sent),
        at("Max-Age=0; Expires=Thu, 01 Jan 2099 00:00:00 GMT", kept),
        at("Expires=Thu, 01 Jan 2099 00:00:00 GMT; Max-Age=-5", kept),
        at("Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=x", kept),
        // Dates of all kinds.
        at("Expires=Sat, 21 Nov 2026 12:00:00 GMT", kept),
        at("Expires=Sat, 21 Nov 2026 12:00:01 GMT", sent),
        at("Expires=Sat, 21 Nov 2026 11:59:59 GMT", kept),
        at("Expires=Saturday, 21-Nov-26 12:00:01 GMT", sent),
        at("Expires=Saturday, 21-Nov-26 11:59:59 GMT", kept),
        at("Expires=Sat Nov 21 12:00:01 2026", sent),
        at("Expires=Sat Nov 21 11:59:59 2026", kept),
        at("Expires=Mon, 21 Nov 2026 11:00:00 GMT", kept),
        at("Expires=21 november 2026 11:00:00", kept),
        at("Expires=2026 Nov 21 11:00:00", kept),
        at("Expires=11:00:00 2026 Nov 21", kept),
        at("Expires=21/Nov/2026;x=11:00:00", sent),
        at("Expires=21 Nov 2026 1:2:3", kept),
        at("Expires=21 Nov 2026 11:00:00 EST", kept),
        at("Expires=21 Nov 2026 11:00:00 -0500", kept),
        at("Expires=01 Jan 70 00:00:00", kept),
        at("Expires=01 Jan 69 00:00:00", sent),
        at("Expires=01 Jan 99 00:00:00", kept),
        at("Expires=01 Jan 1601 00:00:00", kept),
        at("Expires=01 Jan 9999 00:00:00", sent),
        at("EXPIRES=01 JAN 1999 00:00:00", kept),
        // No dates: as long as the session.
        at("Expires=", sent),
        at("Expires=0", sent),
        at("Expires=-1", sent),
        at("Expires=now", sent),
        at("Expires=1000000000", sent),
        at("Expires=01 Jan 1600 00:00:00", sent),
        at("Expires=1999-01-01 00:00:00", sent),
        at("Expires=1999-01-01T00:00:00Z", sent),
        at("Expires=01 Jan 1999", sent),
        at("Expires=01 Jan 1999 24:00:00", sent),
        at("Expires=01 Jan 1999 23:60:00", sent),
        at("Expires=01 Jan 1999 23:59:60", sent),
        at("Expires=31 Feb 1999 00:00:00", sent),
        at("Expires=29 Feb 1999 00:00:00", sent),
        at("Expires=29 Feb 1996 00:00:00", kept),
        at("Expires=32 Jan 1999 00:00:00", sent),
        at("Expires=01 Foo 1999 00:00:00", sent),
        at("Expires=01 Jan 1999 0:0:000", sent),
        at("Expires=01 Jan 19999 00:00:00", sent),
        // One that is none does not count against one that is.
        at("Expires=01 Jan 1999 00:00:00; Expires=never", kept),
        at("Expires=01 Jan 1999 00:00:00; Expires=01 Jan 2099 00:00:00", sent),
        at("Expires=01 Jan 2099 00:00:00; Expires=01 Jan 1999 00:00:00", kept),
    };
    check(rows);
}

/// §5.6: what is a cookie at all.
TEST(cookie_verdict, by_form) {
    const auto of = [](std::string said, verdict expected) {
        return row{"http://h.example/", std::move(said), "http://h.example/", expected};
    };
    const row rows[] = {
        of("n=v", sent),
        of("n", sent),
        of("n=", sent),
        of("=", refused),
        of("", refused),
        of(" ", refused),
        of(" = ", refused),
        of(";n=v", refused),
        of(" ; Path=/", refused),
        of("=;Path=/", refused),
        of("n=v=w", sent),
        of("n==v", sent),
        of("n n=v v", sent),
        of("n=\"v;w\"", sent),
        of("n=v,w", sent),
        of("n=v\\;w", sent),
        of("(n)[]{}=v", sent),
        of("n=\xC3\xA4", sent),
        of("\xC3\xA4=v", sent),
        of("n=\xFF\xFE", sent),
        of("n=%00", sent),
        of("n=v\tw", sent),
        of("n\t=v", sent),
        of("n=v; Any=thing; Other", sent),
        of("n=v;;;;", sent),
        of("n=v; =x", sent),
        of("n=v; $Version=1", sent),
        of("$Path=/x", sent),
        of("Path=/x", sent),
        of("Secure", sent),
        of(std::string(2048, 'n') + "=" + std::string(2048, 'v'), sent),
        of(std::string(2048, 'n') + "=" + std::string(2049, 'v'), refused),
        of(std::string(4096, 'n') + "=", sent),
        of(std::string(4097, 'n') + "=", refused),
        of(std::string(4096, 'v'), sent),
        of("=" + std::string(4097, 'v'), refused),
        of("n=v; x=" + std::string(20000, 'x'), sent),
    };
    check(rows);
    // Control characters, wherever they are. A field cannot carry CR, LF and NUL to begin with.
    for (int c = 0; c < 0x20; ++c) {
        const std::string one(1, static_cast<char>(c));
        for (const std::string& said : {"n" + one + "=v", "n=v" + one + "w", "n=v; x=" + one + "y"})
            EXPECT_EQ(zocalo::http::set_cookie::try_parse(said).has_value(), c == '\t') << c;
    }
}

/// §5.2, §5.6.7, §5.8.3: on whose account.
TEST(cookie_verdict, by_site) {
    const relation same = relation::same_site;
    const relation link = relation::followed_link;
    const relation cross = relation::cross_site;
    const struct {
        const char* attributes;
        relation set_by;
        relation sent_by;
        verdict expected;
    } rows[] = {
        {"", same, same, sent},
        {"", same, link, sent},
        {"", same, cross, kept},
        {"", link, same, sent},
        {"", cross, same, refused},
        {"; SameSite", same, cross, kept},
        {"; SameSite=", same, link, sent},
        {"; SameSite=Lax", same, same, sent},
        {"; SameSite=Lax", same, link, sent},
        {"; SameSite=lax", same, cross, kept},
        {"; SameSite=Lax", link, same, sent},
        {"; SameSite=LAX", cross, same, refused},
        {"; SameSite=Strict", same, same, sent},
        {"; SameSite=Strict", same, link, kept},
        {"; SameSite=STRICT", same, cross, kept},
        {"; SameSite=Strict", link, same, sent},
        {"; SameSite=strict", cross, same, refused},
        {"; SameSite=None", same, same, refused},
        {"; SameSite=None; Secure", same, same, sent},
        {"; SameSite=None; Secure", same, link, sent},
        {"; Secure; SameSite=none", same, cross, sent},
        {"; SameSite=None; Secure", cross, same, sent},
        {"; SameSite=None; Secure", cross, cross, sent},
        {"; SameSite=None; Secure; SameSite=Strict", same, cross, kept},
        {"; SameSite=Strict; SameSite=None; Secure", same, cross, sent},
        {"; SameSite=None; SameSite=other", same, cross, kept},
        {"; SameSite=\"None\"; Secure", same, cross, kept},
    };
    for (const auto& each : rows) {
        const row one{"https://h.example/", std::string("n=v").append(each.attributes),
                      "https://h.example/", each.expected};
        EXPECT_EQ(find(one, each.set_by, each.sent_by), each.expected) << one.said;
    }
}

}  // namespace
