// SPDX-License-Identifier: MIT
#include "zocalo/net/dns.hpp"

#include <gtest/gtest.h>

#include "support/dns_message.hpp"
#include "zocalo/core/error.hpp"

namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
namespace dns = zocalo::net::dns;
using dns::type;
using zocalo::net::address;
using zocalo::test::dns_message;

dns_message answer_about(type which) {
    return {7, dns_message::response, "a.example", which};
}

dns::message parsed(const dns_message& message) {
    return dns::parse(message.bytes());
}

/// The one record of an answer with that data.
dns::record record_with(type which, std::string_view data) {
    const dns::message read = parsed(answer_about(which).record(which, 60, data));
    EXPECT_EQ(read.answers.size(), 1U);
    return read.answers.at(0);
}

TEST(dns, reads_every_type_that_it_knows) {
    const auto text = [](type which, std::string_view data) {
        return record_with(which, data).to_string();
    };
    EXPECT_EQ(text(type::a, "\x7F\0\0\1"s), "127.0.0.1");
    EXPECT_EQ(text(type::aaaa, std::string(15, '\0') + "\1"), "::1");
    EXPECT_EQ(text(type::ns, "\2ns\xC0\x0C"), "ns.a.example");
    EXPECT_EQ(text(type::ptr, "\1h\0"s), "h");
    EXPECT_EQ(text(type::mx, "\0\12\4mail\xC0\x0C"s), "10 mail.a.example");
    EXPECT_EQ(text(type::mx, "\0\0\0"s), "0 .");
    EXPECT_EQ(text(type::txt, "\3one\0\4t\nwo"s), R"("one" "" "t\nwo")");
    EXPECT_EQ(text(type::srv, "\0\1\0\2\0\x50\1w\xC0\x0C"s), "1 2 80 w.a.example");
    EXPECT_EQ(text(type::caa, "\x80\5issueca.example"s), "128 issue \"ca.example\"");
    EXPECT_EQ(text(type::tlsa, "\3\1\1\xAB\xCD"s), "3 1 1 abcd");
    EXPECT_EQ(text(type::naptr, "\0\1\0\2\1u\3E2U\5!^.*!\0"s), R"(1 2 "u" "E2U" "!^.*!" .)");
    EXPECT_EQ(text(type::naptr, "\0\1\0\2\0\0\0\1h\xC0\x0C"s), R"(1 2 "" "" "" h.a.example)");
    EXPECT_EQ(text(type::sshfp, "\4\2\xAB\xCD"s), "4 2 abcd");
    EXPECT_EQ(text(static_cast<type>(99), "\1\2"s), "\\# 2 0102");
    EXPECT_EQ(text(type::ds, "\1\2"s), "\\# 2 0102");
    EXPECT_EQ(text(type::dnskey, "\1\2"s), "\\# 2 0102");
    EXPECT_EQ(text(type::soa, "\1m\0\1x\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5"s),
              "m x 1 2 3 4 5");
}

TEST(dns, reads_what_a_service_wants) {
    const auto read = record_with(
        type::https, "\0\1\0\0\1\0\6\2h2\2h3\0\3\0\2\1\xBB\0\4\0\4\xC0\0\2\1\0\6\0\20"s +
                         std::string(15, '\0') + "\1\0\7\0\1x"s);
    const auto& service = std::get<dns::https>(read.data);
    EXPECT_EQ(service.alpn(), (std::vector<std::string>{"h2", "h3"}));
    EXPECT_EQ(service.port(), 443);
    EXPECT_EQ(service.hints(), (std::vector{address::v4(192, 0, 2, 1), address::loopback_v6()}));
    EXPECT_EQ(read.to_string(),
              "1 . alpn=h2,h3 port=443 ipv4hint=192.0.2.1 ipv6hint=::1 key7=\"x\"");
}

TEST(dns, names_can_be_printed) {
    const auto read = record_with(type::ptr, "\5a.b\\\x1B\1\xFF\0"s);
    EXPECT_EQ(read.to_string(), R"(a\.b\\\027.\255)");
}

