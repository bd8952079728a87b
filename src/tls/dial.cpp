// SPDX-License-Identifier: MIT
// From the ground up: addresses, a connection to one of them, and around it what was asked for.
// Each step has the time that those before it have left, and leaves its trace in the report.
#include "zocalo/tls/dial.hpp"

#include <exception>
#include <utility>

#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/io/resolver.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/address.hpp"
#include "zocalo/net/connect.hpp"
#include "zocalo/net/resolve.hpp"
#include "zocalo/net/services.hpp"
#include "zocalo/tls/stream.hpp"

namespace zocalo::tls {

namespace {

/// 0 for none: over a connection that is there, to a Unix socket.
std::uint16_t port_number(const std::string& service) {
    if (service.empty()) return 0;
    if (const auto number = from_digits<std::uint16_t>(service)) return *number;
    return net::getservbyname(service, "tcp");
}

/// One call of dial().
class dialling {
 public:
    dialling(net::host_port where, dial_options& options, net::connect_report& told) noexcept
        : where_(std::move(where)), options_(options), told_(told) {}

    io::task<io::stream> run(io::stream line) {
        began_ = co_await io::now();
        if (told_.target.empty()) told_.target = where_.to_string();
        if (!line.is_open()) {
            io::task<io::stream> next = connect();
            line = co_await std::move(next);
        }
        for (std::size_t i = 0; i < options_.proxies.size(); ++i) {
            io::task<io::stream> next = pass(std::move(line), i);
            line = co_await std::move(next);
        }
        if (options_.tls) {
            io::task<io::stream> next = secure(std::move(line));
            line = co_await std::move(next);
        }
        const io::time_point now = co_await io::now();
        told_.took = now - began_;
        co_return line;
    }

 private:
    io::task<io::stream> connect() {
        const auto& proxies = options_.proxies;
        const net::host_port first =
            proxies.empty() ? where_ : net::host_port(proxies.front().host, proxies.front().port);
        io::connect_options options = options_.connect;
        if (!proxies.empty()) options.exceptions.clear();  // they are for the host itself
        options.timeout = shorter(options.timeout, options_.within);
        io::task<io::connect_result> connecting = io::try_connect(first, std::move(options));
        io::connect_result result = co_await std::move(connecting);
        told_.lookups = std::move(result.report.lookups);
        told_.attempts = std::move(result.report.attempts);
        told_.error = result.error;
        told_.took = result.report.took;
        if (!result.error) co_return std::move(result.stream);
        if (result.error.category() == net::name_category()) {
            throw std::system_error(result.error, "look up host " + quoted(first.host()));
        }
        throw net::connect_error(result.error, first.to_string(), told_.attempts);
    }

    /// Through a proxy to the next one, or to the host.
    io::task<io::stream> pass(io::stream line, std::size_t index) {
        const io::proxy& through = options_.proxies[index];
        const bool is_last = index + 1 == options_.proxies.size();
        const io::proxy& next = options_.proxies[is_last ? index : index + 1];
        const net::host_port there = is_last ? io::redirected(where_, options_.connect.exceptions)
                                             : net::host_port(next.host, next.port);
        std::string host = there.host();
        const std::uint16_t port = port_number(there.service());
        if (through.wants_addresses()) {
            io::task<std::string> look_up = address_of(std::move(host), port, through);
            io::task<std::string> limited = io::deadline(until(), std::move(look_up));
            host = co_await std::move(limited);
        }
        io::task<io::stream> work = ask(std::move(line), through, std::move(host), port);
        std::string title = "tunnel through " + through.to_string();
        io::task<io::stream> next_line = layer(std::move(title), std::move(work));
        co_return co_await std::move(next_line);
    }

    io::task<io::stream> ask(io::stream line, io::proxy through, std::string host,
                             std::uint16_t port) {
        const io::proxy known = through;
        if (through.kind == io::proxy::protocol::https) {
            io::task<io::stream> securing =
                tls::connect(std::move(line), proxy_context(), through.host, through.port);
            line = co_await std::move(securing);
            through.kind = io::proxy::protocol::http;  // what is spoken in there
        }
        if (options_.over_proxy) line = options_.over_proxy(std::move(line), known);
        io::task<io::stream> tunnelling =
            io::tunnel(std::move(line), std::move(through), std::move(host), port);
        co_return co_await std::move(tunnelling);
    }

    io::task<io::stream> secure(io::stream line) {
        const bool is_named = !options_.server_name.empty();
        std::string name = is_named ? options_.server_name : where_.host();
        std::string title = "TLS with " + escaped(name);
        io::task<io::stream> work = tls::connect(std::move(line), *options_.tls, std::move(name),
                                                 port_number(where_.service()), options_.alpn);
        io::task<io::stream> secured = layer(std::move(title), std::move(work));
        co_return co_await std::move(secured);
    }

    /// The address that a proxy is told, which looks none up.
    io::task<std::string> address_of(std::string host, std::uint16_t port,
                                     const io::proxy& through) {
        const bool is_old = through.kind == io::proxy::protocol::socks4;
        const auto family = is_old ? net::family::inet : options_.connect.family;
        if (const auto ip = net::address::try_parse_liberal(host)) host = ip->to_string();
        std::optional<io::resolver> own;
        io::resolver* names = options_.connect.resolver;
        if (names == nullptr) names = &own.emplace(io::resolver_options{.cache_size = 0});
        const auto found = co_await names->addresses(std::move(host), family, port);
        co_return found.front().to_string();
    }

    io::task<io::stream> layer(std::string name, io::task<io::stream> work) {
        const io::time_point began = co_await io::now();
        io::stream made;
        std::error_code failed;
        std::exception_ptr error;
        try {
            io::task<io::stream> limited = io::deadline(until(), std::move(work));
            made = co_await std::move(limited);
        } catch (const std::system_error& failure) {
            error = std::current_exception();
            failed = failure.code();
        } catch (const protocol_error&) {
            error = std::current_exception();
            failed = std::make_error_code(std::errc::protocol_error);
        }
        const io::time_point ended = co_await io::now();
        note(name, failed, began, ended);
        if (failed == std::errc::timed_out) throw std::system_error(failed, name);
        if (error) std::rethrow_exception(error);
        co_return made;
    }

    client_context proxy_context() {
        if (!options_.proxy_tls) options_.proxy_tls.emplace();
        return *options_.proxy_tls;
    }
    [[nodiscard]] io::time_point until() const {
        const auto limit = options_.within.value();
        const bool is_far = !limit || *limit > io::time_point::max() - began_;
        return is_far ? io::time_point::max() : began_ + *limit;
    }
    void note(const std::string& name, std::error_code error, io::time_point began,
              io::time_point ended) {
        told_.error = error;
        told_.layers.push_back(
            {.name = name, .error = error, .started = began - began_, .took = ended - began});
    }

    const net::host_port where_;
    dial_options& options_;
    net::connect_report& told_;
    io::time_point began_;
};

}  // namespace

io::task<io::stream> dial(net::host_port where, dial_options options, net::connect_report* told) {
    net::connect_report own;
    dialling one(std::move(where), options, told == nullptr ? own : *told);
    io::task<io::stream> work = one.run(io::stream());
    co_return co_await std::move(work);
}

io::task<io::stream> dial_over(io::stream line, net::host_port where, dial_options options,
                               net::connect_report* told) {
    net::connect_report own;
    dialling one(std::move(where), options, told == nullptr ? own : *told);
    io::task<io::stream> work = one.run(std::move(line));
    co_return co_await std::move(work);
}

}  // namespace zocalo::tls
