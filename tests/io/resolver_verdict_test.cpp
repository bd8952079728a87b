// SPDX-License-Identifier: MIT
// A name server that may be asked, and answers wrongly: what becomes of each answer (N10). Beside
// them there is a true record where it could be taken.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "io/worlds.hpp"
#include "support/dns_server.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/io/resolver.hpp"
#include "zocalo/net/resolve.hpp"

namespace {

using namespace std::chrono_literals;
using zocalo::test::dns_message;
using zocalo::test::dns_reply;
using zocalo::test::dns_server;
namespace io = zocalo::io;
namespace dns = zocalo::net::dns;
using namespace std::string_literals;

enum class verdict : std::uint8_t {
    refused,  ///< the look-up fails
    nothing,  ///< there is no such record
    one,      ///< the true one is taken, and nothing else
};

struct row {
    const char* what;
    dns::type asked;
    std::function<void(dns_message& answer)> put;
    verdict wanted;
};

const std::string here = "\xC0\x0C";  // the name of the question
const std::string truth("\xC0\0\2\1", 4);

/// A record of that type with those bytes, which are not what the type wants.
row data(const char* what, dns::type type, std::string bytes) {
    return {what, type, [=](dns_message& to) { to.record(type, 60, bytes); }, verdict::refused};
}
/// A name where one is wanted.
row name(const char* what, const std::string& wire) {
    return data(what, dns::type::ns, wire);
}
/// What stands beside a true record.
row beside(const char* what, std::function<void(dns_message& to)> put,
           verdict wanted = verdict::one) {
    return {what, dns::type::a,
            [put = std::move(put)](dns_message& to) {
                to.record(dns::type::a, 60, truth);
                put(to);
            },
            wanted};
}
/// A record of any class.
void record_of_class(dns_message& to, unsigned which) {
    to.raw(here).u16(1).u16(which).u32(60).u16(4).raw("\6\6\6\6").count_up(6);
}
std::string label(std::size_t size) {
    return static_cast<char>(size) + std::string(size, 'l');
}
/// Hops back from name to name, in records that nobody asked for.
void hop_back(dns_message& to, int hops) {
    std::string owner = here;
    for (int i = 0; i < hops; ++i) {
        const std::size_t at = to.bytes().size();
        to.record_of(owner, dns::type::a, 60, "\6\6\6\6"s);
        owner = {static_cast<char>(0xC0 | at >> 8), static_cast<char>(at & 0xFF)};
    }
    to.record_of(owner, dns::type::a, 60, truth);
}

std::vector<row> wrong_data() {
    return {
        data("an address of no bytes", dns::type::a, ""),
        data("an address of five bytes", dns::type::a, "\6\6\6\6\6"),
        data("an IPv6 address of four bytes", dns::type::aaaa, truth),
        data("an IPv6 address of 15 bytes", dns::type::aaaa, std::string(15, 'x')),
        data("an IPv6 address of 17 bytes", dns::type::aaaa, std::string(17, 'x')),
        data("mail: nothing", dns::type::mx, ""),
        data("mail: half a preference", dns::type::mx, "\1"),
        data("mail: no name", dns::type::mx, "\0\1"s),
        data("mail: something behind the name", dns::type::mx, "\0\1\1a\0x"s),
        data("a service without a name", dns::type::srv, "\0\1\0\1\0\1"s),
        data("a service that is cut in its port", dns::type::srv, "\0\1\0\1\0"s),
        data("text: nothing", dns::type::txt, ""),
        data("text: longer than its record", dns::type::txt, "\5abc"),
        data("text: the second one is longer", dns::type::txt, "\1a\2b"),
        data("an authority that is two names", dns::type::soa, "\1a\0\1b\0"s),
        data("an authority that is cut in its numbers", dns::type::soa,
             "\1a\0\1b\0"s + std::string(19, 'n')),
        data("an authority with something behind", dns::type::soa,
             "\1a\0\1b\0"s + std::string(21, 'n')),
        data("a certificate authority without a tag", dns::type::caa, "\0"s),
        data("a tag of no bytes", dns::type::caa, "\0\0value"s),
        data("a tag that is longer than its record", dns::type::caa, "\0\x09issue"s),
        data("a key that is cut off", dns::type::tlsa, "\3\1"),
        data("parameters in the wrong order", dns::type::https,
             "\0\1\0\0\3\0\2\1\xBB\0\1\0\3\2h2"s),
        data("a parameter twice", dns::type::https, "\0\1\0\0\3\0\2\1\xBB\0\3\0\2\1\xBB"s),
        data("a parameter that is longer than its record", dns::type::https,
             "\0\1\0\0\3\0\x09\1\xBB"s),
        data("a parameter without its length", dns::type::https, "\0\1\0\0\3\0"s),
    };
}

std::vector<row> wrong_names() {
    return {
        name("a name of no bytes", ""),
        name("a name without its end", "\3abc"),
        name("a name that goes on behind its record", "\5abc"),
        name("a label of a kind that there is not, 01", "\x40" + std::string(64, 'l') + '\0'),
        name("a label of a kind that there is not, 10", "\x80" + std::string(64, 'l') + '\0'),
        name("half a pointer", "\xC0"),
        name("a pointer into the header's middle", "\xC0\x03"),
        name("a pointer behind the end", "\xFF\xFF"),
        name("a pointer to itself", "\1a\xC0\x2B"),
        name("a name of 256 bytes", label(63) + label(63) + label(63) + label(62) + '\0'),
        name("a name that is too long by its pointer",
             label(63) + label(63) + label(63) + label(50) + here),
        name("something behind the name", "\1a\0b"s),
        name("two pointers", here + here),
    };
}

std::vector<row> wrong_numbers() {
    return {
        beside(
            "more answers than there are", [](dns_message& to) { to.patch(6, 0xFFFF); },
            verdict::refused),
        beside(
            "more authorities than there are", [](dns_message& to) { to.patch(8, 1); },
            verdict::refused),
        beside(
            "more additional records than there are", [](dns_message& to) { to.patch(10, 0xFFFF); },
            verdict::refused),
        beside(
            "fewer answers than there are", [](dns_message& to) { to.patch(6, 0); },
            verdict::refused),
        beside(
            "no question", [](dns_message& to) { to.patch(4, 0); }, verdict::refused),
        beside(
            "a question, and not an answer", [](dns_message& to) { to.patch(2, 0x0100); },
            verdict::refused),
        beside(
            "a byte behind the last record", [](dns_message& to) { to.u8(0); }, verdict::refused),
        beside(
            "the header of another record", [](dns_message& to) { to.raw(here).u16(1); },
            verdict::refused),
        beside(
            "a record of half its length",
            [](dns_message& to) {
                to.raw(here).u16(1).u16(1).u32(60).u16(400).raw("\6\6\6\6").count_up(6);
            },
            verdict::refused),
    };
}

std::vector<row> of_others() {
    const auto victim = dns_message::wire_name("bank.example");
    const auto other = [victim](dns::type type, const std::string& bytes) {
        return [=](dns_message& to) { to.record_of(victim, type, 60, bytes); };
    };
    const auto alone = [](const char* what, std::function<void(dns_message & to)> put) {
        return row{what, dns::type::a, std::move(put), verdict::nothing};
    };
    return {
        beside("an address of somebody else", other(dns::type::a, "\6\6\6\6")),
        beside("an alias of somebody else", other(dns::type::cname, here)),
        beside("a server of somebody else", other(dns::type::ns, here)),
        beside("a mail server that nobody asked for",
               [](dns_message& to) { to.record(dns::type::mx, 60, "\0\1\1a\0"s); }),
        beside("another class, CHAOS", [](dns_message& to) { record_of_class(to, 3); }),
        beside("any class", [](dns_message& to) { record_of_class(to, 255); }),
        beside("a type that nobody knows",
               [](dns_message& to) { to.record(dns::type{65'280}, 60, "\6\6\6\6"); }),
        beside(
            "an authority's address",
            [victim](dns_message& to) { to.record_of(victim, dns::type::a, 60, "\6\6\6\6", 8); }),
        alone("only an address of somebody else", other(dns::type::a, "\6\6\6\6")),
        alone("only another class", [](dns_message& to) { record_of_class(to, 3); }),
        alone("an alias that leads to nobody",
              [victim](dns_message& to) { to.record(dns::type::cname, 60, victim); }),
        {"an address of somebody else, before the true one", dns::type::a,
         [](dns_message& to) {
             to.record_of(dns_message::wire_name("bank.example"), dns::type::a, 60, "\6\6\6\6");
             to.record(dns::type::a, 60, truth);
         },
         verdict::one},
        {"a name that pointers without end lead to", dns::type::a,
         [](dns_message& to) { hop_back(to, 40); }, verdict::refused},
        {"aliases in a circle of three", dns::type::a,
         [](dns_message& to) {
             const std::string names[] = {here, dns_message::wire_name("a.example"),
                                          dns_message::wire_name("b.example")};
             for (std::size_t i = 0; i < 3; ++i)
                 to.record_of(names[i], dns::type::cname, 60, names[(i + 1) % 3]);
         },
         verdict::refused},
        {"two aliases of one name", dns::type::a,
         [victim](dns_message& to) {
             to.record(dns::type::cname, 60, victim);
             to.record(dns::type::cname, 60, dns_message::wire_name("a.example"));
             to.record_of(victim, dns::type::a, 60, truth);
         },
         verdict::one},
    };
}

class hostile_answers : public zocalo::tests::in_every_world {
 protected:
    /// What becomes of it, in words.
    std::string outcome(const row& each) {
        const dns_server server([&each](const std::string& query, bool) {
            dns_message answer(query, dns_message::response);
            each.put(answer);
            return std::vector<dns_reply>{{answer.bytes()}};
        });
        io::resolver resolver({.servers = {server.where()},
                               .hosts_file = false,
                               .search = false,
                               .attempt = 60ms,  // what c-ares passes over ends with it
                               .attempts = 1,
                               .cache_size = 0});
        try {
            const dns::answer got = run(resolver.ask("www.example", each.asked));
            if (got.records.empty()) return "nothing";
            const auto all = got.all<dns::a>();
            const bool is_true =
                all.size() == 1 && got.records.size() == 1 && all[0].ip.to_string() == "192.0.2.1";
            return is_true ? "one" : "a false one";
        } catch (const zocalo::protocol_error&) {
            return "refused";
        } catch (const std::system_error& error) {
            return error.code().category() == zocalo::net::name_category() ? "refused"
                                                                           : error.what();
        }
    }
    void expect_verdicts(const std::vector<row>& all) {
        const char* const words[] = {"refused", "nothing", "one"};
        for (const row& each : all)
            EXPECT_EQ(outcome(each), words[static_cast<int>(each.wanted)]) << each.what;
    }
};

TEST_P(hostile_answers, with_wrong_data) {
    expect_verdicts(wrong_data());
}
TEST_P(hostile_answers, with_wrong_names) {
    expect_verdicts(wrong_names());
}
TEST_P(hostile_answers, with_wrong_numbers) {
    expect_verdicts(wrong_numbers());
}
TEST_P(hostile_answers, about_others) {
    expect_verdicts(of_others());
}

ZOCALO_ON_EVERY_KERNEL_BACKEND(hostile_answers);

}  // namespace
