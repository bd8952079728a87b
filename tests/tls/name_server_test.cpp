// SPDX-License-Identifier: MIT
#include "zocalo/tls/name_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/dns_message.hpp"
#include "tls/ends.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/listener.hpp"
#include "zocalo/io/reader.hpp"
#include "zocalo/io/resolver.hpp"
#include "zocalo/io/scope.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/resolve.hpp"
#include "zocalo/tls/error.hpp"

namespace {

using namespace std::chrono_literals;
using namespace zocalo::tests;
using testing::ElementsAre;
using zocalo::test::dns_message;
using zocalo::net::literals::operator""_ip;
namespace dns = zocalo::net::dns;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace tls = zocalo::tls;

TEST(secure_name_server, is_an_address_a_port_and_a_name) {
    const auto parse = [](const char* text) {
        const auto read = tls::secure_name_server::parse(text);
        return read.where.to_string() + ' ' + read.name;
    };
    EXPECT_EQ(parse("192.0.2.53"), "192.0.2.53:853 ");
    EXPECT_EQ(parse("192.0.2.53:8853#dns.example"), "192.0.2.53:8853 dns.example");
    EXPECT_EQ(parse("2001:db8::53#dns.example"), "[2001:db8::53]:853 dns.example");
    EXPECT_EQ(parse("[2001:db8::53]"), "[2001:db8::53]:853 ");
    EXPECT_EQ(parse("[2001:db8::53]:1"), "[2001:db8::53]:1 ");
    for (const char* wrong : {"", "#dns.example", "192.0.2.53#", "dns.example", "192.0.2.53:x"})
        EXPECT_THROW((void)tls::secure_name_server::parse(wrong), std::invalid_argument) << wrong;
}

TEST(name_server, wants_somebody_to_ask) {
    EXPECT_THROW(tls::name_server({}), std::invalid_argument);
}

/// What a server says to the questions that have come on one connection so far; an empty list asks
/// for more of them.
struct saying {
    std::vector<std::string> messages;
    bool hang_up = false;
};
using sayer = std::function<saying(const std::vector<std::string>& questions)>;

std::string address_for(const std::string& query, std::string_view bytes) {
    return dns_message(query, dns_message::response).record(dns::type::a, 60, bytes).bytes();
}
std::string good(const std::string& query) {
    return address_for(query, {"\xC0\0\2\1", 4});
}
saying good_at_once(const std::vector<std::string>& questions) {
    return {{good(questions.back())}, false};
}

/// A name server over TLS in the same loop.
class secure_server {
 public:
    explicit secure_server(sayer says) : says_(std::move(says)) {}

    /// Runs `client` while it serves.
    template <class T>
    io::task<T> around(std::function<io::task<T>(net::endpoint)> client) {
        const net::endpoint anywhere(net::address::loopback_v4(), 0);
        listener_ = co_await io::listen(anywhere);
        io::scope clients;
        std::optional<T> value;
        const auto work = [&]() -> io::task<> {
            io::task<T> asking = client(listener_.local_endpoint());
            value.emplace(co_await std::move(asking));
        };
        co_await io::any(clients.run(accept(clients)), work());
        co_return std::move(*value);
    }

    int connections = 0;
    std::vector<std::size_t> sizes;  ///< of questions

 private:
    io::task<> accept(io::scope& clients) {
        const tls::server_context context(server_as(localhost()));
        for (;;) {
            io::stream plain = co_await listener_.accept();
            clients.spawn(serve(std::move(plain), context));
        }
    }
    io::task<> serve(io::stream plain, tls::server_context context) {
        try {
            io::task<io::stream> securing = tls::accept(std::move(plain), context);
            io::stream peer = co_await std::move(securing);
            ++connections;
            co_await talk(peer);
        } catch (const std::system_error&) {  // the client has gone, or does not trust us
        }
    }
    io::task<> talk(io::stream& peer) {
        std::vector<std::string> questions;
        for (;;) {
            unsigned char size[2];
            const std::size_t got =
                co_await peer.read_exactly(zocalo::mutable_buffer(size, sizeof size));
            if (got < 2) co_return;
            std::string query(static_cast<std::size_t>(size[0] << 8 | size[1]), ' ');
            co_await peer.read_exactly(zocalo::mutable_buffer(query));
            sizes.push_back(query.size());
            questions.push_back(std::move(query));
            const saying said = says_(questions);
            for (const std::string& each : said.messages) {
                std::string bytes{static_cast<char>(each.size() >> 8),
                                  static_cast<char>(each.size() & 0xFF)};
                bytes += each;
                co_await peer.write(bytes);
            }
            if (said.hang_up) co_return;
            if (!said.messages.empty()) questions.clear();
        }
    }

