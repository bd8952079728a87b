// SPDX-License-Identifier: MIT
// Name servers, and those who pretend to be one, that send what they should not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "io/worlds.hpp"
#include "support/dns_server.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/resolver.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/resolve.hpp"

namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using zocalo::test::dns_message;
using zocalo::test::dns_question;
using zocalo::test::dns_reply;
using zocalo::test::dns_server;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace dns = zocalo::net::dns;

const std::string good_address("\xC0\0\2\1", 4);
const std::string bad_address("\6\6\6\6", 4);

std::string good(const std::string& query) {
    return dns_message(query, dns_message::response)
        .record(dns::type::a, 300, good_address)
        .bytes();
}

/// An answer that would be believed if it answered the question.
dns_message bad(const std::string& query) {
    return dns_message(query, dns_message::response).record(dns::type::a, 300, bad_address);
}

struct trick {
    const char* what;
    std::function<std::string(const std::string& query)> make;
};

class hostile_server : public zocalo::tests::in_every_world {
 protected:
    static io::resolver_options asking(const dns_server& server) {
        return {.servers = {server.where()},
                .hosts_file = false,
                .search = false,
                .attempt = 10s,
                .attempts = 1,
                .cache_size = 0};
    }
    /// What a question for addresses of www.example brings.
    dns::answer ask(dns_server& server) { return ask(server, 10s); }
    dns::answer ask(dns_server& server, zocalo::timeout attempt) {
        io::resolver_options options = asking(server);
        options.attempt = attempt;
        io::resolver resolver(options);
        return run(io::timeout(60s, resolver.ask("www.example", dns::type::a)));
    }
};

/// What somebody would have to guess.
struct seen_questions {
    std::set<std::string> numbers;
    std::set<std::string> spellings;
    std::vector<std::uint16_t> ports;

    void note(const std::string& query, const net::endpoint& from) {
        numbers.insert(query.substr(0, 2));
        spellings.insert(query.substr(12, dns_message::end_of_question(query) - 12));
        ports.push_back(from.port());
    }
    [[nodiscard]] std::size_t different_ports() const {
        return std::set(ports.begin(), ports.end()).size();
    }
};

constexpr std::string_view silent = "silent.example";

/// Answers all but one name.
class noting_server {
 public:
    noting_server() {
        server_.emplace([this](const std::string& query, bool) {
            if (dns_question(query).name == silent) return std::vector<dns_reply>();
            seen_.note(query, server_->asker());
            return std::vector<dns_reply>{{good(query)}};
        });
    }
    [[nodiscard]] const dns_server& server() const { return *server_; }
    /// Everything; it answers no more.
    const seen_questions& seen() {
        server_.reset();
        return seen_;
    }

 private:
    seen_questions seen_;
    std::optional<dns_server> server_;
};

io::task<> ask_often(io::resolver& resolver, int times) {
    for (int i = 0; i < times; ++i)
        co_await resolver.ask("www.some-longer-name.example", dns::type::a);
}

io::task<> ask_the_silent(io::resolver& resolver) {
    co_await resolver.ask(std::string(silent), dns::type::a);
}

TEST_P(hostile_server, cannot_foresee_number_spelling_and_port) {
    noting_server names;
    io::resolver resolver(asking(names.server()));
    run(io::timeout(60s, ask_often(resolver, 40)));
    const seen_questions& seen = names.seen();
    EXPECT_GT(seen.numbers.size(), 35U);
    EXPECT_GT(seen.spellings.size(), 35U);
    EXPECT_GT(seen.different_ports(), 35U);
}

io::task<> ask_beside_the_silent(io::resolver& resolver, io::task<> questions) {
    co_await io::any(ask_the_silent(resolver), std::move(questions));
}

/// Who makes us ask for a name that nobody answers does not keep the port of the others.
TEST_P(hostile_server, cannot_keep_a_port_in_use) {
    noting_server names;
    io::resolver_options options = asking(names.server());
    options.attempt = 60s;
    io::resolver resolver(options);
    run(io::timeout(60s, ask_beside_the_silent(resolver, ask_often(resolver, 100))));
    const seen_questions& seen = names.seen();
    EXPECT_GE(seen.different_ports(), 6U);
    for (const std::uint16_t port : seen.ports)
        EXPECT_LE(std::ranges::count(seen.ports, port), 40);  // 16, and few ports come twice
}

io::task<> ask_early_and_late(io::resolver& resolver) {
    co_await ask_often(resolver, 1);
    co_await io::sleep(1100ms);
    co_await ask_often(resolver, 1);
}

TEST_P(hostile_server, cannot_use_a_port_that_it_found_out_before) {
    noting_server names;
    io::resolver_options options = asking(names.server());
    options.attempt = 60s;
    io::resolver resolver(options);
    run(io::timeout(60s, ask_beside_the_silent(resolver, ask_early_and_late(resolver))));
    EXPECT_EQ(names.seen().different_ports(), 2U);
}

