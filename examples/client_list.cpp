// SPDX-License-Identifier: MIT
// Keeps the names of all who have connected, and tells them to each as JSON, until Ctrl-C:
// client_list [PORT]. Adds a name and prints the list: client_list -c -n NAME [PORT].
#include <iostream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>

#include "zocalo/net/connect.hpp"
#include "zocalo/net/listen.hpp"
#include "zocalo/net/receive.hpp"
#include "zocalo/net/server.hpp"
namespace net = zocalo::net;

namespace {

// In ASCII, so it moves no cursor; bytes that are not text show as \ufffd.
std::string to_text(const nlohmann::json& list) {
    return list.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

void serve(const std::string& port) {
    const net::stop_signal ctrl_c;
    std::mutex mutex;  // each client has a thread, the list is for all of them
    std::set<std::string> names;
    net::stream_server server{
        net::create_server({"localhost", port}), [&](net::connection& client) {
            // A line; or, from clients that mark no end and wait, what came before a silence.
            const net::line_end end{.limit = 255, .quiet = std::chrono::milliseconds(200)};
            const std::string name = net::receive_line(client.socket(), end);
            std::unique_lock lock(mutex);
            if (!name.empty() && names.size() < 1000) names.insert(name);
            const std::string list = to_text(names);
            lock.unlock();  // nobody waits for a slow reader
            client.socket().send_all(list);
        }};
    server.stop_with(ctrl_c);
    std::cout << "keeping the list on " << server.local_endpoint() << std::endl;
    server.serve_forever();
}

void join(const std::string& name, const std::string& port) {
    net::socket server = net::create_connection({"localhost", port});
    server.send_all(name + '\n');
    const auto list = nlohmann::json::parse(net::receive_all(server, 2'000'000));
    std::cout << to_text(list) << std::endl;
}

}  // namespace

int main(int argc, char** argv) try {
    std::vector<std::string> words(argv + 1, argv + argc);
    const bool joins = words.size() > 2 && words[0] == "-c" && words[1] == "-n";
    words.resize(joins ? 4 : 1, "5000");  // the port, where it was not given
    joins ? join(words[2], words[3]) : serve(words[0]);
    return 0;
} catch (const std::exception& error) {
    std::cerr << "client_list: " << error.what() << std::endl;
    return 1;
}
