// SPDX-License-Identifier: MIT
#include "relay/link_options.hpp"

#include <CLI/CLI.hpp>
#include <stdexcept>

#include "duration.hpp"
#include "option_error.hpp"
#include "relay/program_side.hpp"
#include "relay/traffic_log.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"

namespace zocalo::program {

namespace {

void add_transport_options(CLI::App& command, link_options& options) {
    auto* udp = command.add_flag("-u,--udp", options.udp, "UDP; with -U, datagrams");
    auto* local = command.add_flag("-U,--unixsock", options.local,
                                   "A Unix socket: PATH, or @NAME (abstract)");
    auto* vsock = command.add_flag("--vsock", options.vsock,
                                   "Between virtual machines: CID PORT, CID may be local or host");
    auto* v4 = command.add_flag("-4", options.v4, "IPv4 only");
    auto* v6 = command.add_flag("-6", options.v6, "IPv6 only")->excludes(v4);
    auto* numeric = command.add_flag("-n,--nodns", options.numeric, "Look up no names");
    vsock->excludes(local)->excludes(udp);
    for (auto* option : {udp, local, vsock, v4, v6, numeric})
        option->group("Transport");
}

void add_traffic_options(CLI::App& command, link_options& options) {
    auto* program = command.add_option("-e,--exec", options.command,
                                       "Run a program on the connection, without a shell");
    auto* shell = command
                      .add_option("-c,--sh-exec", options.shell_command,
                                  "The same with a command for /bin/sh")
                      ->excludes(program);
    auto* send = command.add_flag("--send-only", options.send_only, "Only send; ignore what comes");
    auto* recv = command.add_flag("--recv-only", options.recv_only, "Only receive; read no input")
                     ->excludes(send);
    auto* crlf = command.add_flag("-C,--crlf", options.crlf, "Send lines ending in CR LF");
    auto* keep = command.add_flag("--no-shutdown", options.no_shutdown,
                                  "Do not tell the peer about the end of the input");
    for (auto* option : {program, shell, send, recv, crlf, keep})
        option->group("Traffic");
    program->type_name("COMMAND");
    shell->type_name("COMMAND");
}

void add_time_options(CLI::App& command, link_options& options) {
    auto* wait = add_duration(command, "-w,--wait", options.wait,
                              "Longest time until there is a connection");
    auto* idle =
        add_duration(command, "-i,--idle-timeout", options.idle, "Fail when nothing moves so long");
    auto* quit = add_duration(command, "-q", options.quit,
                              "End so long after the end of the input, whatever the peer does");
    auto* limit = add_duration(command, "--max-time", options.limit, "Longest time for everything");
    for (auto* option : {wait, idle, quit, limit})
        option->group(link_time_group);
}

void add_record_options(CLI::App& command, link_options& options) {
    const auto dump = [&options](const std::string& path) {
        options.hex = true;
        options.output = path;
    };
    auto* output = command.add_option("-o,--output", options.output,
                                      "Record the bytes of both directions in a file");
    auto* hex = command.add_flag("--hex", options.hex,
                                 "Show both directions as a hex dump on stderr, or in --output");
    auto* both = command.add_option_function<std::string>(
        "-x,--hex-dump", dump, "A hex dump of both directions to a file");
    auto* raw =
        command.add_flag("--raw", options.raw, "Do not escape control characters on a terminal");
    output->type_name("FILE");
    both->type_name("FILE")->excludes(output);
    for (auto* option : {output, hex, both, raw})
        option->group("Output");
}

std::uint32_t vsock_number(const std::string& text, std::string_view what) {
    if (const auto number = from_digits<std::uint32_t>(text)) return *number;
    throw std::invalid_argument(std::string(what) + " is not a number: " + quoted(text));
}

}  // namespace

net::family link_options::family() const noexcept {
    if (local) return net::family::local;
    if (vsock) return net::family::vsock;
    if (v4) return net::family::inet;
    return v6 ? net::family::inet6 : net::family::unspecified;
}

net::type link_options::type() const noexcept {
    return udp ? net::type::datagram : net::type::stream;
}

std::optional<std::vector<std::string>> link_options::program() const {
    if (command) return split_arguments(*command);
    if (shell_command) return std::vector<std::string>{"/bin/sh", "-c", *shell_command};
    return std::nullopt;
}

bool link_options::wants_progress(const context& shared) const {
    const bool dumps_there = hex && output.empty();
    const bool has_program = command || shell_command;
    return shared.verbosity > 0 && !dumps_there && !has_program;
}

std::unique_ptr<traffic_log> link_options::open_log() const {
    if (!hex && output.empty()) return nullptr;
    const auto style = hex ? traffic_log::style::hex : traffic_log::style::raw;
    return about_option("--output", [&] { return std::make_unique<traffic_log>(output, style); });
}

void add_link_options(CLI::App& command, link_options& options) {
    add_transport_options(command, options);
    add_traffic_options(command, options);
    add_time_options(command, options);
    add_record_options(command, options);
}

net::endpoint local_endpoint(const std::string& path) {
    if (path.starts_with('@')) return net::endpoint::abstract(std::string_view(path).substr(1));
    return net::endpoint::local(path);
}

net::endpoint vsock_endpoint(const std::string& context, const std::string& port) {
    net::vsock_address address;
    if (context == "local") {
        address.context = net::vsock_address::local;
    } else if (context == "host") {
        address.context = net::vsock_address::host;
    } else if (context != "any") {
        address.context = vsock_number(context, "vsock context");
    }
    address.port = vsock_number(port, "vsock port");
    return net::endpoint(address);
}

}  // namespace zocalo::program
