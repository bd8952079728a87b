// SPDX-License-Identifier: MIT
// Calls procedures of a server: one, several in one request, and one that fails.
//
//     rpc_client [URL]
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "zocalo/core/escape.hpp"
#include "zocalo/rpc/rpc.hpp"

namespace {

namespace rpc = zocalo::rpc;

void tell(const rpc::outcome& one) {
    try {
        const std::string text = rpc::to_json(one.get());
        std::cout << "  " << text << '\n';
    } catch (const rpc::fault& failed) {
        std::cout << "  fault " << failed.code() << ": " << zocalo::escaped(failed.what()) << '\n';
    }
}

}  // namespace

int main(int argc, char** argv) try {
    rpc::proxy server(argc > 1 ? argv[1] : "http://127.0.0.1:8000/RPC2");
    std::cout << "1 + 2 = " << server.call<int>("add", 1, 2).get() << '\n';

    using counts = std::map<std::string, int>;
    const std::vector<std::string> words{"to", "be", "or", "not", "to", "be"};
    for (const auto& [word, times] : server.call<counts>("count", words).get())
        std::cout << word << ": " << times << '\n';

    std::cout << "together:\n";
    for (const rpc::outcome& each :
         server.invoke_all({{"divide", {7, 2}}, {"divide", {7, 0}}, {"echo", {"text"}}}).get())
        tell(each);
    for (const std::string& each : server.method_names().get())
        std::cout << zocalo::escaped(each) << '\n';
} catch (const std::exception& error) {
    std::cerr << "rpc_client: " << error.what() << '\n';
    return 1;
}