TEST(dns, types_have_names) {
    EXPECT_EQ(dns::to_text(type::https), "HTTPS");
    EXPECT_EQ(dns::try_parse_type("mx"), type::mx);
    EXPECT_EQ(dns::try_parse_type("type65"), type::https);
    for (const auto* const each : {"NAPTR", "SSHFP", "DS", "DNSKEY", "ANY"})
        EXPECT_EQ(dns::to_text(dns::try_parse_type(each).value_or(type::a)), each);
    for (const auto* const wrong : {"", "MXX", "TYPE", "TYPE65536", "TYPE-1"})
        EXPECT_FALSE(dns::try_parse_type(wrong)) << wrong;
}

TEST(dns, refuses_data_that_its_type_does_not_have) {
    const auto refused = [](type which, std::string_view data) {
        EXPECT_THROW(parsed(answer_about(which).record(which, 60, data)), zocalo::protocol_error)
            << dns::to_text(which) << " of " << data.size() << " bytes";
    };
    refused(type::a, "\1\2\3");
    refused(type::a, "\1\2\3\4\5");
    refused(type::aaaa, "\1\2\3\4");
    refused(type::mx, "\0"s);
    refused(type::mx, "\0\1\4mai"s);
    refused(type::txt, "");
    refused(type::txt, "\5four");
    refused(type::srv, "\0\1\0\2\0"s);
    refused(type::tlsa, "\3\1\1");
    refused(type::sshfp, "\4\2");
    refused(type::naptr, "\0\1\0\2\1u\0\0"s);       // no replacement
    refused(type::naptr, "\0\1\0\2\1u\0\5!x!\0"s);  // a pattern longer than its data
    refused(type::naptr, "\0\1\0\2\0\0\0\1h\0x"s);  // more than its type has
    refused(type::caa, "\0\0x"s);                   // no tag
    refused(type::caa, "\0\5issu"s);                // less of it than it says
    refused(type::caa, "\0\5is sue"s);              // no letter
    refused(type::soa, "\0\0\0\0\0\1"s);
    refused(type::cname, "\1a\0x"s);
    refused(type::svcb, "\0\1\0\0\1\0\0"s);          // protocols, none
    refused(type::svcb, "\0\1\0\0\1\0\2\5h"s);       // one that is longer than its data
    refused(type::svcb, "\0\1\0\0\3\0\1\1"s);        // half a port
    refused(type::svcb, "\0\1\0\0\4\0\3\1\1\1"s);    // most of an address
    refused(type::svcb, "\0\1\0\0\7\0\0\0\7\0\0"s);  // a key twice
    refused(type::svcb, "\0\1\0\0\7\0\5x"s);         // less than it says
}

TEST(dns, pointers_lead_backwards_and_not_for_ever) {
    const auto refused = [](const dns_message& message) {
        EXPECT_THROW(parsed(message), zocalo::protocol_error);
    };
    const std::size_t start = answer_about(type::a).bytes().size();
    const auto pointer_to = [](std::size_t at) {
        return std::string{static_cast<char>(0xC0 | at >> 8), static_cast<char>(at & 0xFF)};
    };
    const std::string address = "\1\2\3\4";
    refused(answer_about(type::a).record_of(pointer_to(start), type::a, 1, address));  // itself
    refused(answer_about(type::a).record_of(pointer_to(start + 2), type::a, 1, address));
    refused(answer_about(type::a).record_of(pointer_to(5000), type::a, 1, address));
    refused(answer_about(type::a).record_of("\x40x"s, type::a, 1, address));
    refused(answer_about(type::a).record_of("\x80x"s, type::a, 1, address));

    const auto chain_of = [&](std::size_t hops) {  // each name is a pointer to the one before
        dns_message message = answer_about(type::cname);
        std::string owner = "\xC0\x0C";
        for (std::size_t i = 0; i < hops; ++i) {
            const std::size_t at = message.bytes().size();
            message.record_of(owner, type::cname, 1, "\1x\0"s);
            owner = pointer_to(at);
        }
        return message;
    };
    EXPECT_EQ(parsed(chain_of(16)).answers.size(), 16U);
    refused(chain_of(17));
}

