// SPDX-License-Identifier: MIT
#include "serve/hosting.hpp"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <filesystem>
#include <iterator>
#include <stdexcept>
#include <thread>
#include <utility>

#include "command.hpp"
#include "file.hpp"
#include "option_error.hpp"
#include "serve/status.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/cgi.hpp"
#include "zocalo/http/mount.hpp"
#include "zocalo/http/virtual_hosts.hpp"
#include "zocalo/io/any.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/network.hpp"

namespace zocalo::program {

namespace {

/// Does something that a place in a file asks for: errors begin with it.
template <class Work>
void at_place(const std::string& said, Work work) {
    try {
        work();
    } catch (const std::filesystem::filesystem_error& error) {
        throw file_error(error.code(), said + quoted(error.path1().string()));
    } catch (const std::exception& error) {
        if (said.empty()) throw;
        throw std::runtime_error(said + error.what());
    }
}

/// What shows what happens here is not for others to answer.
http::filter but_for_status(const std::string& path, http::handler talk) {
    const http::filter inner = http::under(path, std::move(talk));
    // The site keeps its filters while they run.
    // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines)
    return [inner](http::exchange& asked, const http::rest_of_site& rest) -> io::task<> {
        io::task<> next = is_status(asked.path()) ? rest(asked) : inner(asked, rest);
        co_await std::move(next);
    };
}

http::reverse_proxy make_proxy(const proxy_place& wanted) {
    http::reverse_proxy_options how;
    how.upstreams = wanted.upstreams;
    how.keep_host = wanted.keep_host;
    how.stall = std::chrono::seconds(wanted.stall);
    if (wanted.strip) how.prefix = wanted.path;
    if (wanted.least_connections) how.balance = http::balance::least_connections;
    if (!wanted.health.empty()) how.health.path = wanted.health;
    how.health.interval = std::chrono::seconds(wanted.health_interval);
    for (const std::string& each : wanted.trusted)
        how.trusted.push_back(net::network::parse(each));
    return http::reverse_proxy(std::move(how));
}

/// Who may say how a client has come: from there X-Forwarded-Proto is believed, and https.
std::vector<net::network> trusted_in(const hosting_request& wanted) {
    std::vector<net::network> all;
    const auto add = [&all](const std::vector<proxy_place>& places) {
        for (const proxy_place& place : places) {
            for (const std::string& each : place.trusted)
                all.push_back(net::network::parse(each));
        }
    };
    add(wanted.proxies);
    for (const host_place& each : wanted.hosts)
        add(each.proxies);
    return all;
}

http::handler make_cgi(const cgi_place& wanted, const std::string& folder, const context& shared) {
    http::cgi_options how;
    how.prefix = wanted.path;
    how.folder = wanted.folder;
    how.program = wanted.program;
    if (!folder.empty()) how.documents = std::filesystem::absolute(folder).string();
    how.within = std::chrono::seconds(wanted.within);
    how.at_once = wanted.at_once;
    how.complaint = [&shared](const http::exchange& asked, std::string_view line) {
        say(shared, 0, escaped(asked.path(), 200) + ": " + std::string(line));
    };
    return http::cgi(how);
}

}  // namespace

// --- Health checks

class hosting::checks {
 public:
    explicit checks(std::vector<http::reverse_proxy> of)
        : of_(std::move(of)), thread_([this] { run(); }) {}
    ~checks() {
        is_over_ = true;
        thread_.join();
    }
    checks(const checks&) = delete;
    checks& operator=(const checks&) = delete;

 private:
    void run() {
        io::loop loop;
        loop.run(check());
    }
    io::task<> check() {
        std::vector<io::task<>> all;
        for (const http::reverse_proxy& each : of_)
            all.push_back(each.check_health());
        auto first = io::any(io::all(std::move(all)), wait_for_end());
        co_await std::move(first);
    }
    io::task<> wait_for_end() {
        while (!is_over_)
            co_await io::sleep(std::chrono::milliseconds(200));
    }

