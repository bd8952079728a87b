// SPDX-License-Identifier: MIT
#include "zocalo/rpc/caller.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <string>
#include <utility>

#include "io/worlds.hpp"
#include "serve/dialogue.hpp"
#include "support/folder.hpp"
#include "zocalo/http/filters.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/rpc/client.hpp"
#include "zocalo/rpc/json.hpp"
#include "zocalo/rpc/server.hpp"

namespace {

using namespace std::chrono_literals;
namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace rpc = zocalo::rpc;
namespace serve = zocalo::serve;
using rpc::value;
using testing::HasSubstr;

std::string describe(const rpc::caller& by) {
    return by.user() + " " + by.peer().address.to_string() + " " +
           std::string(by.fields().get("X-Token"));
}

/// The caller is still there after a while.
io::task<std::string> describe_later(const rpc::caller& by, int milliseconds) {
    co_await io::sleep(std::chrono::milliseconds(milliseconds));
    co_return describe(by);
}

struct account {
    std::string owner = "alice";
    int balance = 0;
    int deposit(const rpc::caller& by, int amount) {
        if (by.user() != owner) throw rpc::fault(1, "not yours");
        return balance += amount;
    }
};

rpc::methods make_methods(account& of) {
    rpc::methods all;
    all.add("describe", describe, {.help = "Who calls.", .names = {}});
    all.add("later", describe_later, {.help = {}, .names = {"milliseconds"}});
    all.add("deposit", of, &account::deposit, {.help = {}, .names = {"amount"}});
    all.add("uid", [](rpc::caller by) {  // a copy
        return by.peer().process ? static_cast<int>(by.peer().process->user) : -1;
    });
    return all;
}

TEST(rpc_caller, is_no_parameter_of_the_method) {
    account any;
    const rpc::methods all = make_methods(any);
    EXPECT_EQ(all.find("describe")->signature, (std::vector<std::string>{"string"}));
    EXPECT_EQ(all.find("deposit")->signature, (std::vector<std::string>{"int", "int"}));
    EXPECT_EQ(all.call({"later", {0}}).get(), value(" unnamed "));
    EXPECT_THROW((void)all.call({"describe", {"eve"}}).get(), rpc::fault);
    EXPECT_THROW((void)all.call({"deposit", {1}}).get(), rpc::fault);
}

class rpc_callers : public zocalo::tests::in_every_world {
 protected:
    using talk = io::task<> (*)(rpc::proxy& server);

    static io::task<> ask(std::string url, rpc::proxy_options options, talk what) {
        rpc::proxy server(std::move(url), std::move(options));
        io::task<> asking = what(server);
        co_await std::move(asking);
        server.close_resting();
    }
    void with_password(talk what, rpc::protocol speaks) {
        account of;
        http::site site;
        site.filters.push_back(http::ask_password(
            "sums", [](auto, auto password) { return http::same_secret(password, "open"); }));
        rpc::add_methods(site.routes, "/RPC2", make_methods(of));
        rpc::proxy_options options;
        options.speaks = speaks;
        options.fields.add("X-Token", "t");
        options.login = http::login{.user = "alice", .password = "open"};
        serve::server running(site.handler());
        run(zocalo::tests::with_server(running, [&](serve::server&, net::endpoint where) {
            return ask("http://" + where.to_string() + "/RPC2", options, what);
        }));
    }
};

io::task<> know(rpc::proxy& server) {
    io::task<std::string> asking = server.call<std::string>("describe");
    const std::string said = co_await std::move(asking);
    EXPECT_TRUE(said.starts_with("alice 127.0.0.1:")) << said;
    EXPECT_TRUE(said.ends_with(" t")) << said;
    io::task<std::string> asking_later = server.call<std::string>("later", 5);
    const std::string later = co_await std::move(asking_later);
    EXPECT_EQ(later, said);
    std::vector<rpc::invocation> several;
    several.push_back({"deposit", {7}});
    several.push_back({"deposit", {1}});
    several.push_back({"later", {1}});
    io::task<std::vector<rpc::outcome>> calling = server.invoke_all(std::move(several));
    const std::vector<rpc::outcome> all = co_await std::move(calling);
    EXPECT_EQ(all.at(0).get(), value(7));
    EXPECT_EQ(all.at(1).get(), value(8));
    EXPECT_THAT(rpc::to_json(all.at(2).get()), HasSubstr("alice "));
}

TEST_P(rpc_callers, are_known_to_methods) {
    with_password(know, rpc::protocol::xml);
    with_password(know, rpc::protocol::json);
}

ZOCALO_IN_EVERY_WORLD(rpc_callers);

io::task<> ask_who_we_are(net::endpoint at) {
    rpc::proxy_options options;
    options.http.unix_socket = at;
    rpc::proxy server("http://localhost/RPC2", options);
    io::task<int> asking = server.call<int>("uid");
    const int got = co_await std::move(asking);
    EXPECT_EQ(got, static_cast<int>(::getuid()));
    server.close_resting();
}

io::task<> ask_at(serve::server& running, net::endpoint at) {
    io::task<net::endpoint> listening = running.listen(at);
    (void)co_await std::move(listening);
    io::task<> both = zocalo::tests::beside(running, ask_who_we_are(at));
    co_await std::move(both);
}

TEST(rpc_caller, is_vouched_for_by_the_kernel_at_a_unix_socket) {
    const zocalo::tests::folder own;
    account any;
    http::site site;
    rpc::add_methods(site.routes, "/RPC2", make_methods(any));
    serve::server running(site.handler());
    io::loop loop;
    loop.run(ask_at(running, net::endpoint::local(own.file("rpc"))));
}

}  // namespace
