// SPDX-License-Identifier: MIT
// What resolv.conf may say, and what comes of it: who is asked for what, by us and by the system's
// own getaddrinfo(), each in a process with an /etc and a network of its own.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <ostream>
#include <string>
#include <vector>

#include "support/cannot_run.hpp"
#include "support/dns_message.hpp"
#include "support/dns_server.hpp"
#include "support/own_system.hpp"
#include "zocalo/io/resolver.hpp"
#include "zocalo/net/resolve.hpp"

namespace {

namespace io = zocalo::io;
namespace net = zocalo::net;
using namespace zocalo::test;

/// Name servers that know nobody, on the addresses that the rows below name. What they are asked is
/// "name@server", once each.
class servers {
 public:
    servers() {
        for (const char* each : {"127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"})
            add(each, net::address::parse(each));
        add("::1", net::address::loopback_v6());
        add("fe80::1", net::address::parse("fe80::1%1"));
    }
    std::string take() {
        const std::lock_guard guard(lock_);
        return std::exchange(asked_, {});
    }

 private:
    void add(const std::string& label, const net::address& at) {
        all_.push_back(std::make_unique<dns_server>(
            [this, label](const std::string& query, bool) { return answer(label, query); },
            net::endpoint(at, 53)));
    }
    std::vector<dns_reply> answer(const std::string& label, const std::string& query) {
        const dns_question what(query);
        const std::string line = what.name + '@' + label;
        const std::lock_guard guard(lock_);
        if ((' ' + asked_ + ' ').find(' ' + line + ' ') == std::string::npos) {
            if (!asked_.empty()) asked_ += ' ';
            asked_ += line;
        }
        const bool cannot = what.name.starts_with("cannot") && label == "127.0.0.1";
        constexpr int server_failure = 0x8182;
        return {{dns_message(query, cannot ? server_failure : dns_message::no_such_name).bytes()}};
    }

