// SPDX-License-Identifier: MIT
#include "zocalo/io/multicast_names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "io/worlds.hpp"
#include "support/cannot_run.hpp"
#include "support/dns_message.hpp"
#include "support/dns_server.hpp"
#include "support/network_namespace.hpp"
#include "zocalo/io/resolver.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/interface.hpp"
#include "zocalo/net/multicast.hpp"
#include "zocalo/net/resolve.hpp"

namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::UnorderedElementsAre;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace dns = zocalo::net::dns;
using namespace zocalo::test;

const std::string v4_bytes("\xC0\0\2\x4D", 4);
const std::string v6_bytes("\xFE\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\x4D", 16);
const net::address v4 = net::address::parse("192.0.2.77");
/// A link-local address is of the interface that it came over.
net::address v6() {
    return net::address::parse("fe80::4d").with_scope(net::if_nametoindex("card"));
}

/// One network card, which leads nowhere, in one family or none.
class neighbourhood {
 public:
    explicit neighbourhood(net::family which) : which_(which) {
        const bool is_v6 = which == net::family::inet6;
        const auto run = network_namespace::run;
        ready_ = own_.is_ready() && run("ip link add card type veth peer name other") &&
                 run("ip link set other addrgenmode none && ip link set card addrgenmode none") &&
                 run("ip link set card up && ip link set other up") &&
                 network_namespace::wait_for_carrier("card");
        if (ready_ && which == net::family::inet) {
            ready_ = run("ip address add 192.0.2.1/24 dev card");
        } else if (ready_ && is_v6) {
            ready_ =
                run("ip address add fe80::1/64 dev card nodad && for i in $(seq 1000); do "
                    "ip -6 route show table local | grep -q fe80::1 && break; sleep 0.01; "
                    "done");
        }
    }
    [[nodiscard]] bool is_ready() const { return ready_; }

    /// Somebody there who answers what is asked in the group.
    [[nodiscard]] std::unique_ptr<dns_server> responder(dns_server::handler says) const {
        const bool is_v4 = which_ == net::family::inet;
        const net::address group = net::address::parse(is_v4 ? "224.0.0.251" : "ff02::fb");
        const net::address any = is_v4 ? net::address::any_v4() : net::address::any_v6();
        return std::make_unique<dns_server>(
            std::move(says), net::endpoint(any, 5353), [=](net::socket& socket) {
                net::multicast::join(socket, group, net::if_nametoindex("card"));
            });
    }

 private:
    const net::family which_;
    network_namespace own_;
    bool ready_ = false;
};

class multicast_names : public zocalo::tests::in_every_world {};

io::resolver asking(std::chrono::nanoseconds patience, std::size_t most_datagrams = 1000) {
    io::multicast_names_options options{.patience = patience};
    options.most_datagrams = most_datagrams;
    return io::resolver({.services = {std::make_shared<io::multicast_names>(options)},
                         .hosts_file = false,
                         .search = false,
                         .cache_size = 0});
}

/// "printer.local" has an address of each family, "old.local" only one.
std::vector<dns_reply> neighbour(const std::string& query, bool /*over_tcp*/) {
    const dns_question asked(query);
    if (asked.name != "printer.local" && asked.name != "old.local") return {};
    dns_message found(query, dns_message::response);
    found.record(dns::type::a, 10, v4_bytes);
    if (asked.name == "printer.local") found.record(dns::type::aaaa, 10, v6_bytes);
    return {{found.bytes()}};
}

TEST_P(multicast_names, are_found_in_both_families) {
    for (const net::family which : {net::family::inet, net::family::inet6}) {
        const neighbourhood here(which);
        if (!here.is_ready()) ZOCALO_CANNOT_RUN("no name space");
        const auto server = here.responder(neighbour);
        io::resolver names = asking(1h);
        EXPECT_THAT(run(names.addresses("Printer.local")), UnorderedElementsAre(v4, v6()));
    }
}