TEST(dns, names_have_at_most_255_bytes) {
    std::string longest;  // 4 × 63 letters and what belongs to them make 257
    for (const int size : {63, 63, 63, 61})
        longest += (longest.empty() ? "" : ".") + std::string(static_cast<std::size_t>(size), 'x');
    const auto with = [](const std::string& name) {
        return dns_message(1, dns_message::response, name, type::a);
    };
    EXPECT_EQ(parsed(with(longest)).name, longest);
    EXPECT_THROW(parsed(with(longest + "x")), zocalo::protocol_error);
}

TEST(dns, every_cut_and_every_addition_is_refused) {
    const std::string whole =
        answer_about(type::mx).record(type::mx, 60, "\0\12\4mail\xC0\x0C"s).bytes();
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_THROW((void)dns::parse(whole.substr(0, size)), zocalo::protocol_error) << size;
    EXPECT_THROW((void)dns::parse(whole + "x"), zocalo::protocol_error);
}

TEST(dns_answer, follows_aliases_and_takes_nothing_else) {
    dns_message message = answer_about(type::a);
    message.record(type::cname, 30, dns_message::wire_name("b.example"));
    message.record_of(dns_message::wire_name("B.Example"), type::a, 60, "\1\2\3\4");
    message.record_of(dns_message::wire_name("evil.example"), type::a, 10, "\6\6\6\6");
    const dns::answer answer = dns::answer_to("A.EXAMPLE", type::a, parsed(message));
    EXPECT_EQ(answer.status, dns::status::found);
    EXPECT_EQ(answer.canonical_name, "b.example");
    ASSERT_EQ(answer.aliases.size(), 1U);
    EXPECT_EQ(answer.aliases[0].to_string(), "b.example");
    EXPECT_EQ(answer.ttl, 30s);
    ASSERT_EQ(answer.all<dns::a>().size(), 1U);
    EXPECT_EQ(answer.all<dns::a>()[0].ip, address::v4(1, 2, 3, 4));
}

TEST(dns_answer, to_a_question_of_any_type_is_all_of_the_name) {
    dns_message message = answer_about(type::any);
    message.record(type::cname, 30, dns_message::wire_name("b.example"));
    message.record(type::a, 60, "\1\2\3\4");
    message.record_of(dns_message::wire_name("b.example"), type::a, 60, "\6\6\6\6");
    const dns::answer answer = dns::answer_to("a.example", type::any, parsed(message));
    EXPECT_EQ(answer.canonical_name, "a.example");
    EXPECT_TRUE(answer.aliases.empty());
    ASSERT_EQ(answer.records.size(), 2U);
    EXPECT_EQ(answer.records[0].to_string(), "b.example");
    EXPECT_EQ(answer.records[1].to_string(), "1.2.3.4");
}

TEST(dns_answer, codes_have_names) {
    EXPECT_EQ(dns::code_text(0), "NOERROR");
    EXPECT_EQ(dns::code_text(1), "FORMERR");
    EXPECT_EQ(dns::code_text(2), "SERVFAIL");
    EXPECT_EQ(dns::code_text(4), "NOTIMP");
    EXPECT_EQ(dns::code_text(5), "REFUSED");
    EXPECT_EQ(dns::code_text(10), "NOTZONE");
    EXPECT_EQ(dns::code_text(11), "RCODE 11");
    EXPECT_FALSE(dns::is_refusal(0));
    EXPECT_FALSE(dns::is_refusal(3));
    for (const int code : {1, 2, 4, 5, 15})
        EXPECT_TRUE(dns::is_refusal(static_cast<std::uint8_t>(code))) << code;
}