    std::mutex lock_;
    std::string asked_;
    std::vector<std::unique_ptr<dns_server>> all_;
};

std::string asked_by_us(const std::string& host) {
    servers listening;
    try {
        io::resolver().addresses(host).get();
        return "found";
    } catch (const std::system_error&) {
        return listening.take();
    }
}

std::string asked_by_the_system(const std::string& host) {
    servers listening;
    try {
        (void)net::getaddrinfo(host, "");
        return "found";
    } catch (const std::system_error&) {
        return listening.take();
    }
}

struct row {
    const char* what;
    const char* resolv_conf;  ///< null: there is no such file
    const char* host;
    const char* ours;
    const char* theirs = nullptr;  ///< null: the same
    const char* hostname = "machine";
};
void PrintTo(const row& of, std::ostream* out) {
    *out << of.what;
}

constexpr row rows[] = {
    // Servers.
    {"one", "nameserver 127.0.0.1\n", "x.e.", "x.e@127.0.0.1"},
    {"one without a line end", "nameserver 127.0.0.1", "x.e.", "x.e@127.0.0.1"},
    {"the second when the first cannot", "nameserver 127.0.0.1\nnameserver 127.0.0.2\n",
     "cannot.e.", "cannot.e@127.0.0.1 cannot.e@127.0.0.2"},
    {"IPv6", "nameserver ::1\n", "x.e.", "x.e@::1"},
    {"an interface by name", "nameserver fe80::1%lo\n", "x.e.", "x.e@fe80::1"},
    {"an interface by number", "nameserver fe80::1%1\n", "x.e.", "x.e@fe80::1"},
    {"an interface that is not there", "nameserver fe80::1%none\nnameserver 127.0.0.2\n", "x.e.",
     "x.e@127.0.0.2"},
    {"a name instead of an address", "nameserver dns.e\nnameserver 127.0.0.2\n", "x.e.",
     "x.e@127.0.0.2"},
    {"an address as of old", "nameserver 127.2\n", "x.e.", "x.e@127.0.0.2"},
    {"a port, which there is not", "nameserver [127.0.0.2]:53\n", "x.e.", "x.e@127.0.0.1"},
    {"a fourth, where the system takes three",
     "nameserver 127.0.0.9\nnameserver 127.0.0.8\nnameserver 127.0.0.7\nnameserver "
     "127.0.0.4\noptions timeout:1 attempts:1\n",
     "x.e.", "x.e@127.0.0.4", ""},
    {"a second on the same line", "nameserver 127.0.0.1 127.0.0.2\n", "cannot.e.",
     "cannot.e@127.0.0.1"},
    {"a comment behind the address", "nameserver 127.0.0.2 # ours\n", "x.e.", "x.e@127.0.0.2"},
    {"something glued to the address", "nameserver 127.0.0.1#ours\nnameserver 127.0.0.2\n", "x.e.",
     "x.e@127.0.0.2"},
    {"tabs and spaces", "nameserver\t \t127.0.0.2 \t\n", "x.e.", "x.e@127.0.0.2"},
    {"a space before the keyword", " nameserver 127.0.0.2\n", "x.e.", "x.e@127.0.0.2",
     "x.e@127.0.0.1"},
    {"CR LF", "nameserver 127.0.0.2\r\n", "x.e.", "x.e@127.0.0.2", "x.e@127.0.0.1"},
    {"a keyword in capitals", "NAMESERVER 127.0.0.2\n", "x.e.", "x.e@127.0.0.1"},
    {"none", "", "x.e.", "x.e@127.0.0.1"},
    {"no file", nullptr, "x.e.", "x.e@127.0.0.1"},
    {"comments", "# nameserver 127.0.0.3\n; nameserver 127.0.0.3\nnameserver 127.0.0.2\n#\n;\n",
     "x.e.", "x.e@127.0.0.2"},
    {"garbage",
     "\x01\xFF\x80 \nnameserver\nnameserver \nnameservers "
     "127.0.0.3\nnameserver127.0.0.3\n\n\nsearch\nsortlist 127.0.0.3\nnameserver 127.0.0.2\n",
     "x.e.", "x.e@127.0.0.2"},
    // Where to search.
    {"a list", "nameserver 127.0.0.1\nsearch a.e b.e\n", "x",
     "x.a.e@127.0.0.1 x.b.e@127.0.0.1 x@127.0.0.1"},
    {"a list and a name with a dot", "nameserver 127.0.0.1\nsearch a.e b.e\n", "x.y",
     "x.y@127.0.0.1 x.y.a.e@127.0.0.1 x.y.b.e@127.0.0.1"},
    {"a list and a whole name", "nameserver 127.0.0.1\nsearch a.e b.e\n", "x.", "x@127.0.0.1"},
    {"a list and a server that cannot", "nameserver 127.0.0.1\nsearch a.e b.e\n", "cannot",
     "cannot.a.e@127.0.0.1 cannot.b.e@127.0.0.1 cannot@127.0.0.1"},
    {"a domain", "nameserver 127.0.0.1\ndomain d.e\n", "x", "x.d.e@127.0.0.1 x@127.0.0.1"},
    {"two on a line for one", "nameserver 127.0.0.1\ndomain d.e e.e\n", "x",
     "x.d.e@127.0.0.1 x@127.0.0.1"},
    {"a list and then a domain", "nameserver 127.0.0.1\nsearch a.e b.e\ndomain d.e\n", "x",
     "x.d.e@127.0.0.1 x@127.0.0.1"},
    {"a domain and then a list", "nameserver 127.0.0.1\ndomain d.e\nsearch a.e b.e\n", "x",
     "x.a.e@127.0.0.1 x.b.e@127.0.0.1 x@127.0.0.1"},
    {"a list and then another", "nameserver 127.0.0.1\nsearch a.e\nsearch b.e\n", "x",
     "x.b.e@127.0.0.1 x@127.0.0.1"},
    {"a list and then an empty one", "nameserver 127.0.0.1\nsearch a.e\nsearch \n", "x",
     "x.a.e@127.0.0.1 x@127.0.0.1"},
    {"an empty list", "nameserver 127.0.0.1\nsearch\n", "x", "x@127.0.0.1"},
    {"the root", "nameserver 127.0.0.1\nsearch .\n", "x", "x@127.0.0.1"},
    {"a dot at the end", "nameserver 127.0.0.1\nsearch a.e.\n", "x", "x.a.e@127.0.0.1 x@127.0.0.1"},
    {"the same twice", "nameserver 127.0.0.1\nsearch a.e a.e\n", "x",
     "x.a.e@127.0.0.1 x@127.0.0.1"},
    {"eight", "nameserver 127.0.0.1\nsearch a.e b.e c.e d.e e.e f.e g.e h.e\n", "x",
     "x.a.e@127.0.0.1 x.b.e@127.0.0.1 x.c.e@127.0.0.1 x.d.e@127.0.0.1 x.e.e@127.0.0.1 "
     "x.f.e@127.0.0.1 x.g.e@127.0.0.1 x.h.e@127.0.0.1 x@127.0.0.1"},
    {"tabs between domains", "nameserver 127.0.0.1\nsearch\ta.e\tb.e\n", "x",
     "x.a.e@127.0.0.1 x.b.e@127.0.0.1 x@127.0.0.1"},
    {"a comma, which is a byte of a name", "nameserver 127.0.0.1\nsearch a.e,b.e\n", "x",
     "x.a.e,b.e@127.0.0.1 x@127.0.0.1"},
    {"a domain that can be no name", "nameserver 127.0.0.1\nsearch a..e b.e\n", "x",
     "x.b.e@127.0.0.1 x@127.0.0.1", "x@127.0.0.1"},
    {"a comment, which the system takes for domains", "nameserver 127.0.0.1\nsearch a.e # b.e\n",
     "x", "x.a.e@127.0.0.1 x@127.0.0.1",
     "x.a.e@127.0.0.1 x.#@127.0.0.1 x.b.e@127.0.0.1 x@127.0.0.1"},
    {"a CR, which the system takes for a byte", "nameserver 127.0.0.1\nsearch a.e b.e\r\n", "x",
     "x.a.e@127.0.0.1 x.b.e@127.0.0.1 x@127.0.0.1",
     "x.a.e@127.0.0.1 x.b.e\\013@127.0.0.1 x@127.0.0.1"},
    {"the domain of the machine", "nameserver 127.0.0.1\n", "x", "x.own.e@127.0.0.1 x@127.0.0.1",
     nullptr, "me.own.e"},
    {"the domain of the machine without a file", nullptr, "x", "x.own.e@127.0.0.1 x@127.0.0.1",
     nullptr, "me.own.e"},
    {"a list instead of that", "nameserver 127.0.0.1\nsearch a.e\n", "x",
     "x.a.e@127.0.0.1 x@127.0.0.1", nullptr, "me.own.e"},
    // Options.
    {"fewer dots than it takes", "nameserver 127.0.0.1\nsearch a.e\noptions ndots:2\n", "x.y",
     "x.y.a.e@127.0.0.1 x.y@127.0.0.1"},
    {"enough dots", "nameserver 127.0.0.1\nsearch a.e\noptions ndots:2\n", "x.y.z",
     "x.y.z@127.0.0.1 x.y.z.a.e@127.0.0.1"},
    {"no dots are enough", "nameserver 127.0.0.1\nsearch a.e\noptions ndots:0\n", "x",
     "x@127.0.0.1 x.a.e@127.0.0.1"},
    {"more than 15 dots", "nameserver 127.0.0.1\nsearch a.e\noptions ndots:20\n",
     "1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.x",
     "1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.x@127.0.0.1 "
     "1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.x.a.e@127.0.0.1"},
    {"no number", "nameserver 127.0.0.1\nsearch a.e\noptions ndots:two\n", "x.y",
     "x.y@127.0.0.1 x.y.a.e@127.0.0.1"},
    {"a number and more", "nameserver 127.0.0.1\nsearch a.e\noptions ndots:2x\n", "x.y",
     "x.y@127.0.0.1 x.y.a.e@127.0.0.1", "x.y.a.e@127.0.0.1 x.y@127.0.0.1"},
    {"a number below zero", "nameserver 127.0.0.1\nsearch a.e\noptions ndots:-1\n", "x.y",
     "x.y@127.0.0.1 x.y.a.e@127.0.0.1", "x.y.a.e@127.0.0.1 x.y@127.0.0.1"},
    {"a number that is too large",
     "nameserver 127.0.0.1\nsearch a.e\noptions ndots:99999999999999999999\n", "x.y",
     "x.y@127.0.0.1 x.y.a.e@127.0.0.1", "x.y.a.e@127.0.0.1 x.y@127.0.0.1"},
    {"options on several lines",
     "options edns0\nnameserver 127.0.0.1\noptions timeout:5\nsearch a.e\noptions ndots:2 rotate\n",
     "x.y", "x.y.a.e@127.0.0.1 x.y@127.0.0.1"},
    {"the last of two counts",
     "options ndots:2\nnameserver 127.0.0.1\nsearch a.e\noptions ndots:1\n", "x.y",
     "x.y@127.0.0.1 x.y.a.e@127.0.0.1"},
    {"tabs between options", "nameserver 127.0.0.1\nsearch a.e\noptions\ttimeout:3\tndots:2\n",
     "x.y", "x.y.a.e@127.0.0.1 x.y@127.0.0.1"},
    {"options that nobody knows",
     "nameserver 127.0.0.1\nsearch a.e\noptions \xFF : :: ndots :2 frobnicate ndots:2\n", "x.y",
     "x.y.a.e@127.0.0.1 x.y@127.0.0.1"},
    {"options in capitals", "nameserver 127.0.0.1\nsearch a.e\noptions NDOTS:2\n", "x.y",
     "x.y@127.0.0.1 x.y.a.e@127.0.0.1"},
    {"CR LF behind options", "nameserver 127.0.0.1\nsearch a.e\noptions ndots:2\r\n", "x.y",
     "x.y.a.e@127.0.0.1 x.y@127.0.0.1"},
    {"a comment, which the system takes for options",
     "nameserver 127.0.0.1\nsearch a.e\noptions timeout:5 # ndots:2\n", "x.y",
     "x.y@127.0.0.1 x.y.a.e@127.0.0.1", "x.y.a.e@127.0.0.1 x.y@127.0.0.1"},
    {"no names of one label", "nameserver 127.0.0.1\nsearch a.e\noptions no-tld-query\n", "x",
     "x.a.e@127.0.0.1"},
};

class resolv_conf_rows : public testing::TestWithParam<row> {};

TEST_P(resolv_conf_rows, says_who_is_asked_for_what) {
    const row& given = GetParam();
    system_files files{.etc = {{"nsswitch.conf", "hosts: files dns\n"}, {"hosts", ""}},
                       .hostname = given.hostname};
    if (given.resolv_conf != nullptr) files.etc["resolv.conf"] = given.resolv_conf;
    const auto ours = said_in(files, [&] { return asked_by_us(given.host); });
    if (!ours) ZOCALO_CANNOT_RUN("no name spaces");
    EXPECT_EQ(*ours, given.ours);
    EXPECT_EQ(said_in(files, [&] { return asked_by_the_system(given.host); }),
              given.theirs == nullptr ? given.ours : given.theirs);
}

/// With "rotate" questions begin with any of the servers.
std::string first_servers() {
    servers listening;
    std::string first;
    for (int i = 0; i < 200 && first.size() < 2 * std::string("1 ").size(); ++i) {
        try {
            io::resolver().addresses("cannot.e.").get();
        } catch (const std::system_error&) {
            const std::string server =
                listening.take().substr(0, std::string("cannot.e@127.0.0.1").size());
            if (first.find(server.back()) == std::string::npos)
                first += std::string{server.back(), ' '};
        }
    }
    std::ranges::sort(first);
    return first;
}

TEST(resolv_conf, rotates) {
    const system_files files{
        .etc = {{"hosts", ""},
                {"resolv.conf", "nameserver 127.0.0.1\nnameserver 127.0.0.2\noptions rotate\n"}}};
    const auto first = said_in(files, first_servers);
    if (!first) ZOCALO_CANNOT_RUN("no name spaces");
    EXPECT_EQ(first, "  12");
}

INSTANTIATE_TEST_SUITE_P(of, resolv_conf_rows, testing::ValuesIn(rows));

}  // namespace