/// Nobody has to wait until the patience is at its end.
TEST_P(multicast_names, one_family_alone_is_an_answer_for_both) {
    const neighbourhood here(net::family::inet);
    if (!here.is_ready()) ZOCALO_CANNOT_RUN("no name space");
    const auto server = here.responder(neighbour);
    io::resolver names = asking(1h);
    EXPECT_THAT(run(names.addresses("old.local")), ElementsAre(v4));
    EXPECT_EQ(run(names.ask("old.local", dns::type::aaaa)).status, dns::status::no_data);
}

TEST_P(multicast_names, silence_is_no_such_name) {
    const neighbourhood here(net::family::inet);
    if (!here.is_ready()) ZOCALO_CANNOT_RUN("no name space");
    const auto server = here.responder(neighbour);
    io::resolver names = asking(100ms);
    try {
        (void)run(names.addresses("nobody.local"));
        FAIL();
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), net::name_errc::no_name);
    }
}

TEST_P(multicast_names, are_asked_for_again) {
    const neighbourhood here(net::family::inet);
    if (!here.is_ready()) ZOCALO_CANNOT_RUN("no name space");
    int heard = 0;
    const auto server = here.responder([&](const std::string& query, bool over_tcp) {
        return ++heard == 1 ? std::vector<dns_reply>() : neighbour(query, over_tcp);
    });
    io::resolver names = asking(1h);
    EXPECT_EQ(run(names.ask("printer.local", dns::type::a)).status, dns::status::found);
}

TEST_P(multicast_names, all_who_offer_a_service_are_gathered) {
    const neighbourhood here(net::family::inet);
    if (!here.is_ready()) ZOCALO_CANNOT_RUN("no name space");
    const auto server = here.responder([](const std::string& query, bool) {
        std::vector<dns_reply> replies;
        for (const char* who :
             {"one._ipp._tcp.local", "two._ipp._tcp.local", "one._ipp._tcp.local"}) {
            dns_message found(query, dns_message::response);
            found.record(dns::type::ptr, 10, dns_message::wire_name(who));
            replies.push_back({found.bytes()});
        }
        return replies;
    });
    io::resolver names = asking(300ms);
    EXPECT_THAT(
        run(names.find<dns::ptr>("_ipp._tcp.local")),
        UnorderedElementsAre(dns::ptr{"one._ipp._tcp.local"}, dns::ptr{"two._ipp._tcp.local"}));
}

/// What must not be taken, before what may.
std::vector<dns_reply> forger(const std::string& query, bool /*over_tcp*/) {
    const std::string false_v4("\xC0\0\2\x66", 4);
    std::string other_number = query;
    other_number[0] = static_cast<char>(other_number[0] ^ 1);
    dns_message of_other_number(other_number, dns_message::response);
    of_other_number.record(dns::type::a, 10, false_v4);
    dns_message of_other_name(0, dns_message::response, "other.local", static_cast<dns::type>(255));
    of_other_name.record(dns::type::a, 10, false_v4);
    std::string renumbered = of_other_name.bytes();
    renumbered.replace(0, 2, query.substr(0, 2));
    dns_message of_other_owner(query, dns_message::response);
    of_other_owner.record_of(dns_message::wire_name("printer.locax"), dns::type::a, 10, false_v4);
    dns_message refusal(query, 0x8185);
    refusal.record(dns::type::a, 10, false_v4);
    dns_message right(query, dns_message::response);
    right.record(dns::type::a, 10, v4_bytes);
    return {{query},
            {"x"},
            {""},
            {std::string(8000, '\xC0')},
            {of_other_number.bytes()},
            {renumbered},
            {of_other_owner.bytes().substr(0, 40)},
            {refusal.bytes()},
            {right.bytes(), 20ms}};
}

