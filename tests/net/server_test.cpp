// SPDX-License-Identifier: MIT
// Every kind of concurrency over every transport.
#include "zocalo/net/server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <tuple>

#include "support/serving.hpp"

namespace zocalo::net {
namespace {

using namespace std::chrono_literals;
using test::serving;

/// A kind of address, and a fresh one of that kind.
struct transport {
    const char* name;
    net::family family;
    endpoint (*fresh)();
};

std::string unique_name(const char* prefix) {
    static std::atomic<int> count{0};
    return prefix + std::to_string(::getpid()) + "-" + std::to_string(count++);
}
endpoint fresh_inet() {
    return {address::loopback_v4(), 0};
}
endpoint fresh_inet6() {
    return {address::loopback_v6(), 0};
}
endpoint fresh_path() {
    return endpoint::local(unique_name("/tmp/zocalo-server-test-"));
}
endpoint fresh_abstract() {
    return endpoint::abstract(unique_name("zocalo-server-test-"));
}

constexpr transport transports[] = {{"inet", family::inet, fresh_inet},
                                    {"inet6", family::inet6, fresh_inet6},
                                    {"path", family::local, fresh_path},
                                    {"abstract", family::local, fresh_abstract}};

void remove_file(const endpoint& where) {
    if (where.family() == family::local && !where.is_abstract()) {
        ::unlink(std::string(where.path()).c_str());
    }
}

socket bound(const transport& transport, net::type type) {
    socket made{transport.family, type};
    made.bind(transport.fresh());
    return made;
}

struct echo : stream_handler {
    void set_up(connection&) override { greeting_ = "you said "; }
    void handle(connection& client) override {
        client.socket().send_all(greeting_ + client.socket().recv(1024));
    }
    void finish(connection& client) override { client.socket().send_all("."); }
    std::string greeting_;
};

struct datagram_echo : datagram_handler {
    void set_up(datagram_request&) override { greeting_ = "you said "; }
    void handle(datagram_request& request) override { request.reply(greeting_ + request.packet()); }
    std::string greeting_;
};

std::string read_to_end(socket& from) {
    std::string all;
    for (std::string part; !(part = from.recv(4096)).empty();)
        all += part;
    return all;
}

using server_case = std::tuple<concurrency, transport>;

std::string case_name(const testing::TestParamInfo<server_case>& info) {
    constexpr const char* kinds[] = {"in_turn", "threads", "pool", "processes"};
    const auto& [how, transport] = info.param;
    return std::string(kinds[static_cast<int>(how)]) + "_" + transport.name;
}

class every_server : public testing::TestWithParam<server_case> {
 protected:
    concurrency how() const { return std::get<0>(GetParam()); }
    const transport& where() const { return std::get<1>(GetParam()); }

    void serve_streams(net::type type);
};

void every_server::serve_streams(net::type type) {
    // Children of this process inherit the clients' ends too, so none of them sees a client close.
    const timeout linger = how() == concurrency::processes ? 50ms : 2s;
    stream_server server{
        bound(where(), type), handled_by<echo>(), {.how = how(), .limits = {.linger = linger}}};
    serving thread{server};
    socket clients[8];
    for (socket& client : clients) {
        client = socket{where().family, type};
        client.connect(server.local_endpoint());
        client.set_timeout(5s);
    }
    for (int i = 0; i < 8; ++i)
        clients[i].send_all("number " + std::to_string(i));
    for (int i = 0; i < 8; ++i) {
        EXPECT_EQ(read_to_end(clients[i]), "you said number " + std::to_string(i) + ".");
        clients[i].close();
    }
    thread.stop();
    remove_file(server.local_endpoint());
    EXPECT_EQ(server.counters().accepted, 8U);
    EXPECT_EQ(server.counters().errors, 0U);
    EXPECT_EQ(server.counters().refused, 0U);
    EXPECT_EQ(server.counters().active, 0U);
}

TEST_P(every_server, serves_streams) {
    serve_streams(type::stream);
}

TEST_P(every_server, serves_seqpacket) {
    if (where().family != family::local) return;  // there is none
    serve_streams(type::seqpacket);
}

TEST_P(every_server, serves_datagrams) {
    datagram_server server{
        bound(where(), type::datagram), handled_by<datagram_echo>(), {.how = how()}};
    {
        const serving thread{server};
        socket client = bound(where(), type::datagram);
        client.connect(server.local_endpoint());
        client.set_timeout(5s);
        for (int i = 0; i < 8; ++i) {
            client.send("number " + std::to_string(i));
            EXPECT_EQ(client.recv(1024), "you said number " + std::to_string(i));
        }
        client.send("");  // an empty datagram is a request too
        EXPECT_EQ(client.recv(1024), "you said ");
        remove_file(client.local_endpoint());
    }
    remove_file(server.local_endpoint());
    EXPECT_EQ(server.counters().accepted, 9U);
    EXPECT_EQ(server.counters().errors, 0U);
    EXPECT_EQ(server.counters().active, 0U);
}

INSTANTIATE_TEST_SUITE_P(all, every_server,
                         testing::Combine(testing::Values(concurrency::in_turn,
                                                          concurrency::threads, concurrency::pool,
                                                          concurrency::processes),
                                          testing::ValuesIn(transports)),
                         case_name);

}  // namespace
}  // namespace zocalo::net
