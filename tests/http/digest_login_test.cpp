// SPDX-License-Identifier: MIT
#include "zocalo/http/digest_login.hpp"

#include <gmock/gmock.h>

#include "http/site_under_test.hpp"
#include "zocalo/http/client.hpp"

namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using zocalo::tests::ask_site;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;

std::optional<std::string> secret_of(std::string_view user, http::digest_algorithm which) {
    if (user != "ada") return std::nullopt;
    return http::digest_secret(which, user, "here", "sesame");
}

http::site guarded(http::digest_login_options how = {.realm = "here"}) {
    http::site site;
    site.routes.get("/{all...}", [](http::exchange& asked) { asked.reply("in"); });
    site.filters = {http::ask_digest(how, secret_of)};
    return site;
}

/// Asks with what is proved by the first or the second challenge of a response.
std::string proof(const std::string& response, std::size_t which, const std::string& target,
                  const std::string& password, std::uint32_t count = 1) {
    std::size_t at = 0;
    for (std::size_t i = 0; i <= which; ++i)
        at = response.find("WWW-Authenticate: ", at) + 18;
    const std::string line = response.substr(at, response.find("\r\n", at) - at);
    const auto asked = http::challenge::try_parse_all(line);
    const http::credentials shown = http::answer_digest(
        asked.value().front(), {.target = target, .count = count, .client_nonce = "0a4f"}, "ada",
        password);
    return "GET /a HTTP/1.1\r\nHost: a\r\nAuthorization: " + shown.to_string() + "\r\n\r\n";
}
constexpr auto stranger = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";

TEST(digest_login, asks_in_all_ways_and_lets_in_who_knows) {
    const http::site site = guarded();
    const std::string question = ask_site(site, stranger);
    EXPECT_THAT(question, StartsWith("HTTP/1.1 401 "));
    EXPECT_THAT(question, HasSubstr("algorithm=SHA-256"));
    EXPECT_THAT(question, HasSubstr("algorithm=MD5"));
    const std::string in = ask_site(site, proof(question, 0, "/a", "sesame"));
    EXPECT_THAT(in, StartsWith("HTTP/1.1 200 "));
    EXPECT_THAT(in, HasSubstr("Authentication-Info: "));
    EXPECT_THAT(ask_site(site, proof(question, 1, "/a", "sesame", 2)), StartsWith("HTTP/1.1 200 "));
}

TEST(digest_login, refuses_wrong_proofs_without_a_word_about_why) {
    const http::site site = guarded();
    const std::string question = ask_site(site, stranger);
    for (const std::string& each :
         {proof(question, 0, "/a", "open"), proof(question, 0, "/b", "sesame"),
          std::string(
              "GET /a HTTP/1.1\r\nHost: a\r\nAuthorization: Basic YWRhOnNlc2FtZQ==\r\n\r\n"),
          std::string("GET /a HTTP/1.1\r\nHost: a\r\nAuthorization: Digest nonsense\r\n\r\n")}) {
        const std::string answer = ask_site(site, each);
        EXPECT_THAT(answer, StartsWith("HTTP/1.1 401 "));
        EXPECT_THAT(answer, Not(HasSubstr("stale=true")));
    }
}

TEST(digest_login, takes_each_proof_once) {
    const http::site site = guarded();
    const std::string once = proof(ask_site(site, stranger), 0, "/a", "sesame");
    EXPECT_THAT(ask_site(site, once), StartsWith("HTTP/1.1 200 "));
    const std::string again = ask_site(site, once);
    EXPECT_THAT(again, StartsWith("HTTP/1.1 401 "));
    EXPECT_THAT(again, HasSubstr("stale=true"));
}

TEST(digest_login, does_not_take_a_nonce_of_another_site) {
    const std::string question = ask_site(guarded(), stranger);
    EXPECT_THAT(ask_site(guarded(), proof(question, 0, "/a", "sesame")),
                StartsWith("HTTP/1.1 401 "));
}

io::task<> log_in(net::endpoint where) {
    http::client client;
    http::request what{.url = "http://" + where.to_string() + "/a?b"};
    what.login = http::login{.user = "ada", .password = "sesame"};
    for (int i = 0; i < 3; ++i) {
        io::task<http::response> asking = client.request(what);
        const http::response got = co_await std::move(asking);
        EXPECT_EQ(got.status, http::status::ok);
    }
}

TEST(digest_login, lets_our_own_client_in) {
    const http::site site = guarded();
    serve::server running(site.handler());
    io::loop loop;
    loop.run(zocalo::tests::with_server(
        running, [](serve::server&, net::endpoint where) { return log_in(std::move(where)); }));
}

TEST(digest_login, refuses_options_that_let_nobody_in) {
    EXPECT_THROW((void)http::ask_digest({}, {}), std::invalid_argument);
    EXPECT_THROW((void)http::ask_digest({.realm = "x", .algorithms = {}}, secret_of),
                 std::invalid_argument);
}

}  // namespace