/// What does not answer the question, from who cannot see it: it is passed over.
const trick forgeries[] = {
    {"nothing", [](const std::string&) { return std::string(); }},
    {"half a header", [](const std::string& query) { return query.substr(0, 7); }},
    {"a header alone",
     [](const std::string& query) { return bad(query).patch(4, 0).bytes().substr(0, 12); }},
    {"another number",
     [](const std::string& query) {
         const auto byte = [&](std::size_t at) -> unsigned {
             return static_cast<unsigned char>(query[at]);
         };
         return bad(query).patch(0, (byte(0) << 8 | byte(1)) ^ 1U).bytes();
     }},
    {"another name",
     [](const std::string& query) {
         std::string forged = bad(query).bytes();
         forged[13] = 'z';
         return forged;
     }},
    {"another type",
     [](const std::string& query) {
         return bad(query).patch(dns_message::end_of_question(query) - 4, 28).bytes();
     }},
    {"another class",
     [](const std::string& query) {
         return bad(query).patch(dns_message::end_of_question(query) - 2, 3).bytes();
     }},
};

TEST_P(hostile_server, forgeries_are_passed_over) {
    for (const trick& each : forgeries) {
        dns_server server([&each](const std::string& query, bool) {
            return std::vector<dns_reply>{{each.make(query)}, {good(query), 30ms}};
        });
        const auto said = ask(server);
        EXPECT_THAT(said.all<dns::a>(), ElementsAre(dns::a{net::address::parse("192.0.2.1")}))
            << each.what;
        EXPECT_EQ(server.asked(), 1) << each.what;
    }
}

TEST_P(hostile_server, letters_in_another_case_are_asked_for_again_over_tcp) {
    dns_server server([](const std::string& query, bool over_tcp) {
        if (over_tcp) return std::vector<dns_reply>{{good(query)}};
        std::string forged = bad(query).bytes();
        forged[13] ^= 32;
        return std::vector<dns_reply>{{forged}};
    });
    EXPECT_THAT(ask(server).all<dns::a>(), ElementsAre(dns::a{net::address::parse("192.0.2.1")}));
    EXPECT_EQ(server.asked_over_tcp(), 1);
}

TEST_P(hostile_server, answers_from_another_port_do_not_arrive) {
    net::socket other{net::family::inet, net::type::datagram};
    dns_server* asked = nullptr;
    dns_server server([&](const std::string& query, bool) {
        // Whoever knows everything, but does not sit where the question went to.
        (void)other.try_send_to(bad(query).bytes(), asked->asker());
        return std::vector<dns_reply>{{good(query), 20ms}};
    });
    asked = &server;
    EXPECT_THAT(ask(server).all<dns::a>(), ElementsAre(dns::a{net::address::parse("192.0.2.1")}));
}

dns_message answer_named(const std::string& query, std::string_view owner, dns::type type,
                         std::string_view data) {
    return dns_message(query, dns_message::response).record_of(owner, type, 60, data);
}

/// From the server itself: it breaks the format, and the look-up fails.
const trick breaches[] = {
    {"a pointer to itself",
     [](const std::string& query) {
         const auto at = static_cast<char>(dns_message::end_of_question(query));
         return answer_named(query, {"\xC0" + std::string(1, at)}, dns::type::a, bad_address)
             .bytes();
     }},
    {"a pointer forwards",
     [](const std::string& query) {
         return answer_named(query, "\xC0\x7F", dns::type::a, bad_address).bytes();
     }},
    {"an address of three bytes",
     [](const std::string& query) {
         return dns_message(query, dns_message::response)
             .record(dns::type::a, 60, std::string("\6\6\6", 3))
             .bytes();
     }},
    {"a record that is cut off",
     [](const std::string& query) {
         const std::string whole = bad(query).bytes();
         return whole.substr(0, whole.size() - 2);
     }},
    {"more records than there are",
     [](const std::string& query) { return bad(query).patch(6, 9).bytes(); }},
    {"something behind the end",
     [](const std::string& query) { return bad(query).bytes() + "more"; }},
    {"aliases in a circle",
     [](const std::string& query) {
         return dns_message(query, dns_message::response)
             .record(dns::type::cname, 60, dns_message::wire_name("a.example"))
             .record_of(dns_message::wire_name("a.example"), dns::type::cname, 60, "\xC0\x0C")
             .bytes();
     }},
    {"aliases without end",
     [](const std::string& query) {
         dns_message chain(query, dns_message::response);
         std::string owner = "\xC0\x0C";
         for (int i = 0; i < 40; ++i) {
             const std::string next = dns_message::wire_name("a" + std::to_string(i));
             chain.record_of(owner, dns::type::cname, 60, next);
             owner = next;
         }
         return chain.record_of(owner, dns::type::a, 60, bad_address).bytes();
     }},
    {"two questions", [](const std::string& query) { return bad(query).patch(4, 2).bytes(); }},
};