TEST_P(multicast_names, forgeries_are_passed_over) {
    const neighbourhood here(net::family::inet);
    if (!here.is_ready()) ZOCALO_CANNOT_RUN("no name space");
    const auto server = here.responder(forger);
    io::resolver names = asking(1h);
    EXPECT_THAT(run(names.find<dns::a>("printer.local")), ElementsAre(dns::a{v4}));
}

/// Answers come from port 5353, which on a machine with privileged neighbours is somebody's.
TEST_P(multicast_names, other_ports_are_not_heard) {
    const neighbourhood here(net::family::inet);
    if (!here.is_ready()) ZOCALO_CANNOT_RUN("no name space");
    net::socket elsewhere(net::family::inet, net::type::datagram);
    elsewhere.bind({net::address::parse("192.0.2.1"), 0});
    dns_server* asked = nullptr;
    const auto server = here.responder([&](const std::string& query, bool over_tcp) {
        for (const dns_reply& each : neighbour(query, over_tcp))
            (void)elsewhere.try_send_to(each.bytes, asked->asker());
        return std::vector<dns_reply>();
    });
    asked = server.get();
    io::resolver names = asking(200ms);
    EXPECT_EQ(run(names.ask("printer.local", dns::type::a)).status, dns::status::no_name);
    EXPECT_GE(server->asked(), 1);
}

TEST_P(multicast_names, floods_have_an_end) {
    const neighbourhood here(net::family::inet);
    if (!here.is_ready()) ZOCALO_CANNOT_RUN("no name space");
    const auto garbage = here.responder(
        [](const std::string&, bool) { return std::vector<dns_reply>(50, dns_reply{"garbage"}); });
    io::resolver names = asking(1h, 20);
    EXPECT_EQ(run(names.ask("printer.local", dns::type::a)).status, dns::status::no_name);
}

TEST_P(multicast_names, answers_have_a_limit) {
    const neighbourhood here(net::family::inet);
    if (!here.is_ready()) ZOCALO_CANNOT_RUN("no name space");
    const auto server = here.responder([](const std::string& query, bool) {
        dns_message found(query, dns_message::response);
        for (int i = 0; i < 250; ++i) {
            const std::string bytes{'\xC0', '\0', '\2', static_cast<char>(i)};
            found.record(dns::type::a, 10, bytes);
        }
        return std::vector<dns_reply>{{found.bytes()}};
    });
    io::resolver names = asking(1h);
    EXPECT_EQ(run(names.ask("printer.local", dns::type::a)).records.size(), 200U);
}

TEST_P(multicast_names, a_time_out_ends_it) {
    const neighbourhood here(net::family::inet);
    if (!here.is_ready()) ZOCALO_CANNOT_RUN("no name space");
    io::resolver names = asking(1h);
    try {
        (void)run(io::timeout(20ms, names.ask("printer.local", dns::type::a)));
        FAIL();
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::timed_out);
    }
}

TEST_P(multicast_names, nowhere_to_ask_is_an_error) {
    const neighbourhood here(net::family::unspecified);
    if (!here.is_ready()) ZOCALO_CANNOT_RUN("no name space");
    io::resolver names = asking(1h);
    try {
        (void)run(names.ask("printer.local", dns::type::a));
        FAIL();
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), net::name_errc::again) << error.what();
    }
}

ZOCALO_ON_EVERY_KERNEL_BACKEND(multicast_names);

TEST(multicast_names_options, say_which_names_are_asked_for) {
    const io::multicast_names names;
    for (const char* name : {"printer.local", "Printer.Local.", "a.b.local",
                             "1.2.254.169.in-addr.arpa", "x.8.e.f.ip6.arpa"})
        EXPECT_TRUE(names.takes(name)) << name;
    for (const char* name :
         {"local", ".local", "printer.example", "xlocal", "local.example", "1.192.in-addr.arpa"})
        EXPECT_FALSE(names.takes(name)) << name;
    EXPECT_THROW(io::multicast_names({.patience = 0s}), std::invalid_argument);
}

}  // namespace
