// SPDX-License-Identifier: MIT
#include "zocalo/rpc/rpc.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "command.hpp"
#include "fetch/session.hpp"
#include "relay/interruptible.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/timeout.hpp"

namespace zocalo::program {

namespace {

struct rpc_request : web_options {
    std::string url;
    std::string method;
    std::vector<std::string> parameters;
    bool speaks_json = false;
    bool raw = false;
};

/// What was typed, as JSON if it is some, else as the text that it is.
rpc::value value_of(const std::string& typed) {
    try {
        return rpc::parse_json(typed);
    } catch (const protocol_error&) {
        return typed;
    }
}

rpc::proxy_options options_of(const rpc_request& request, http::request each) {
    rpc::proxy_options options;
    options.speaks = request.speaks_json ? rpc::protocol::json : rpc::protocol::xml;
    options.fields = std::move(each.fields);
    options.login = std::move(each.login);
    return options;
}

void print(const rpc_request& request, const rpc::value& got) {
    const auto* text = got.get_if<std::string>();
    const auto* bytes = got.get_if<rpc::binary>();
    if (request.raw && text != nullptr) {
        std::cout << *text;
    } else if (request.raw && bytes != nullptr) {
        std::cout << bytes->bytes;
    } else {
        std::cout << rpc::to_json(got) << '\n';
    }
}

io::task<> call(const rpc_request& request, rpc::proxy& server) {
    rpc::invocation what;
    what.method = request.method;
    for (const std::string& each : request.parameters)
        what.parameters.push_back(value_of(each));
    io::task<rpc::value> calling = server.invoke(std::move(what));
    const rpc::value got = co_await std::move(calling);
    print(request, got);
}

/// `int add(int, int)`, and what it does.
io::task<> describe(rpc::proxy& server, std::string name) {
    io::task<std::vector<std::vector<std::string>>> asking = server.method_signatures(name);
    const auto signatures = co_await std::move(asking);
    std::string line = escaped(name);
    if (!signatures.empty() && !signatures[0].empty()) {
        const auto& types = signatures[0];
        const std::vector<std::string> taken(types.begin() + 1, types.end());
        line = fmt::format("{} {}({})", escaped(types[0]), escaped(name),
                           escaped(fmt::format("{}", fmt::join(taken, ", "))));
    }
    io::task<std::string> helping = server.method_help(std::move(name));
    const std::string help = co_await std::move(helping);
    std::cout << line << '\n';
    if (!help.empty()) std::cout << "    " << escaped(help) << '\n';
}

io::task<> list(rpc::proxy& server) {
    io::task<std::vector<std::string>> naming = server.method_names();
    const std::vector<std::string> names = co_await std::move(naming);
    for (const std::string& each : names) {
        io::task<> describing = describe(server, each);
        co_await std::move(describing);
    }
}

io::task<> run_until(io::task<> work, io::event& stop) {
    co_await io::any(std::move(work), stop.wait());
}

void rpc_command(const rpc_request& request, context& shared) {
    interruptible loop;
    session with(request, true);
    const std::string url = url_of(request.url);
    rpc::proxy server(url, with.http(), options_of(request, with.request_for(url)));
    io::task<> work = request.method.empty() ? list(server) : call(request, server);
    try {
        loop.run(run_until(io::timeout(request.within, std::move(work)), loop.stop()));
    } catch (const rpc::fault& failed) {
        std::cerr << fmt::format("zocalo: fault {}: {}\n", failed.code(), escaped(failed.what()));
        shared.status = exit_code::refused;
    }
}

}  // namespace

void add_rpc(CLI::App& program, context& shared) {
    auto& command = new_command(
        program, shared, "rpc", "Call a procedure of a server: XML-RPC or JSON-RPC",
        {{"rpc http://localhost:8000/RPC2", "what there is to call"},
         {"rpc http://localhost:8000/RPC2 add 1 2", "numbers, and all else that is JSON, are that"},
         {"rpc http://localhost:8000/RPC2 echo text '\"7\"' '[1, 2]'", "a text, a text, an array"},
         {"rpc --unix-socket /run/daemon.sock http://localhost/RPC2", "on this machine"},
         {"rpc --json-rpc https://example.org/api wait 2", "in JSON-RPC 2.0"}});
    const auto request = std::make_shared<rpc_request>();
    command
        .add_option("url", request->url,
                    "Where the server takes calls; http:// when no scheme is given")
        ->required();
    command.add_option("method", request->method,
                       "What to call, and its parameters behind it, as JSON or as a text that is "
                       "none; without it, a list of what there is");
    // What is left over are parameters. An option for them would take [1, 2] apart, and -1 for an
    // option.
    command.prefix_command();
    command.add_flag("--json-rpc", request->speaks_json, "Speak JSON-RPC 2.0; otherwise XML-RPC")
        ->group("Request");
    command.add_flag("--raw", request->raw, "Print a text or bytes as they are, not as JSON")
        ->group("Output");
    add_web_options(command, *request);
    command.callback([request, &command, &shared] {
        request->parameters = command.remaining();
        rpc_command(*request, shared);
    });
}

}  // namespace zocalo::program