    const std::vector<http::reverse_proxy> of_;
    std::atomic<bool> is_over_ = false;
    std::thread thread_;
};

// --- What was asked for

hosting::hosting(hosting_request wanted, const context& shared)
    : wanted_([&wanted] {
          for (const std::string& each : wanted.proxy_options)
              wanted.proxies.push_back(read_proxy_option(each));
          if (!wanted.cgi_option.empty()) {
              cgi_place place;
              place.folder = wanted.cgi_option;
              place.said = "--cgi: ";
              wanted.programs.push_back(place);
          }
          return std::move(wanted);
      }()),
      shared_(shared) {}

hosting::~hosting() = default;

void hosting::add_places(http::site& to, const std::string& folder,
                         const std::vector<proxy_place>& proxies,
                         const std::vector<cgi_place>& programs) {
    for (const cgi_place& each : programs) {
        at_place(each.said, [&] {
            to.filters.push_back(but_for_status(each.path, make_cgi(each, folder, shared_)));
        });
    }
    for (const proxy_place& each : proxies) {
        at_place(each.said, [&] {
            const http::reverse_proxy made = make_proxy(each);
            if (!each.health.empty()) checked_.push_back(made);
            to.filters.push_back(but_for_status(each.path, made));
        });
    }
}

void hosting::add_to(
    http::site& front, const std::string& folder, const http::filter& for_others,
    const std::function<void(http::site& to, const std::string& folder)>& make_folder) {
    std::vector<http::virtual_host> hosts;
    for (const host_place& each : wanted_.hosts) {
        sites_.push_back(std::make_unique<http::site>());
        http::site& made = *sites_.back();
        made.answered = front.answered;
        made.failed = front.failed;
        at_place(each.said, [&] {
            if (!each.folder.empty()) make_folder(made, each.folder);
        });
        add_places(made, each.folder, each.proxies, each.programs);
        hosts.push_back({.names = each.names, .site = &made, .certificate = each.certificate});
        at_place(each.said, [&] { (void)http::choose_host({hosts.back()}); });
    }
    if (!hosts.empty()) {
        at_place(wanted_.hosts.back().said,
                 [&] { front.filters.push_back(http::choose_host(hosts)); });
    }
    const auto passes_on = [](const host_place& each) { return !each.proxies.empty(); };
    // What an upstream speaks over WebSocket is nothing that the routes know of.
    front.http2.other_protocols |=
        !wanted_.proxies.empty() || std::ranges::any_of(wanted_.hosts, passes_on);
    front.behind_tls = [from = trusted_in(wanted_)](const serve::peer& who) {
        return who.address.is_inet() && std::ranges::any_of(from, [&](const net::network& each) {
                   return each.contains(who.address.ip().unmapped());
               });
    };
    if (for_others) front.filters.push_back(for_others);
    add_places(front, folder, wanted_.proxies, wanted_.programs);
}

bool hosting::has_certificates() const noexcept {
    for (const host_place& each : wanted_.hosts) {
        if (!each.certificate.empty()) return true;
    }
    return false;
}

void hosting::add_certificates(tls::server_options& to) const {
    if (!wanted_.staple.empty()) {
        to.credentials =
            about_option("--staple", [&] { return with_staple(to.credentials, wanted_.staple); });
    }
    for (const host_place& each : wanted_.hosts) {
        if (each.certificate.empty()) continue;
        at_place(each.said, [&] {
            tls::credentials who = load_credentials(each.certificate, each.key, each.password);
            if (!each.staple.empty()) who = with_staple(who, each.staple);
            for (const std::string& name : each.names)
                to.by_name[name] = who;
        });
    }
}

void hosting::begin() {
    if (!checked_.empty()) checks_ = std::make_unique<checks>(checked_);
}

proxy_place read_proxy_option(const std::string& text) {
    const std::size_t sign = text.find('=');
    if (!text.starts_with('/') || sign == std::string::npos || sign + 1 == text.size())
        throw CLI::ValidationError(
            "--proxy-pass is PATH=URL, such as /app=http://127.0.0.1:9000, "
            "not " +
            quoted(text));
    proxy_place place;
    place.said = "--proxy-pass " + quoted(text) + ": ";
    place.path = text.substr(0, sign);
    for (std::string_view rest = std::string_view(text).substr(sign + 1); !rest.empty();) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        place.upstreams.emplace_back(rest.substr(0, comma));
        rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    return place;
}

tls::credentials with_staple(const tls::credentials& who, const std::string& path) {
    std::ifstream file = open_file(path);
    const std::string der((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    try {
        return who.stapled(const_buffer(der));
    } catch (const std::system_error& error) {
        throw std::runtime_error(quoted(path) + ": " + error.what());
    }
}

}  // namespace zocalo::program
