// SPDX-License-Identifier: MIT
// Where cookies may come from, and where they go: domains, addresses, public suffixes, paths.
// cookie_jar_test.cpp has the first 65 rows, and what a jar does beside that.
#include <gtest/gtest.h>

#include <string>

#include "http/cookie_verdict.hpp"

namespace {

using namespace zocalo::tests::cookies;

/// §5.1.3, §5.7 steps 8 to 10: whose it may be.
TEST(cookie_verdict, by_domain) {
    const row rows[] = {
        // From one level to another.
        {"http://a.b.example.org/", "n=v; Domain=b.example.org", "http://b.example.org/", sent},
        {"http://a.b.example.org/", "n=v; Domain=b.example.org", "http://x.b.example.org/", sent},
        {"http://a.b.example.org/", "n=v; Domain=b.example.org", "http://example.org/", kept},
        {"http://a.b.example.org/", "n=v; Domain=b.example.org", "http://c.example.org/", kept},
        {"http://a.b.example.org/", "n=v; Domain=example.org", "http://c.example.org/", sent},
        {"http://a.b.example.org/", "n=v; Domain=a.b.example.org", "http://b.example.org/", kept},
        {"http://a.b.example.org/", "n=v; Domain=x.b.example.org", "http://b.example.org/",
         refused},
        {"http://b.example.org/", "n=v; Domain=a.b.example.org", "http://b.example.org/", refused},
        {"http://b.example.org/", "n=v; Domain=c.example.org", "http://c.example.org/", refused},
        {"http://a.b.example.org/", "n=v", "http://x.a.b.example.org/", kept},
        {"http://a.b.example.org/", "n=v", "http://b.example.org/", kept},
        // Names that end alike.
        {"http://example.org/", "n=v; Domain=ample.org", "http://ample.org/", refused},
        {"http://xexample.org/", "n=v; Domain=example.org", "http://example.org/", refused},
        {"http://example.org/", "n=v; Domain=example.org", "http://xexample.org/", kept},
        {"http://example.org/", "n=v; Domain=example.org", "http://example.organic/", kept},
        {"http://example.org/", "n=v; Domain=example.org", "http://example.org.x/", kept},
        {"http://example.org/", "n=v; Domain=example.or", "http://example.or/", refused},
        {"http://example.org/", "n=v; Domain=xample.org", "http://xample.org/", refused},
        {"http://example.org/", "n=v; Domain=example.com", "http://example.com/", refused},
        // Ports and schemes are nobody's.
        {"http://example.org:81/", "n=v", "http://example.org:82/", sent},
        {"http://example.org/", "n=v", "ws://example.org/", sent},
        {"https://example.org/", "n=v", "http://example.org/", sent},
        {"http://example.org/", "n=v", "https://example.org:444/", sent},
        {"http://example.org/", "n=v; Domain=example.org:80", "http://example.org/", refused},
        // A dot before it counts for nothing, one only.
        {"http://example.org/", "n=v; Domain=.example.org", "http://a.example.org/", sent},
        {"http://a.example.org/", "n=v; Domain=.example.org", "http://example.org/", sent},
        {"http://example.org/", "n=v; Domain=..example.org", "http://example.org/", refused},
        {"http://example.org/", "n=v; Domain=.", "http://a.example.org/", kept},
        {"http://example.org/", "n=v; Domain=..", "http://example.org/", refused},
        {"http://example.org/", "n=v; Domain=example..org", "http://example.org/", refused},
        // Nothing said is nothing said; the last one counts.
        {"http://example.org/", "n=v; Domain=", "http://a.example.org/", kept},
        {"http://example.org/", "n=v; Domain", "http://a.example.org/", kept},
        {"http://example.org/", "n=v; Domain=  ", "http://example.org/", sent},
        {"http://a.example.org/", "n=v; Domain=other.org; Domain=example.org",
         "http://example.org/", sent},
        {"http://a.example.org/", "n=v; Domain=example.org; Domain=other.org",
         "http://example.org/", refused},
        {"http://a.example.org/", "n=v; Domain=other.org; Domain=", "http://a.example.org/", sent},
        {"http://a.example.org/", "n=v; Domain=example.org; Domain=", "http://example.org/", kept},
        // Spelling: upper case, dots at the end, other alphabets.
        {"http://example.org/", "n=v; DOMAIN=EXAMPLE.ORG", "http://a.example.org/", sent},
        {"http://EXAMPLE.ORG/", "n=v; domain=Example.Org", "http://A.EXAMPLE.ORG/", sent},
        {"http://example.org/", "n=v; Domain=example.org.", "http://a.example.org/", sent},
        {"http://example.org./", "n=v", "http://example.org/", sent},
        {"http://xn--mnchen-3ya.example/", "n=v; Domain=xn--mnchen-3ya.example",
         "http://a.xn--mnchen-3ya.example/", sent},
        {"http://xn--mnchen-3ya.example/", "n=v; Domain=XN--MNCHEN-3YA.example",
         "http://a.xn--mnchen-3ya.example/", sent},
        {"http://xn--mnchen-3ya.example/", "n=v; Domain=munchen.example", "http://munchen.example/",
         refused},
        // No names at all.
        {"http://example.org/", "n=v; Domain=exam ple.org", "http://example.org/", refused},
        {"http://example.org/", "n=v; Domain=example.org/", "http://example.org/", refused},
        {"http://example.org/", "n=v; Domain=http://example.org", "http://example.org/", refused},
        {"http://example.org/", "n=v; Domain=\"example.org\"", "http://example.org/", refused},
        {"http://example.org/", "n=v; Domain=example.org,other.org", "http://example.org/",
         refused},
        {"http://example.org/", "n=v; Domain=*.example.org", "http://a.example.org/", refused},
        {"http://example.org/", "n=v; Domain=@example.org", "http://example.org/", refused},
        {"http://example.org/", "n=v; Domain=example.org%2e", "http://example.org/", refused},
        {"http://example.org/", "n=v; Domain=[::1]", "http://example.org/", refused},
        {"http://example.org/", "n=v; Domain=example_org", "http://example.org/", refused},
        // Too long to be looked at (§5.6): as if it had not been said.
        {"http://example.org/", "n=v; Domain=" + std::string(1025, 'a'), "http://example.org/",
         sent},
        {"http://example.org/", "n=v; Domain=" + std::string(1024, 'a'), "http://example.org/",
         refused},
    };
    check(rows);
}

/// §5.1.2 and §5.1.3: addresses have no domains.
TEST(cookie_verdict, by_address) {
    const row rows[] = {
        {"http://192.0.2.1/", "n=v", "http://192.0.2.1/", sent},
        {"http://192.0.2.1/", "n=v; Domain=192.0.2.1", "http://192.0.2.1:81/", sent},
        {"http://192.0.2.1/", "n=v; Domain=.192.0.2.1", "http://192.0.2.1/", sent},
        {"http://192.0.2.1/", "n=v; Domain=2.1", "http://192.0.2.1/", refused},
        {"http://192.0.2.1/", "n=v; Domain=1", "http://192.0.2.1/", refused},
        {"http://192.0.2.1/", "n=v; Domain=192.0.2.2", "http://192.0.2.2/", refused},
        {"http://192.0.2.1/", "n=v", "http://192.0.2.2/", kept},
        {"http://192.0.2.1/", "n=v", "http://1.192.0.2.1.example/", kept},
        {"http://192.0.2.1/", "n=v; Domain=192.0.2.1", "http://0.2.1.example/", kept},
        {"http://192.0.2.1/", "n=v; Domain=example.org", "http://192.0.2.1/", refused},
        {"http://example.org/", "n=v; Domain=192.0.2.1", "http://192.0.2.1/", refused},
        {"http://[2001:db8::1]/", "n=v", "http://[2001:db8::1]/", sent},
        {"http://[2001:db8::1]/", "n=v", "http://[2001:0DB8:0:0::1]/", sent},
        {"http://[2001:db8::1]/", "n=v", "http://[2001:db8::2]/", kept},
        {"http://[2001:db8::1]/", "n=v; Domain=[2001:db8::1]", "http://[2001:db8::1]/", sent},
        {"http://[2001:db8::1]/", "n=v; Domain=db8::1", "http://[db8::1]/", refused},
        {"http://[::ffff:192.0.2.1]/", "n=v", "http://192.0.2.1/", kept},
        {"http://192.0.2.1/", "n=v", "http://[::ffff:192.0.2.1]/", kept},
        {"http://localhost/", "n=v", "http://127.0.0.1/", kept},
        {"http://127.0.0.1/", "n=v", "http://localhost/", kept},
    };
    check(rows);
}

/// §5.7 step 9: domains that strangers share.
TEST(cookie_verdict, by_public_suffix) {
    const row rows[] = {
        {"http://example.com/", "n=v; Domain=com", "http://other.com/", refused},
        {"http://example.com/", "n=v; Domain=.com", "http://other.com/", refused},
        {"http://example.com/", "n=v; Domain=COM", "http://other.com/", refused},
        {"http://example.com/", "n=v; Domain=com.", "http://other.com/", refused},
        {"http://example.com./", "n=v; Domain=com.", "http://other.com/", refused},
        {"http://example.co.uk/", "n=v; Domain=uk", "http://other.co.uk/", refused},
        {"http://example.co.uk/", "n=v; Domain=co.uk.", "http://other.co.uk/", refused},
        {"http://example.co.uk/", "n=v; Domain=example.co.uk", "http://a.example.co.uk/", sent},
        {"http://a.example.co.uk/", "n=v; Domain=example.co.uk", "http://b.example.co.uk/", sent},
        {"http://example.co.jp/", "n=v; Domain=co.jp", "http://other.co.jp/", refused},
        {"http://example.com.au/", "n=v; Domain=com.au", "http://other.com.au/", refused},
        {"http://example.com.au/", "n=v; Domain=au", "http://other.com.au/", refused},
        // A wildcard of the list (*.ck), and its exception (!www.ck).
        {"http://a.b.ck/", "n=v; Domain=b.ck", "http://c.b.ck/", refused},
        {"http://a.b.ck/", "n=v; Domain=a.b.ck", "http://x.a.b.ck/", sent},
        {"http://a.www.ck/", "n=v; Domain=www.ck", "http://b.www.ck/", sent},
        {"http://www.ck/", "n=v; Domain=ck", "http://other.ck/", refused},
        // Where companies let strangers in.
        {"http://me.github.io/", "n=v; Domain=github.io", "http://you.github.io/", refused},
        {"http://me.github.io/", "n=v; Domain=me.github.io", "http://a.me.github.io/", sent},
        {"http://github.io/", "n=v; Domain=github.io", "http://you.github.io/", kept},
        {"http://a.blogspot.com/", "n=v; Domain=blogspot.com", "http://b.blogspot.com/", refused},
        {"http://a.blogspot.com/", "n=v; Domain=com", "http://b.blogspot.com/", refused},
        // The host is one itself: for it alone.
        {"http://com/", "n=v; Domain=com", "http://com/", sent},
        {"http://com/", "n=v; Domain=com", "http://example.com/", kept},
        {"http://co.uk/", "n=v; Domain=co.uk", "http://co.uk/", sent},
        {"http://co.uk/", "n=v; Domain=co.uk", "http://example.co.uk/", kept},
        {"http://co.uk/", "n=v; Domain=uk", "http://co.uk/", refused},
        // In another alphabet, and top levels that nobody knows.
        {"http://a.xn--55qx5d.cn/", "n=v; Domain=xn--55qx5d.cn", "http://b.xn--55qx5d.cn/",
         refused},
        {"http://a.xn--p1ai/", "n=v; Domain=xn--p1ai", "http://b.xn--p1ai/", refused},
        {"http://a.internal/", "n=v; Domain=internal", "http://b.internal/", refused},
        {"http://b.a.internal/", "n=v; Domain=a.internal", "http://c.a.internal/", sent},
        {"http://intranet/", "n=v", "http://intranet/", sent},
        {"http://intranet/", "n=v; Domain=intranet", "http://a.intranet/", kept},
    };
    check(rows);
}

/// §5.1.4: paths.
TEST(cookie_verdict, by_path) {
    const row rows[] = {
        // Nothing said: the folder of what was asked for.
        {"http://h.example", "n=v", "http://h.example/any/thing", sent},
        {"http://h.example/", "n=v", "http://h.example", sent},
        {"http://h.example/a", "n=v", "http://h.example/", sent},
        {"http://h.example/a", "n=v", "http://h.example/b", sent},
        {"http://h.example/a/", "n=v", "http://h.example/a", sent},
        {"http://h.example/a/", "n=v", "http://h.example/", kept},
        {"http://h.example/a/b", "n=v", "http://h.example/a/c", sent},
        {"http://h.example/a/b/c", "n=v", "http://h.example/a/b/d/e", sent},
        {"http://h.example/a/b/c", "n=v", "http://h.example/a/d", kept},
        {"http://h.example/a/b?/c/d", "n=v", "http://h.example/a", sent},
        {"http://h.example/a//b", "n=v", "http://h.example/a/", sent},
        {"http://h.example//a", "n=v", "http://h.example//b", sent},
        // Said.
        {"http://h.example/", "n=v; Path=/", "http://h.example/a/b", sent},
        {"http://h.example/", "n=v; Path=/a", "http://h.example/a", sent},
        {"http://h.example/", "n=v; Path=/a", "http://h.example/a/", sent},
        {"http://h.example/", "n=v; Path=/a", "http://h.example/a/b", sent},
        {"http://h.example/", "n=v; Path=/a", "http://h.example/a?b", sent},
        {"http://h.example/", "n=v; Path=/a", "http://h.example/ab", kept},
        {"http://h.example/", "n=v; Path=/a", "http://h.example/", kept},
        {"http://h.example/", "n=v; Path=/a", "http://h.example/b/a", kept},
        {"http://h.example/", "n=v; Path=/a/", "http://h.example/a", kept},
        {"http://h.example/", "n=v; Path=/a/", "http://h.example/a/", sent},
        {"http://h.example/", "n=v; Path=/a/", "http://h.example/a/b/c", sent},
        {"http://h.example/", "n=v; Path=/a/", "http://h.example/a?/", kept},
        {"http://h.example/", "n=v; Path=/A", "http://h.example/a", kept},
        {"http://h.example/", "n=v; PATH=/a", "http://h.example/a", sent},
        {"http://h.example/", "n=v; Path=/%61", "http://h.example/a", kept},
        {"http://h.example/", "n=v; Path=/a b", "http://h.example/a%20b", kept},
        {"http://h.example/", "n=v; Path= /a ", "http://h.example/a", sent},
        {"http://h.example/", "n=v; Path=/a=b", "http://h.example/a=b", sent},
        {"http://h.example/x/y", "n=v; Path=/z", "http://h.example/z", sent},
        {"http://h.example/x/y", "n=v; Path=/z", "http://h.example/x/y", kept},
        {"http://h.example/", "n=v; Path=//", "http://h.example/", kept},
        {"http://h.example/", "n=v; Path=/a?b", "http://h.example/a", kept},
        {"http://h.example/", "n=v; Path=/../a", "http://h.example/a", kept},
        // Not a path: the folder again.
        {"http://h.example/x/y", "n=v; Path", "http://h.example/x/z", sent},
        {"http://h.example/x/y", "n=v; Path=", "http://h.example/z", kept},
        {"http://h.example/x/y", "n=v; Path=a", "http://h.example/x/z", sent},
        {"http://h.example/x/y", "n=v; Path=a", "http://h.example/a", kept},
        {"http://h.example/x/y", "n=v; Path=\"/\"", "http://h.example/x", sent},
        {"http://h.example/x/y", "n=v; Path=\"/\"", "http://h.example/", kept},
        {"http://h.example/x/y", "n=v; Path=http://h.example/", "http://h.example/", kept},
        // The last one counts.
        {"http://h.example/", "n=v; Path=/a; Path=/b", "http://h.example/b", sent},
        {"http://h.example/", "n=v; Path=/a; Path=/b", "http://h.example/a", kept},
        {"http://h.example/x/y", "n=v; Path=/a; Path=b", "http://h.example/a", kept},
        {"http://h.example/x/y", "n=v; Path=/a; Path=b", "http://h.example/x", sent},
        // Too long to be looked at.
        {"http://h.example/", "n=v; Path=/" + std::string(1023, 'a'),
         "http://h.example/" + std::string(1023, 'a'), sent},
        {"http://h.example/", "n=v; Path=/" + std::string(1024, 'a'), "http://h.example/b", sent},
    };
    check(rows);
}

}  // namespace
