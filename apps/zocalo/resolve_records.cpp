// SPDX-License-Identifier: MIT
#include "resolve_records.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <stdexcept>

#include "option_error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/name_server.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/multicast_names.hpp"
#include "zocalo/io/resolver.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/resolve.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::program {

namespace {

using nlohmann::json;
using milliseconds = std::chrono::duration<double, std::milli>;

/// One question and what came of it.
struct reply {
    std::string name;
    std::string type;  // "MX"; of more than one, "AAAA,A"
    net::dns::answer said = {};
    milliseconds took{};
    std::exception_ptr error = nullptr;
};

std::string error_of(const reply& one) {
    if (!one.error) return "";
    try {
        std::rethrow_exception(one.error);
    } catch (const std::exception& error) {
        return error.what();
    }
}

net::endpoint server_at(const std::string& text) {
    if (const auto ip = net::address::try_parse(text)) return {*ip, 53};
    return net::endpoint::parse(text);
}

/// As dig -x does: who asks for the name of an address means its name in the DNS.
std::string name_to_ask(const std::string& name, net::dns::type type) {
    const auto ip = net::address::try_parse(name);
    return ip && type == net::dns::type::ptr ? ip->reverse_pointer() : name;
}

std::exception_ptr missing(const reply& one) {
    const bool exists = one.said.status == net::dns::status::no_data;
    return std::make_exception_ptr(
        std::system_error(exists ? net::name_errc::no_data : net::name_errc::no_name,
                          "look up " + one.type + " of " + quoted(one.name)));
}

/// Whether a name server has said so, and nothing went wrong.
bool is_missing(const reply& one) {
    try {
        if (one.error) std::rethrow_exception(one.error);
    } catch (const std::system_error& error) {
        return error.code() == net::name_errc::no_data || error.code() == net::name_errc::no_name;
    } catch (const std::exception&) {
        return false;
    }
    return false;
}

/// An address has no others, and nobody has to be asked for it.
std::optional<net::dns::answer> known(const std::string& name, net::dns::type type) {
    const auto ip = net::address::try_parse(name);
    if (!ip || (type != net::dns::type::a && type != net::dns::type::aaaa)) return std::nullopt;
    return net::dns::answer_with(ip->to_string(), type, {*ip}, {});
}

io::task<net::dns::answer> answer_of(io::resolver& resolver, std::string name, net::dns::type type,
                                     timeout limit) {
    std::optional<net::dns::answer> own = known(name, type);
    if (own) co_return std::move(*own);
    io::task<net::dns::answer> asking =
        io::timeout(limit, resolver.ask(name_to_ask(name, type), type));
    net::dns::answer said = co_await std::move(asking);
    co_return said;
}

/// An error is a part of the reply: the other questions go on.
io::task<reply> ask(io::resolver& resolver, std::string name, net::dns::type type, timeout limit) {
    reply one{.name = std::move(name), .type = to_text(type)};
    const auto started = std::chrono::steady_clock::now();
    try {
        io::task<net::dns::answer> asking = answer_of(resolver, one.name, type, limit);
        one.said = co_await std::move(asking);
        if (one.said.status != net::dns::status::found) one.error = missing(one);
    } catch (const net::stopped&) {
        throw;
    } catch (const std::exception&) {
        one.error = std::current_exception();
    }
    one.took = std::chrono::steady_clock::now() - started;
    co_return one;
}

std::string_view word(net::dns::status status) {
    switch (status) {
        case net::dns::status::found:
            return "found";
        case net::dns::status::no_data:
            return "no such record";
        default:
            return "no such name";
    }
}

json json_of(const std::vector<net::dns::record>& records) {
    json all = json::array();
    for (const auto& record : records) {
        all.push_back({{"name", record.owner},
                       {"ttl", record.ttl.count()},
                       {"type", to_text(record.type)},
                       {"data", record.to_string()}});
    }
    return all;
}

json json_of(const reply& one) {
    json result{
        {"name", escaped(one.name)}, {"type", one.type}, {"milliseconds", one.took.count()}};
    if (const std::string error = error_of(one); !error.empty()) {
        result["error"] = error;
        return result;
    }
    result["status"] = word(one.said.status);
    result["canonical_name"] = one.said.canonical_name;
    result["aliases"] = json_of(one.said.aliases);
    result["records"] = json_of(one.said.records);
    return result;
}

void print(const std::vector<net::dns::record>& records) {
    for (const auto& record : records) {
        std::cout << fmt::format("{} {} {} {}\n", record.owner.empty() ? "." : record.owner,
                                 record.ttl.count(), to_text(record.type), record.to_string());
    }
}

/// The way over aliases is shown once for each name, however many types were asked for.
class printer {
 public:
    void print(const reply& one) {
        if (one.error) {
            std::cout.flush();
            std::cerr << fmt::format("zocalo: {}\n", error_of(one));
            return;
        }
        if (one.name != last_ || !has_shown_) program::print(one.said.aliases);
        has_shown_ = true;
        last_ = one.name;
        program::print(one.said.records);
    }