    sayer says_;
    io::listener listener_;
};

tls::name_server_options asking(net::endpoint where) {
    tls::name_server_options options;
    options.servers = {{.where = where}};
    options.tls = client_trusting(localhost());
    options.connecting = 20s;
    options.answering = 20s;
    return options;
}

/// "failure", and what the server has said.
std::string failure_text(std::string_view what) {
    const auto said = what.find(" (it says ");
    if (said == std::string_view::npos) return "failure";
    return "failure" + std::string(what.substr(said, what.find(')') + 1 - said));
}

/// "192.0.2.1", or the error.
io::task<std::string> said_of(io::name_service& names, std::string name) {
    try {
        io::task<dns::answer> asking = names.ask(std::move(name), dns::type::a);
        const dns::answer said = co_await std::move(asking);
        if (said.all<dns::a>().empty()) co_return "nothing";
        co_return said.all<dns::a>().front().ip.to_string();
    } catch (const zocalo::protocol_error& error) {
        co_return "protocol error";
    } catch (const std::system_error& error) {
        if (error.code() == net::name_errc::again) co_return "again";
        if (error.code() == net::name_errc::failure) co_return failure_text(error.what());
        if (error.code().category() == tls::tls_category()) co_return "TLS";
        co_return error.code().message();
    }
}

class secure_names : public in_every_world {
 protected:
    using texts = std::vector<std::string>;

