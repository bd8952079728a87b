// SPDX-License-Identifier: MIT
// Whether a request came by TLS is one answer, for targets, for upstreams and for programs.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "http/proxy_under_test.hpp"
#include "http/site_under_test.hpp"
#include "support/folder.hpp"
#include "zocalo/http/cgi.hpp"

namespace {

namespace http = zocalo::http;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
using testing::HasSubstr;
using testing::Not;

/// What a gateway says of a client that came to it.
struct gateway {
    std::optional<char> tls_field = {};  ///< of its PROXY header, which it writes when it has that
    std::string target = "/";
    std::string fields = {};
};

serve::server_options behind_a_gateway() {
    serve::server_options options;
    options.proxies.from = {net::network::parse("127.0.0.0/8")};
    return options;
}

std::string request_of(const gateway& how) {
    std::string header;
    if (how.tls_field) {
        serve::proxy_header said{.source = net::endpoint::parse("192.0.2.7:4711"),
                                 .destination = net::endpoint::parse("192.0.2.1:443")};
        const std::string value = std::string(1, *how.tls_field) + std::string(4, '\0');
        said.fields = {{serve::proxy_header::tls, value}};
        header = serve::to_bytes(said);
    }
    return header + "GET " + how.target + " HTTP/1.1\r\nHost: a\r\n" + how.fields +
           "Connection: close\r\n\r\n";
}

bool vouches(const serve::peer& who) {
    return who.address.ip().is_loopback();
}

/// What the upstream of a proxy hears.
std::string heard_of(const gateway& how, bool is_vouched_for = false) {
    zocalo::tests::scripted_upstream upstream("HTTP/1.1 204 No Content\r\n\r\n");
    zocalo::tests::proxy_world world({upstream.handler()});
    if (how.tls_field) world.front_options = behind_a_gateway();
    if (is_vouched_for) world.site.behind_tls = vouches;
    (void)zocalo::tests::ask_through(world, request_of(how));
    return upstream.heard;
}

TEST(came_by_tls, is_told_to_upstreams_as_a_proxy_header_has_it) {
    for (const char* target : {"/", "https://a/"}) {
        const std::string heard = heard_of({.tls_field = '\1', .target = target});
        EXPECT_THAT(heard, HasSubstr("X-Forwarded-Proto: https\r\n")) << target;
        EXPECT_THAT(heard, HasSubstr("for=192.0.2.7;host=a;proto=https\r\n")) << target;
    }
    EXPECT_THAT(heard_of({.tls_field = '\0'}), HasSubstr("X-Forwarded-Proto: http\r\n"));
    EXPECT_THAT(heard_of({}), HasSubstr("X-Forwarded-Proto: http\r\n"));
}

/// What it claims itself is dropped, unless the proxy trusts it: but this is known.
TEST(came_by_tls, is_told_to_upstreams_when_somebody_vouches_for_the_gateway) {
    const gateway absolute{.target = "https://a/"};
    const gateway claims{.fields = "X-Forwarded-Proto: https\r\n"};
    EXPECT_THAT(heard_of(absolute, true), HasSubstr("X-Forwarded-Proto: https\r\n"));
    EXPECT_THAT(heard_of(claims, true), HasSubstr("X-Forwarded-Proto: https\r\n"));
    EXPECT_THAT(heard_of(claims), HasSubstr("X-Forwarded-Proto: http\r\n"));
    EXPECT_THAT(heard_of({}, true), HasSubstr("X-Forwarded-Proto: http\r\n"));
}

TEST(came_by_tls, is_told_to_programs) {
    const zocalo::tests::folder programs;
    const std::string program = programs.file("env");
    std::ofstream(program) << "#!/bin/sh\necho 'Content-Type: text/plain'\necho\nenv\n";
    std::filesystem::permissions(program, std::filesystem::perms{0755});
    http::site site;
    site.filters = {http::under("/", http::cgi({.folder = programs.path(), .prefix = "/"}))};
    const auto said = [&](const gateway& how) {
        serve::server_options options;
        if (how.tls_field) options = behind_a_gateway();
        return zocalo::tests::ask_site(site, request_of(how), {}, options);
    };
    EXPECT_THAT(said({.tls_field = '\1', .target = "/env"}), HasSubstr("\nHTTPS=on\n"));
    EXPECT_THAT(said({.tls_field = '\0', .target = "/env"}), Not(HasSubstr("\nHTTPS=")));
    const gateway claims{.target = "/env", .fields = "X-Forwarded-Proto: https\r\n"};
    EXPECT_THAT(said(claims), Not(HasSubstr("\nHTTPS=")));
    site.behind_tls = vouches;
    EXPECT_THAT(said(claims), HasSubstr("\nHTTPS=on\n"));
    EXPECT_THAT(said({.target = "https://a/env"}), HasSubstr("\nHTTPS=on\n"));
    EXPECT_THAT(said({.target = "/env"}), Not(HasSubstr("\nHTTPS=")));
}

}  // namespace
