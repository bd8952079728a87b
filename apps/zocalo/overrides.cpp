// SPDX-License-Identifier: MIT
#include "overrides.hpp"

#include <CLI/CLI.hpp>
#include <stdexcept>

namespace zocalo::program {

namespace {

template <class Exception>
CLI::Option* add(CLI::App& command, const std::string& name, std::vector<Exception>& into,
                 const std::string& about) {
    const auto read = [&into, name](const std::vector<std::string>& all) {
        into.clear();
        for (const std::string& each : all) {
            try {
                into.push_back(Exception::parse(each));
            } catch (const std::invalid_argument& error) {
                throw CLI::ValidationError(name, error.what());
            }
        }
    };
    return command.add_option_function<std::vector<std::string>>(name, read, about)
        ->allow_extra_args(false)
        ->group("Names");
}

}  // namespace

CLI::Option* add_resolve_option(CLI::App& command, std::vector<io::host_override>& into) {
    return add(command, "--resolve", into,
               "For this port HOST (* for any) has these addresses, whatever name servers say; may "
               "be given more than once")
        ->type_name("HOST:PORT:ADDRESS,...");
}

CLI::Option* add_connect_to_option(CLI::App& command, std::vector<io::connect_override>& into) {
    return add(command, "--connect-to", into,
               "Connect to HOST2:PORT2 where HOST1:PORT1 is meant, which still has to prove to be "
               "HOST1; what is left empty is any or the same")
        ->type_name("HOST1:PORT1:HOST2:PORT2");
}

std::vector<io::host_override> for_any_port(std::vector<io::host_override> all) {
    for (io::host_override& each : all)
        each.port = 0;
    return all;
}

}  // namespace zocalo::program
