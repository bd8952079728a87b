// SPDX-License-Identifier: MIT
#include "zocalo/tls/name_server.hpp"

#include <exception>
#include <stdexcept>
#include <utility>

#include "tls/name_line.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/net/stop.hpp"
#include "zocalo/tls/context.hpp"

namespace zocalo::tls {

namespace {

net::dns::answer rethrown(const std::exception_ptr& error) {
    std::rethrow_exception(error);
}

}  // namespace

secure_name_server secure_name_server::parse(std::string_view text) {
    const auto hash = text.find('#');
    const std::string_view where = text.substr(0, hash);
    secure_name_server made;
    if (hash != std::string_view::npos) made.name = text.substr(hash + 1);
    if (hash != std::string_view::npos && made.name.empty()) {
        throw std::invalid_argument("name server " + quoted(text) + ": the name is empty");
    }
    const bool has_brackets = where.starts_with('[') && where.ends_with(']');
    const auto alone = has_brackets ? where.substr(1, where.size() - 2) : where;
    if (const auto ip = net::address::try_parse(alone)) {
        made.where = {*ip, usual_port};
    } else {
        made.where = net::endpoint::parse(where);
    }
    return made;
}

name_server::name_server(const name_server_options& options) {
    if (options.servers.empty() || options.most_at_once == 0) {
        throw std::invalid_argument("name_server_options: there is nobody who could be asked");
    }
    const client_context context(options.tls);
    for (const secure_name_server& each : options.servers) {
        if (!each.where.is_inet()) {
            throw std::invalid_argument("name_server_options: no name server at " +
                                        each.where.to_string());
        }
        servers_.push_back(std::make_unique<detail::name_line>(each, context, options));
    }
}

name_server::~name_server() = default;

io::task<net::dns::answer> name_server::ask(std::string name, net::dns::type which) {
    std::exception_ptr error;
    for (const auto& each : servers_) {
        try {
            io::task<net::dns::answer> asking = each->ask(name, which);
            net::dns::answer said = co_await std::move(asking);
            co_return said;
        } catch (const net::stopped&) {
            throw;
        } catch (const std::system_error&) {
            error = std::current_exception();
        } catch (const protocol_error&) {
            error = std::current_exception();
        }
    }
    co_return rethrown(error);
}

}  // namespace zocalo::tls