    /// What becomes of these names, asked for at once.
    texts ask(secure_server& server, texts all,
              const std::function<void(tls::name_server_options&)>& change = {}) {
        const auto client = [&](net::endpoint where) -> io::task<texts> {
            tls::name_server_options options = asking(where);
            if (change) change(options);
            tls::name_server with(options);
            std::vector<io::task<std::string>> each;
            for (const std::string& name : all)
                each.push_back(said_of(with, name));
            co_return co_await io::all(std::move(each));
        };
        return run(server.around<texts>(client));
    }
    texts ask(sayer says) {
        secure_server server(std::move(says));
        return ask(server, {"www.example"});
    }
};

TEST_P(secure_names, share_a_connection_and_come_in_any_order) {
    secure_server server([](const std::vector<std::string>& questions) -> saying {
        if (questions.size() < 3) return {};
        std::vector<std::string> replies;
        for (auto each = questions.rbegin(); each != questions.rend(); ++each) {
            const char last = dns::parse(zocalo::const_buffer(*each)).name.back();
            const std::string ip{'\xC0', '\0', '\2', static_cast<char>(last - '0')};
            replies.push_back(address_for(*each, ip));
        }
        return {replies, false};
    });
    EXPECT_THAT(ask(server, {"a1", "a2", "a3"}),
                ElementsAre("192.0.2.1", "192.0.2.2", "192.0.2.3"));
    EXPECT_EQ(server.connections, 1);
    EXPECT_THAT(server.sizes, testing::Each(128U));  // nobody sees how long names are
}

TEST_P(secure_names, wait_for_their_turn) {
    secure_server server(good_at_once);
    const auto said = ask(server, std::vector<std::string>(50, "www.example"),
                          [](tls::name_server_options& options) { options.most_at_once = 3; });
    EXPECT_THAT(said, testing::Each("192.0.2.1"));
    EXPECT_EQ(server.connections, 1);
}

TEST_P(secure_names, only_of_a_server_that_proves_who_it_is) {
    secure_server server(good_at_once);
    const auto say = [&](const std::function<void(tls::name_server_options&)>& change) {
        return ask(server, {"www.example"}, change).at(0);
    };
    EXPECT_EQ(say([](auto& options) { options.servers[0].name = "localhost"; }), "192.0.2.1");
    EXPECT_EQ(say([](auto& options) { options.servers[0].name = "dns.example"; }), "TLS");
    EXPECT_EQ(say([](auto& options) { options.tls = {}; }), "TLS");
    EXPECT_EQ(server.sizes.size(), 1U);  // it was not even asked
}

TEST_P(secure_names, come_over_a_new_connection_when_the_old_one_has_ended) {
    secure_server server([](const std::vector<std::string>& questions) {
        return saying{{good(questions.back())}, true};
    });
    const auto client = [&](net::endpoint where) -> io::task<std::vector<std::string>> {
        tls::name_server with(asking(where));
        std::vector<std::string> all;
        for (int i = 0; i < 3; ++i) {
            io::task<std::string> next = said_of(with, "www.example");
            all.push_back(co_await std::move(next));
        }
        co_return all;
    };
    EXPECT_THAT(run(server.around<std::vector<std::string>>(client)),
                testing::AllOf(testing::SizeIs(3), testing::Each("192.0.2.1")));
    EXPECT_EQ(server.connections, 3);
}

TEST_P(secure_names, server_that_hangs_up_without_an_answer_has_none) {
    EXPECT_THAT(ask([](const auto&) { return saying{{}, true}; }),
                ElementsAre(testing::Not("192.0.2.1")));
}

TEST_P(secure_names, next_server_is_asked_when_one_does_not_answer) {
    for (const char* trouble : {"silence", "refusal", "nobody"}) {
        const std::string what = trouble;
        secure_server server([&, asked = 0](const auto& questions) mutable -> saying {
            if (asked++ > 0 || what == "nobody") return good_at_once(questions);
            if (what == "silence") return {};
            const auto servfail = static_cast<std::uint16_t>(0x8182);
            return {{dns_message(questions.back(), servfail).bytes()}, false};
        });
        const auto said = ask(server, {"www.example"}, [&](tls::name_server_options& options) {
            options.servers.insert(options.servers.begin(), options.servers[0]);
            if (what == "nobody") options.servers[0].name = "dns.example";
            if (what == "silence") options.answering = 500ms;
        });
        EXPECT_THAT(said, ElementsAre("192.0.2.1")) << what;
    }
}

TEST_P(secure_names, refusals_and_lies_are_errors) {
    EXPECT_THAT(ask([](const auto& questions) {
                    const auto refused = static_cast<std::uint16_t>(0x8185);
                    return saying{{dns_message(questions.back(), refused).bytes()}, false};
                }),
                ElementsAre("failure (it says REFUSED)"));
    EXPECT_THAT(ask([](const auto& questions) {
                    std::string other = good(questions.back());
                    other[13] = 'x';
                    return saying{{other}, false};
                }),
                ElementsAre("protocol error"));
    EXPECT_THAT(
        ask([](const auto& questions) { return saying{{good(questions.back()) + "more"}, false}; }),
        ElementsAre("protocol error"));
    EXPECT_THAT(ask([](const auto&) { return saying{{"x"}, false}; }),
                ElementsAre("protocol error"));
}

TEST_P(secure_names, answers_to_nobody_are_passed_over) {
    EXPECT_THAT(ask([](const auto& questions) {
                    std::string other = address_for(questions.back(), "\6\6\6\6");
                    other[0] ^= 1;
                    return saying{{other, good(questions.back())}, false};
                }),
                ElementsAre("192.0.2.1"));
}

/// The one who reads for all is cancelled: another one goes on with what has come.
TEST_P(secure_names, another_one_reads_when_the_reader_is_cancelled) {
    secure_server server([](const std::vector<std::string>& questions) -> saying {
        if (questions.size() < 3) return {};
        return {{good(questions[1]), good(questions[2])}, false};
    });
    const auto client = [](net::endpoint where) -> io::task<std::vector<std::string>> {
        tls::name_server with(asking(where));
        std::vector<std::string> all(2);
        const auto second = [&]() -> io::task<> {
            io::task<std::string> next = said_of(with, "b");
            all[0] = co_await std::move(next);
        };
        const auto first = [&]() -> io::task<> {
            std::vector<io::task<std::string>> either;
            either.push_back(said_of(with, "a"));
            const auto leave = [&]() -> io::task<std::string> {
                co_await io::sleep(50ms);  // long enough to be the reader; if not, nothing is lost
                co_return "left";
            };
            either.push_back(leave());
            co_await io::any(std::move(either));
            io::task<std::string> next = said_of(with, "c");
            all[1] = co_await std::move(next);
        };
        co_await io::all(first(), second());
        co_return all;
    };
    EXPECT_THAT(run(server.around<std::vector<std::string>>(client)), testing::Each("192.0.2.1"));
}

TEST_P(secure_names, are_those_of_a_resolver) {
    secure_server server(good_at_once);
    const auto client = [](net::endpoint where) -> io::task<std::vector<net::address>> {
        io::resolver_options options;
        options.services = {std::make_shared<tls::name_server>(asking(where))};
        options.search = false;
        io::resolver names(std::move(options));
        io::task<std::vector<net::address>> looking =
            names.addresses("www.example.test", net::family::inet);
        co_return co_await std::move(looking);
    };
    EXPECT_THAT(run(server.around<std::vector<net::address>>(client)), ElementsAre("192.0.2.1"_ip));
}

ZOCALO_IN_EVERY_WORLD(secure_names);

}  // namespace