TEST_P(hostile_server, broken_answers_are_errors) {
    for (const trick& each : breaches) {
        dns_server server([&each](const std::string& query, bool) {
            return std::vector<dns_reply>{{each.make(query)}};
        });
        try {
            const auto said = ask(server, 100ms);  // c-ares passes over some of them
            ADD_FAILURE() << each.what << ": took " << said.records.size() << " records";
        } catch (const zocalo::protocol_error&) {   // by our reader
        } catch (const std::system_error& error) {  // c-ares would have none of it
            EXPECT_EQ(error.code().category(), net::name_category()) << each.what;
        }
    }
}

TEST_P(hostile_server, records_that_nobody_asked_for_are_left_out) {
    dns_server server([](const std::string& query, bool) {
        const std::string victim = dns_message::wire_name("bank.example");
        return std::vector<dns_reply>{{dns_message(query, dns_message::response)
                                           .record(dns::type::a, 300, good_address)
                                           .record_of(victim, dns::type::a, 300, bad_address)
                                           .record_of(victim, dns::type::a, 300, bad_address, 10)
                                           .bytes()}};
    });
    io::resolver resolver(asking(server));
    const auto said = run(resolver.ask("www.example", dns::type::a));
    EXPECT_THAT(said.all<dns::a>(), ElementsAre(dns::a{net::address::parse("192.0.2.1")}));
}

TEST_P(hostile_server, long_answers_come_whole_over_tcp) {
    constexpr unsigned most = 4000;
    dns_server server([](const std::string& query, bool over_tcp) {
        dns_message much(query, over_tcp ? dns_message::response : dns_message::truncated);
        for (unsigned i = 0; over_tcp && i < most; ++i)
            much.record(dns::type::a, 300, good_address);
        if (over_tcp) much.patch(6, most);
        return std::vector<dns_reply>{{much.bytes()}};
    });
    EXPECT_EQ(ask(server).records.size(), most);
}

TEST_P(hostile_server, oversized_datagrams_do_no_harm) {
    dns_server server([](const std::string& query, bool) {
        return std::vector<dns_reply>{{good(query) + std::string(60000, 'x')},
                                      {bad(query).bytes() + std::string(5000, '\0')}};
    });
    EXPECT_ANY_THROW(ask(server));
}

TEST_P(hostile_server, silence_over_tcp_has_an_end) {
    dns_server server([](const std::string& query, bool over_tcp) {
        if (over_tcp) return std::vector<dns_reply>();
        return std::vector<dns_reply>{{dns_message(query, dns_message::truncated).bytes()}};
    });
    auto options = asking(server);
    options.attempt = 100ms;
    io::resolver resolver(options);
    try {
        (void)run(resolver.ask("www.example", dns::type::a));
        FAIL();
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), net::name_errc::again);
    }
}

struct refusal {
    int code;
    const char* text;
};

/// Codes that say that the server cannot, or will not: the error says which, and who it was.
TEST_P(hostile_server, refusals_are_failures) {
    for (const bool tcp : {false, true}) {
        for (const auto& [code, text] :
             {refusal{1, "FORMERR"}, refusal{2, "SERVFAIL"}, refusal{4, "NOTIMP"},
              refusal{5, "REFUSED"}, refusal{9, "NOTAUTH"}, refusal{12, "RCODE 12"}}) {
            dns_server server([said = code](const std::string& query, bool) {
                return std::vector<dns_reply>{
                    {dns_message(query, static_cast<std::uint16_t>(0x8180 | said)).bytes()}};
            });
            io::resolver_options options = asking(server);
            options.tcp = tcp;
            io::resolver resolver(options);
            const std::string who = server.where().to_string() + " says " + text;
            try {
                (void)run(io::timeout(60s, resolver.ask("www.example", dns::type::a)));
                ADD_FAILURE() << text;
            } catch (const std::system_error& error) {
                EXPECT_EQ(error.code(), net::name_errc::failure) << error.what();
                EXPECT_THAT(error.what(), testing::HasSubstr(who));
            }
        }
    }
}

/// Who answers well has the last word, whatever others said before.
TEST_P(hostile_server, one_refusal_is_no_failure) {
    dns_server server([asked = 0](const std::string& query, bool) mutable {
        if (asked++ > 0) return std::vector<dns_reply>{{good(query)}};
        return std::vector<dns_reply>{{dns_message(query, 0x8185).bytes()}};
    });
    io::resolver_options options = asking(server);
    options.servers.push_back(server.where());
    io::resolver resolver(options);
    EXPECT_EQ(run(resolver.ask("www.example", dns::type::a)).records.size(), 1U);
}

ZOCALO_ON_EVERY_KERNEL_BACKEND(hostile_server);

}  // namespace
