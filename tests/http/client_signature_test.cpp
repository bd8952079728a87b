// SPDX-License-Identifier: MIT
// What a client signs, and where its signatures go.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "serve/dialogue.hpp"
#include "zocalo/http/aws_signature.hpp"
#include "zocalo/http/client.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/sim/world.hpp"
#include "zocalo/url/uri.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace sim = zocalo::sim;
namespace url = zocalo::url;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view key = "AKIDEXAMPLE";
constexpr std::string_view secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

http::login signing(std::string scope) {
    return {.user = std::string(key),
            .password = std::string(secret),
            .how = http::login::scheme::aws_sigv4,
            .scope = std::move(scope)};
}

/// What came, and the signature that it should have.
struct heard {
    http::fields fields;
    std::string content;
    std::string expected = {};

    [[nodiscard]] std::string get(std::string_view name) const {
        return std::string(fields.get(name));
    }
};

class client_signature : public testing::Test {
 public:
    client_signature() {
        const auto keep = [this](http::exchange& asked) -> io::task<> {
            io::task<std::string> reading = asked.content(1'000'000);
            std::string content = co_await std::move(reading);
            note(asked, std::move(content));
            if (asked.request().target.starts_with("/to?")) {
                asked.response().fields.set("Location", asked.query());
                asked.reply(http::status::temporary_redirect);
            } else {
                asked.reply("");
            }
        };
        site_.routes.get("/{path}", keep);
        site_.routes.put("/{path}", keep);
    }
    void ask(http::request what, http::client_options options = {}) {
        sim::world world(1);
        world.host("a.example").on_start([this] { return run(80); });
        world.host("b.example").on_start([this] { return run(80); });
        world.host("here").run(ask_once(std::move(what), std::move(options)));
    }

    std::string scope = "aws:amz:us-east-1:s3";
    std::vector<heard> all;

 private:
    io::task<> run(std::uint16_t port) {
        serve::server server(site_.handler());
        io::task<net::endpoint> listening = server.listen({net::address::any_v4(), port});
        (void)co_await std::move(listening);
        io::task<> running = server.run();
        co_await std::move(running);
    }
    static io::task<> ask_once(http::request what, http::client_options options) {
        http::client asks(std::move(options));
        io::task<http::response> asking = asks.request(std::move(what));
        co_await std::move(asking);
        asks.close_resting();
    }
    /// As a server does: the fields that are said to be signed, and the content that came.
    void note(http::exchange& asked, std::string content) {
        heard one{.fields = asked.request().fields, .content = std::move(content)};
        const std::string value = one.get("Authorization");
        constexpr std::string_view list = "SignedHeaders=";
        if (value.find(list) != value.npos) {
            http::aws_request what{.method = std::string(asked.request().method.text()),
                                   .target = asked.request().target};
            std::string names = value.substr(value.find(list) + list.size());
            names = names.substr(0, names.find(',')) + ';';
            for (std::size_t end = 0; (end = names.find(';')) != names.npos;) {
                what.fields.add(names.substr(0, end), one.get(names.substr(0, end)));
                names.erase(0, end + 1);
            }
            const bool is_open = one.get("X-Amz-Content-Sha256") == http::aws_unsigned;
            what.content_hash =
                is_open ? std::string(http::aws_unsigned) : http::aws_hash(one.content);
            const auto by = http::aws_scope::parse(scope, url::host::parse("a.example"));
            one.expected = http::aws_authorization(what, by, key, secret);
        }
        all.push_back(std::move(one));
    }

    http::site site_;
};

TEST_F(client_signature, signs_bytes) {
    http::request what{.method = http::method::put,
                       .url = "http://a.example/b%20c?d=1",
                       .body = http::body("content", "text/plain"),
                       .login = signing(scope)};
    what.fields.add("X-Amz-Meta", "a   b");
    ask(std::move(what));
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].get("Authorization"), all[0].expected);
    EXPECT_THAT(all[0].expected, HasSubstr("SignedHeaders=content-type;host;"
                                           "x-amz-content-sha256;x-amz-date;x-amz-meta, "));
    EXPECT_EQ(all[0].get("X-Amz-Content-Sha256"), http::aws_hash("content"));
}

TEST_F(client_signature, reads_what_can_be_read_twice_before_it_is_sent) {
    int times = 0;
    const auto write = [&times](http::body_writer& to) -> io::task<> {
        ++times;
        for (int i = 0; i < 10; ++i) {
            io::task<> writing = to.write("0123456789");
            co_await std::move(writing);
        }
    };
    scope = "aws:amz:us-east-1:iam";
    const auto again = http::body::again::repeatable;
    ask({.method = http::method::put,
         .url = "http://a.example/b",
         .body = http::body::stream(write, 100, "text/plain", again),
         .login = signing(scope)});
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(times, 2);
    EXPECT_EQ(all[0].content.size(), 100U);
    EXPECT_EQ(all[0].get("Authorization"), all[0].expected);
    EXPECT_FALSE(all[0].fields.contains("X-Amz-Content-Sha256"));
}

TEST_F(client_signature, leaves_what_can_be_read_once_unsigned) {
    const auto write = [](http::body_writer& to) -> io::task<> {
        io::task<> writing = to.write("once");
        co_await std::move(writing);
    };
    ask({.method = http::method::put,
         .url = "http://a.example/b",
         .body = http::body::stream(write),
         .login = signing(scope)});
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].content, "once");
    EXPECT_EQ(all[0].get("X-Amz-Content-Sha256"), http::aws_unsigned);
    EXPECT_EQ(all[0].get("Authorization"), all[0].expected);
}

TEST_F(client_signature, signs_anew_where_a_redirect_leads_and_nothing_elsewhere) {
    ask({.url = "http://a.example/to?/there", .login = signing(scope)});
    ask({.url = "http://a.example/to?http://b.example/there", .login = signing(scope)});
    ASSERT_EQ(all.size(), 4U);
    for (int i : {0, 1, 2})
        EXPECT_EQ(all.at(static_cast<std::size_t>(i)).get("Authorization"),
                  all.at(static_cast<std::size_t>(i)).expected);
    EXPECT_NE(all[0].expected, all[1].expected);
    EXPECT_EQ(all[3].get("Authorization"), "");
    EXPECT_EQ(all[3].get("X-Amz-Date"), "");
}

TEST_F(client_signature, is_a_login_like_others) {
    http::client_options options;
    const url::origin where = url::origin::of(url::uri::parse("http://a.example"));
    options.logins = {{.where = where, .who = signing(scope)}};
    ask({.url = "http://a.example/b"}, options);
    ask({.url = "http://b.example/b"}, options);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].get("Authorization"), all[0].expected);
    EXPECT_NE(all[0].expected, "");
    EXPECT_EQ(all[1].get("Authorization"), "");
}

TEST_F(client_signature, says_before_anything_is_sent_that_there_is_no_scope) {
    EXPECT_THROW(ask({.url = "http://a.example/", .login = signing("aws:amz")}),
                 std::invalid_argument);
    http::client_options options;
    const url::origin where = url::origin::of(url::uri::parse("http://a.example"));
    options.logins = {{.where = where, .who = signing("aws:amz")}};
    EXPECT_THROW(http::client{options}, std::invalid_argument);
    EXPECT_THAT(all, IsEmpty());
}

}  // namespace
