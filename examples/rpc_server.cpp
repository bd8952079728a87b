// SPDX-License-Identifier: MIT
// Offers procedures, over XML-RPC and JSON-RPC at one path, and a page about them.
//
//     rpc_server [ADDRESS:PORT]
#include <chrono>
#include <iostream>
#include <map>
#include <vector>

#include "zocalo/http/server.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/rpc/rpc.hpp"
#include "zocalo/serve/run.hpp"

namespace {

namespace http = zocalo::http;
namespace io = zocalo::io;
namespace net = zocalo::net;
namespace rpc = zocalo::rpc;

int divide(int dividend, int divisor) {
    if (divisor == 0) throw rpc::fault(1, "division by zero");
    return dividend / divisor;
}

std::map<std::string, int> count(const std::vector<std::string>& words) {
    std::map<std::string, int> counts;
    for (const std::string& each : words)
        ++counts[each];
    return counts;
}

io::task<std::string> answer_later(int milliseconds) {
    co_await io::sleep(std::chrono::milliseconds(milliseconds));
    co_return "done";
}

}  // namespace

int main(int argc, char** argv) try {
    rpc::methods methods;
    methods.add("add", [](int a, int b) { return a + b; },
                {.help = "The sum.", .names = {"a", "b"}});
    methods.add("divide", divide, {.help = "Fails with 1 for a divisor of 0."});
    methods.add("count", count, {.help = "How often each word is there."});
    methods.add("wait", answer_later).add("echo", [](const rpc::value& what) { return what; });

    http::site site;
    rpc::add_methods(site.routes, "/RPC2", methods, {.title = "Some procedures"});
    zocalo::serve::run_options options;
    options.addresses = {net::endpoint::parse(argc > 1 ? argv[1] : "127.0.0.1:8000")};
    options.ready = [](std::span<const net::endpoint> where) {
        std::cout << "serving at http://" << where.front() << "/RPC2" << std::endl;
    };
    zocalo::serve::run(site.handler(), options);
} catch (const std::exception& error) {
    std::cerr << "rpc_server: " << error.what() << '\n';
    return 1;
}
