// SPDX-License-Identifier: MIT
#include "zocalo/http/name_server.hpp"

#include <gmock/gmock.h>

#include <functional>
#include <string>

#include "serve/dialogue.hpp"
#include "support/dns_message.hpp"
#include "tls/ends.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/io/resolver.hpp"
#include "zocalo/net/resolve.hpp"

namespace {

using namespace std::chrono_literals;
namespace dns = zocalo::net::dns;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace serve = zocalo::serve;
namespace tls = zocalo::tls;
using zocalo::test::dns_message;

class doh : public testing::Test {
 public:
    doh() {
        site_.routes.post("/dns-query", [this](http::exchange& asked) { return reply(asked); });
        talk_ = site_.handler();
    }
    /// Asks for the addresses of name.example, and gives them as text, or what was thrown.
    std::string look_up() {
        std::string found;
        serve::server server([this](serve::connection& client) { return greet(client); });
        io::loop loop;
        const auto talk = [&](serve::server&, net::endpoint where) -> io::task<> {
            http::name_server_options options;
            options.url = "https://localhost:" + std::to_string(where.port()) + "/dns-query";
            options.answering = patience;
            options.client.tls =
                tls::client_context(zocalo::tests::client_trusting(zocalo::tests::localhost()));
            io::resolver_options how;
            how.hosts_file = how.search = false;
            how.services.push_back(std::make_shared<http::name_server>(options));
            io::resolver names(how);
            io::task<std::string> asking = text_of(names);
            found = co_await std::move(asking);
        };
        loop.run(zocalo::tests::with_server(server, talk));
        return found;
    }

    std::function<void(http::exchange& asked, std::string question)> answer;
    std::string error;  ///< the whole text of the last one
    zocalo::timeout patience = 5s;
    std::vector<std::string> questions;

 private:
    io::task<std::string> text_of(io::resolver& names) {
        std::string text;
        try {
            io::task<dns::answer> asking = names.ask("name.example", dns::type::a);
            const dns::answer said = co_await std::move(asking);
            for (const dns::a& each : said.all<dns::a>())
                text += each.ip.to_string() + " ";
            text += std::to_string(said.ttl.count());
        } catch (const std::system_error& failure) {
            text = failure.code().message();
            error = failure.what();
        } catch (const zocalo::protocol_error&) {
            text = "broken";
        }
        co_return text;
    }
    io::task<> reply(http::exchange& asked) {
        io::task<std::string> reading = asked.content(1000);
        const std::string question = co_await std::move(reading);
        questions.push_back(question);
        EXPECT_EQ(asked.request().fields.get("Content-Type"), "application/dns-message");
        EXPECT_EQ(asked.request().fields.get("Accept"), "application/dns-message");
        answer(asked, question);
    }
    io::task<> greet(serve::connection& client) {
        const tls::server_context context(zocalo::tests::server_as(zocalo::tests::localhost()));
        io::task<> securing = client.secure(context);
        co_await std::move(securing);
        io::task<> talking = talk_(client);
        co_await std::move(talking);
    }

    http::site site_;
    serve::handler talk_;
};

std::string address_for(const std::string& question) {
    return dns_message(question, dns_message::response)
        .record(dns::type::a, 300, "\x0A\x01\x02\x03")
        .bytes();
}

TEST_F(doh, asks_a_web_server) {
    answer = [](http::exchange& asked, const std::string& question) {
        asked.reply(address_for(question), "application/dns-message");
    };
    EXPECT_EQ(look_up(), "10.1.2.3 300");
    ASSERT_EQ(questions.size(), 1U);
    EXPECT_EQ(questions[0].size() % 128, 0U);
    EXPECT_EQ(questions[0].substr(0, 2), std::string(2, '\0'));
}

TEST_F(doh, takes_off_the_age_of_an_answer) {
    answer = [](http::exchange& asked, const std::string& question) {
        asked.response().fields.set("Age", "100");
        asked.reply(address_for(question), "application/dns-message");
    };
    EXPECT_EQ(look_up(), "10.1.2.3 200");
}

TEST_F(doh, is_told_that_there_is_none) {
    answer = [](http::exchange& asked, const std::string& question) {
        asked.reply(dns_message(question, dns_message::no_such_name).bytes(),
                    "application/dns-message");
    };
    EXPECT_EQ(look_up(), "0");
}

TEST_F(doh, takes_nothing_else_for_an_answer) {
    const std::string failure = make_error_code(net::name_errc::failure).message();
    answer = [](http::exchange& asked, const std::string& question) {
        asked.reply(address_for(question), "text/html");
    };
    EXPECT_EQ(look_up(), failure);
    answer = [](http::exchange& asked, const std::string&) {
        asked.reply(http::status::bad_gateway);
    };
    EXPECT_EQ(look_up(), failure);
    EXPECT_NE(error.find("/dns-query (no DNS message, status 502)"), std::string::npos) << error;
    answer = [](http::exchange& asked, const std::string& question) {
        asked.reply(dns_message(question, 0x8182).bytes(), "application/dns-message");
    };
    EXPECT_EQ(look_up(), failure);
    EXPECT_NE(error.find("/dns-query (it says SERVFAIL)"), std::string::npos) << error;
    answer = [](http::exchange& asked, const std::string&) {
        asked.response().fields.set("Location", "/other");
        asked.reply(http::status::temporary_redirect);
    };
    EXPECT_EQ(look_up(), failure);
    answer = [](http::exchange& asked, const std::string& question) {
        asked.reply(address_for(question).substr(0, 30), "application/dns-message");
    };
    EXPECT_EQ(look_up(), "broken");
}

TEST_F(doh, wants_a_url_of_https) {
    for (const char* const each : {"http://localhost/dns-query", "", "dns.example"}) {
        http::name_server_options options;
        options.url = each;
        EXPECT_THROW(http::name_server{options}, std::invalid_argument) << each;
    }
}

}  // namespace
