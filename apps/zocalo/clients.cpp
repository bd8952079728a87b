// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "client_list.hpp"
#include "command.hpp"
#include "duration.hpp"
#include "host.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/net/connect.hpp"
#include "zocalo/net/listen.hpp"
#include "zocalo/net/server.hpp"

namespace zocalo::program {

namespace {

struct clients_request {
    std::vector<std::string> where;
    std::string name;
    timeout wait = std::chrono::seconds(10);
    client_list_limits limits;
    std::size_t at_once = net::server_limits{}.handlers;
};

/// This machine and the tutorial's port where they are not given.
net::host_port address_of(const clients_request& request) {
    return where_of(request.where, "localhost", "5000");
}

void serve(const clients_request& request, const context& shared) {
    const net::stop_signal stop;
    client_list list{request.limits};
    const auto serve_one = [&](net::connection& client) {
        const std::string name = list.serve(client.socket());
        say(shared, 1, client.peer().to_string() + " is " + quoted(name));
    };
    net::stream_server server{
        net::create_server(address_of(request)),
        serve_one,
        {.limits = {
             .connections = request.at_once, .handlers = request.at_once, .idle = request.wait}}};
    server.stop_with(stop);
    std::cout << "keeping the list on " << server.local_endpoint() << std::endl;
    server.serve_forever();
}

void list(const clients_request& request, const context& shared) {
    check_name(request.name);  // before anybody is asked
    const net::stop_signal stop;
    net::socket server =
        net::create_connection(address_of(request), {.timeout = request.wait, .stop = &stop});
    server.set_timeout(request.wait);
    const auto names = join_client_list(server, request.name);
    if (shared.json) {
        std::cout << to_json(names) << '\n';
        return;
    }
    for (const auto& name : names)
        std::cout << escaped(name) << '\n';
}

void add_common(CLI::App& command, clients_request& request) {
    command
        .add_option("where", request.where,
                    "[HOST] PORT or HOST:PORT; localhost and 5000 if not given")
        ->expected(0, 2);
    add_duration(command, "-w,--wait", request.wait, "How long to wait for the other side");
}

void add_keep(CLI::App& clients, context& shared) {
    auto& command = new_command(clients, shared, "serve", "Keep the list, until Ctrl-C",
                                {{"clients serve", "for this machine, on port 5000"},
                                 {"clients serve -v '' 5000", "for everybody, and say who comes"}});
    const auto request = std::make_shared<clients_request>();
    add_common(command, *request);
    command.add_option("--max-names", request->limits.names, "Add no more names than these")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str()
        ->group("Limits");
    command.add_option("--max-length", request->limits.length, "Cut names to so many bytes")
        ->check(CLI::Range(1, 65'536))
        ->capture_default_str()
        ->group("Limits");
    command.add_option("-m,--max-conns", request->at_once, "Serve so many at once; others wait")
        ->check(CLI::Range(1, 10'000))
        ->capture_default_str()
        ->group("Limits");
    command.callback([request, &shared] { serve(*request, shared); });
}

void add_list(CLI::App& clients, context& shared) {
    auto& command = new_command(clients, shared, "list", "Print the list, and join it with -n",
                                {{"clients list -n Ana", "join as Ana, and print all names"},
                                 {"clients list --json example.org 5000", "only read"}});
    const auto request = std::make_shared<clients_request>();
    add_common(command, *request);
    command.add_option("-n,--name", request->name, "The name to join with; otherwise only read");
    add_json_option(command, shared);
    command.callback([request, &shared] { list(*request, shared); });
}

}  // namespace

void add_clients(CLI::App& program, context& shared) {
    auto& command =
        new_command(program, shared, "clients",
                    "A list of clients: each sends its name and gets the names of all as JSON",
                    {{"clients serve", "keep the list on port 5000"},
                     {"clients list -n Ana", "join it and print it"}});
    command.require_subcommand(1);
    add_keep(command, shared);
    add_list(command, shared);
}

}  // namespace zocalo::program