 private:
    std::string last_;
    bool has_shown_ = false;
};

std::shared_ptr<io::name_service> secure_server(const record_request& request) {
    tls::name_server_options options;
    options.servers = request.tls_servers;
    if (!request.trusted.empty()) options.tls.trust.files = {request.trusted};
    if (request.insecure) options.tls.verify = tls::verify::dangerously_nothing;
    options.tls.key_log = tls::key_log_from_environment();
    return std::make_shared<tls::name_server>(options);
}

std::shared_ptr<io::name_service> web_server(const record_request& request) {
    tls::client_options secret;
    if (!request.trusted.empty()) secret.trust.files = {request.trusted};
    if (request.insecure) secret.verify = tls::verify::dangerously_nothing;
    secret.key_log = tls::key_log_from_environment();
    http::name_server_options options;
    options.url = request.doh_url;
    options.client.tls = tls::client_context(secret);
    return std::make_shared<http::name_server>(std::move(options));
}

exit_code code_of(const reply& one) {
    try {
        std::rethrow_exception(one.error);
    } catch (const std::exception& error) {
        return exit_code_of(error);
    }
}

/// What is told of a name when nobody named the types: those that are there, or once that there is
/// none. Servers that could not answer might have known one.
std::vector<reply> settled(std::span<reply> of_name, context& shared) {
    std::vector<reply> there;
    for (reply& each : of_name) {
        if (!each.error) there.push_back(each);
    }
    if (!there.empty()) {
        for (const reply& each : of_name)
            if (each.error) say(shared, 1, error_of(each));
        return there;
    }
    const auto failed = std::ranges::find_if_not(of_name, is_missing);
    if (failed != of_name.end()) return {*failed};
    reply none = of_name.front();
    for (const reply& each : of_name.subspan(1)) {
        none.type += ',' + each.type;
        none.took = std::max(none.took, each.took);
        if (each.said.status == net::dns::status::no_data) none.said.status = each.said.status;
    }
    none.error = missing(none);
    return {std::move(none)};
}

std::vector<reply> settled(std::vector<reply> all, std::size_t types, context& shared) {
    std::vector<reply> told;
    for (std::span<reply> left(all); !left.empty(); left = left.subspan(types)) {
        for (reply& each : settled(left.first(types), shared))
            told.push_back(std::move(each));
    }
    return told;
}

}  // namespace

void resolve_records(const record_request& request, context& shared) {
    io::resolver_options options{.tcp = request.tcp};
    about_option("--server", [&] {
        for (const std::string& each : request.servers)
            options.servers.push_back(server_at(each));
    });
    if (!request.tls_servers.empty()) {
        options.services = {secure_server(request)};
    } else if (!request.doh_url.empty()) {
        options.services = {web_server(request)};
    } else if (options.servers.empty()) {
        options.services = {std::make_shared<io::multicast_names>()};
    }
    io::resolver resolver(options);
    std::vector<io::task<reply>> asking;
    for (const std::string& name : request.names) {
        for (const net::dns::type type : request.types)
            asking.push_back(ask(resolver, name, type, request.limit));
    }
    json all = json::array();
    std::vector<reply> said = io::all(std::move(asking)).get();
    if (request.types_are_implied) said = settled(std::move(said), request.types.size(), shared);
    printer output;
    for (const reply& one : said) {
        if (one.error) shared.status = code_of(one);
        if (!one.error) {
            say(shared, 1,
                fmt::format("looked up {} of {} in {:.1f} ms", one.type, quoted(one.name),
                            one.took.count()));
        }
        if (shared.json) {
            all.push_back(json_of(one));
        } else {
            output.print(one);
        }
    }
    if (shared.json) std::cout << all.dump(2) << '\n';
}

}  // namespace zocalo::program