TEST(dns_answer, silence_is_kept_as_long_as_its_zone_says) {
    const std::string zone = "\0\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5"s;
    dns_message silence(1, dns_message::no_such_name, "a.example", type::a);
    dns::answer answer = dns::answer_to("a.example", type::a, parsed(silence));
    EXPECT_EQ(answer.status, dns::status::no_name);
    EXPECT_EQ(answer.ttl, 0s);
    answer = dns::answer_to("a.example", type::a, parsed(silence.record(type::soa, 60, zone, 8)));
    EXPECT_EQ(answer.ttl, 5s);
    answer = dns::answer_to("a.example", type::a, parsed(answer_about(type::a)));
    EXPECT_EQ(answer.status, dns::status::no_data);
}

TEST(dns_answer, refuses_circles_and_what_was_not_asked) {
    const auto refused = [](const dns_message& message, type which = type::a) {
        EXPECT_THROW(static_cast<void>(dns::answer_to("a.example", which, parsed(message))),
                     zocalo::protocol_error);
    };
    refused(answer_about(type::a).record(type::cname, 1, "\xC0\x0C"));
    refused(answer_about(type::aaaa));
    refused({1, dns_message::response, "b.example", type::a});
    refused({1, 0x0100, "a.example", type::a});  // a question
    refused({1, 0x8182, "a.example", type::a});  // server failure
}

/// A question is read back as what it was, whatever its name has in it.
TEST(dns_question, is_a_message) {
    for (const char* name :
         {"", "example", "www.Example.org", "_443._tcp.a", "a\\.b.c", "\\000\\255.x"}) {
        const std::string bytes =
            dns::question{.id = 0x1234, .name = name, .type = type::mx}.encode();
        const dns::message read = dns::parse(zocalo::const_buffer(bytes));
        EXPECT_EQ(read.id, 0x1234);
        EXPECT_FALSE(read.is_response);
        EXPECT_EQ(read.name, name);
        EXPECT_EQ(read.asked, type::mx);
    }
    const dns::question plain{.id = 1, .name = "a.b.", .type = type::a};
    EXPECT_EQ(plain.encode(),
              "\0\1\1\0\0\1\0\0\0\0\0\1\1a\1b\0\0\1\0\1"s + "\0\0\x29\4\xD0\0\0\0\0\0\0"s);
}

TEST(dns_question, is_padded_to_whole_blocks) {
    for (std::size_t length = 1; length < 250; ++length) {
        std::string name(length, 'x');
        for (std::size_t i = 50; i + 1 < length; i += 50)
            name[i] = '.';
        const dns::question padded{.name = name, .type = type::a, .padding_block = 128};
        const std::string bytes = padded.encode();
        EXPECT_EQ(bytes.size() % 128, 0U) << length;
        EXPECT_LE(bytes.size(), 384U);
        EXPECT_EQ(dns::parse(zocalo::const_buffer(bytes)).name, name);
    }
}

TEST(dns_question, has_no_name_that_cannot_be) {
    const std::string label(63, 'x');
    const std::string longest = label + '.' + label + '.' + label + '.' + label.substr(2);
    EXPECT_NO_THROW((void)dns::question{.name = longest}.encode());
    for (const std::string& wrong :
         {longest + "x", label + "x", "."s, "a..b"s, ".a"s, "a\\"s, "a\\1"s, "a\\256"s})
        EXPECT_THROW((void)dns::question{.name = wrong}.encode(), std::invalid_argument) << wrong;
}

TEST(dns_answer, is_made_of_known_addresses) {
    const std::vector<address> known{address::parse("192.0.2.1"), address::parse("192.0.2.2")};
    const dns::answer found = dns::answer_with("a.example", type::a, known, 60s);
    EXPECT_EQ(found.status, dns::status::found);
    EXPECT_EQ(found.all<dns::a>().size(), 2U);
    EXPECT_EQ(found.ttl, 60s);
    EXPECT_EQ(dns::answer_with("a.example", type::aaaa, known, 60s).status, dns::status::no_data);
    EXPECT_EQ(dns::answer_with("a.example", type::a, {}, 60s).status, dns::status::no_name);
}

}  // namespace
