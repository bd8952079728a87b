// SPDX-License-Identifier: MIT
// One fleet serves all ports; the port says what is spoken. So there is one set of limits, one
// place in the system's service manager, and one way to end.
#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <map>
#include <mutex>
#include <stdexcept>

#include "command.hpp"
#include "file.hpp"
#include "relay/interruptible.hpp"
#include "relay/tls_options.hpp"
#include "serve/doors.hpp"
#include "serve/hosting.hpp"
#include "serve/monitor.hpp"
#include "serve/names.hpp"
#include "serve/passwords.hpp"
#include "serve/request.hpp"
#include "serve/request_log.hpp"
#include "serve/status.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/gopher/server.hpp"
#include "zocalo/http/digest_login.hpp"
#include "zocalo/http/filters.hpp"
#include "zocalo/http/folder.hpp"
#include "zocalo/http/rate_limit.hpp"
#include "zocalo/http/server.hpp"
#include "zocalo/net/socket_file.hpp"
#include "zocalo/serve/run.hpp"

namespace zocalo::program {

namespace {

/// Those that hold now; SIGHUP reads them again.
class names_and_passwords {
 public:
    void read(const std::string& path) {
        auto next = std::make_shared<const passwords>(passwords::read(path));
        const std::lock_guard lock(mutex_);
        all_ = std::move(next);
    }
    [[nodiscard]] std::shared_ptr<const passwords> now() const {
        const std::lock_guard lock(mutex_);
        return all_;
    }

 private:
    std::shared_ptr<const passwords> all_;
    mutable std::mutex mutex_;
};

std::string text_of(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const http::status_error& answer) {
        std::string text = std::to_string(number(answer.answer()));
        text.append(" ").append(reason(answer.answer()));
        return *answer.what() == '\0' ? text : text + ": " + answer.what();
    } catch (const std::exception& what) {
        return what.what();
    } catch (...) {
        return "something that is no std::exception";
    }
}

/// All that is served, and who talks with whom.
class everything {
 public:
    everything(const serve_request& request, const context& shared);

    void run();

 private:
    void build_site();
    void add_folder_to(http::site& site, const std::string& folder) const;
    void add_filters();
    void ask_for_passwords();
    [[nodiscard]] tls::server_options tls_options() const;
    [[nodiscard]] serve::run_options options();
    void reload();
    void greet() const;
    [[nodiscard]] io::task<> talk(serve::connection& client);
    [[nodiscard]] tongue spoken_at(const net::endpoint& here) const;
    [[nodiscard]] std::string farewell(const serve::peer& who, serve::ending why,
                                       const net::endpoint& at);

    const serve_request& request_;
    const context& shared_;
    monitor watched_;
    request_log log_{watched_, shared_};
    names_and_passwords known_;
    std::vector<door> doors_;
    std::vector<net::socket_file> files_;
    std::map<std::uint16_t, tongue> tongues_;
    std::optional<tls::server_context> tls_;
    client_list_limits name_limits_;
    client_list names_{name_limits_};
    http::site site_;
    hosting hosting_;
    serve::handler http_;
    serve::handler gopher_;
    std::atomic<const serve::fleet*> fleet_ = nullptr;
};

/// Whether nobody but this machine can connect.
bool is_for_here(const std::vector<door>& doors) {
    return std::ranges::all_of(doors, [](const door& each) {
        return !each.where.is_inet() || each.where.ip().is_loopback();
    });
}

/// Whether a browser can, which may be led here by names of others.
bool is_for_browsers(const std::vector<door>& doors) {
    return std::ranges::any_of(doors, [](const door& each) { return each.where.is_inet(); });
}

/// Those that this process makes; systemd keeps its own.
std::vector<net::socket_file> files_of(const std::vector<door>& doors) {
    std::vector<net::socket_file> all;
    if (std::getenv("LISTEN_FDS") != nullptr) return all;
    for (const door& each : doors)
        all.emplace_back(each.where);
    return all;
}

/// What happens here is for no other site's pages, whatever they may read else.
http::filter but_for_status(http::filter inner) {
    // The site keeps its filters while they run.
    // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines)
    return [inner = std::move(inner)](http::exchange& asked,
                                      const http::rest_of_site& rest) -> io::task<> {
        const bool passes_by = is_status(asked.path());
        io::task<> next = passes_by ? rest(asked) : inner(asked, rest);
        co_await std::move(next);
    };
}

tls_choice choice_of(const serve_request& request) {
    tls_choice choice;
    choice.wanted = true;
    choice.certificate = request.certificate;
    choice.key = request.key;
    choice.password = request.password;
    choice.protocols = {"h2", "http/1.1"};
    return choice;
}

everything::everything(const serve_request& request, const context& shared)
    : request_(request),
      shared_(shared),
      doors_(find_doors(request, shared)),
      hosting_(request.hosting, shared) {
    as_said(request, "log", [this] { log_.open(request_.log, request_.log_format); });
    for (const door& each : doors_)
        if (each.where.is_inet()) tongues_.emplace(each.where.port(), each.speaks);
    if (request.tls) tls_.emplace(tls_options());
    build_site();
    http_ = site_.handler();
    const auto log = [this](const std::optional<gopher::request>& asked,
                            const gopher::reply& given) { log_.answered(asked, given); };
    const gopher::folder_options folder{.path = request.folder,
                                        .search_names = request.gopher_search};
    gopher_ = gopher::talk(gopher::make_folder(folder), {.tls = tls_, .answered = log});
}

void everything::build_site() {
    status_options status{.watched = watched_,
                          .listeners = {},
                          .also_for = {},
                          .names = request_.names,
                          .counters = {}};
    for (const door& each : doors_)
        status.listeners.push_back({std::string(name_of(each.speaks)), url_of(each, request_.tls)});
    for (const std::string& each : request_.status_for)
        status.also_for.push_back(net::network::parse(each));
    if (request_.metrics) status.counters = [this] { return fleet_.load()->counters(); };
    add_status(site_, status);

    site_.answered = [this](const http::exchange& asked, http::status answer) {
        log_.answered(asked, answer);
    };
    site_.failed = [this](const http::exchange& asked, const std::exception_ptr& error) {
        const std::string what = asked.request().target + ": " + text_of(error);
        watched_.failed(what);
        say(shared_, 1, asked.client().peer().to_string() + ": " + escaped(what, 1000));
    };
    add_folder_to(site_, request_.folder);
    add_filters();
}

void everything::add_folder_to(http::site& site, const std::string& path) const {
    http::folder_options folder;
    folder.path = path;
    folder.hidden = request_.hidden;
    folder.listing = !request_.no_listing;
    if (const auto age = request_.max_age.value())
        folder.cache.max_age = std::chrono::floor<std::chrono::seconds>(*age);
    folder.upload.allowed = request_.upload;
    folder.upload.overwrite = request_.overwrite;
    folder.upload.longest = request_.longest_upload;
    http::add_folder(site.routes, folder);
}

/// What holds for all hosts stands before the one that chooses among them.
void everything::add_filters() {
    if (request_.hosting.rate > 0) {
        const std::size_t rate = request_.hosting.rate;
        site_.filters.push_back(http::limit_rate({.requests = rate, .burst = 10 * rate}));
    }
    if (!request_.origins.empty())
        site_.filters.push_back(but_for_status(http::allow_origins({.origins = request_.origins})));
    if (request_.compress) site_.filters.push_back(http::compress());
    if (request_.upload) site_.filters.push_back(http::refuse_other_sites());
    if (!request_.passwords.empty()) ask_for_passwords();
    http::filter for_others;
    const bool is_told = is_for_here(doors_) && is_for_browsers(doors_);
    if (is_told || !request_.names.empty()) for_others = http::refuse_other_hosts(request_.names);
    const auto add_folder = [this](http::site& to, const std::string& folder) {
        add_folder_to(to, folder);
    };
    hosting_.add_to(site_, request_.folder, for_others, add_folder);
}

void everything::ask_for_passwords() {
    as_said(request_, "passwords", [this] { known_.read(request_.passwords); });
    if (!request_.hosting.digest) {
        site_.filters.push_back(http::ask_password("zocalo", [this](auto user, auto password) {
            return known_.now()->knows(user, password);
        }));
        return;
    }
    const auto secret_of = [this](std::string_view user, http::digest_algorithm which) {
        const auto all = known_.now();
        const std::string* const password = all->find(user);
        return password == nullptr
                   ? std::nullopt
                   : std::optional(http::digest_secret(which, user, "zocalo", *password));
    };
    site_.filters.push_back(http::ask_digest({.realm = "zocalo"}, secret_of));
}

tls::server_options everything::tls_options() const {
    tls::server_options options = server_options(choice_of(request_), shared_);
    hosting_.add_certificates(options);
    return options;
}

tongue everything::spoken_at(const net::endpoint& here) const {
    if (!here.is_inet()) return tongue::http;
    const auto found = tongues_.find(here.port());
    return found == tongues_.end() ? tongue::http : found->second;
}

/// In the language of the port. Within a handshake nothing can be said.
std::string everything::farewell(const serve::peer& who, serve::ending why,
                                 const net::endpoint& at) {
    const tongue speaks = spoken_at(at);
    const std::optional<http::status> answer = http::farewell_status(why);
    const bool is_gopher = speaks == tongue::gopher;
    if (!answer || (!is_gopher && (speaks != tongue::http || (tls_ && !who.tls)))) return {};
    log_.told(who, *answer, is_gopher);
    return is_gopher ? gopher::farewell(why) : http::farewell(why);
}

io::task<> everything::talk(serve::connection& client) {
    const tongue speaks = spoken_at(client.local_endpoint());
    const monitor::visit visit(watched_, client, name_of(speaks));
    if (speaks == tongue::gopher) {
        co_await gopher_(client);
    } else if (speaks == tongue::names) {
        co_await keep_name(names_, name_limits_, client);
    } else {
        if (tls_) {
            const auto begins = co_await client.look_at_opening();
            if (begins == serve::connection::opening::nothing) co_return;
            if (begins == serve::connection::opening::other) {
                const std::string answer =
                    http::last_words(http::status::bad_request, "TLS is spoken here: https://");
                log_.told(client.peer(), http::status::bad_request, false);
                co_await client.stream().write(answer);
                co_return;
            }
            co_await client.secure(*tls_);
        }
        co_await http_(client);
    }
}

serve::run_options everything::options() {
    serve::run_options options;
    for (const door& each : doors_)
        options.addresses.push_back(each.where);
    options.listen.dual_stack = false;
    if (!request_.socket_mode.empty())
        options.listen.permissions = static_cast<unsigned>(std::stoul(request_.socket_mode, {}, 8));
    options.user = request_.user;
    options.fleet.loops = request_.threads;
    options.hand_over = request_.guarding.hand_over;
    options.fleet.server.limits = limits_of(request_.guarding, is_for_here(doors_));
    options.fleet.server.proxies = proxies_of(request_.guarding);
    serve::hooks& hooks = options.fleet.server.hooks;
    hooks.farewell = [this](const serve::peer& who, serve::ending why, const net::endpoint& at) {
        return farewell(who, why, at);
    };
    hooks.failed = [this](const serve::connection& client, const std::exception_ptr& error) {
        const std::string what = client.peer().to_string() + ": " + text_of(error);
        watched_.failed(what);
        say(shared_, 1, what);
    };
    hooks.ended = [this](const serve::connection& client) { watched_.ended(client); };
    options.begins = [this](const serve::fleet& servers) { fleet_ = &servers; };
    options.ready = [this](std::span<const net::endpoint>) {
        files_ = files_of(doors_);
        hosting_.begin();
        greet();
    };
    options.taken_over = [this] {
        for (net::socket_file& each : files_)
            each.keep();
    };
    options.reload = [this](serve::fleet&) { reload(); };
    return options;
}

/// What cannot be read stays as it was, and is told.
void everything::reload() {
    const auto attempt = [this](const auto& part) {
        try {
            part();
        } catch (const std::exception& error) {
            say(shared_, 0, std::string("SIGHUP: ") + error.what());
        }
    };
    attempt([this] { log_.reopen(); });
    if (!request_.passwords.empty()) attempt([this] { known_.read(request_.passwords); });
    if (tls_ && (!request_.certificate.empty() || hosting_.has_certificates()))
        attempt([this] { tls_->replace(tls_options()); });
}

void everything::greet() const {
    std::string text;
    std::string page;
    for (const door& each : doors_) {
        const std::string url = url_of(each, request_.tls);
        const bool is_page = each.speaks == tongue::http && each.where.is_inet();
        if (is_page && page.empty()) page = url;
        text += fmt::format("{} at {}\n", name_of(each.speaks), url);
    }
    text.insert(0, "serving " + quoted(request_.folder) + "\n");
    if (!page.empty())
        text += "open " + page + " in a browser; what happens: " + page + ".zocalo/\n";
    std::cout << text << std::flush;
}

void everything::run() {
    say(shared_, 1, backend_of(io::loop()));  // as all of them will be
    try {
        serve::handler all([this](serve::connection& client) { return talk(client); });
        // The list of clients has an answer for those who say nothing, too. Its port keeps the
        // others from being parked.
        all.on_demand = std::ranges::none_of(
            doors_, [](const door& each) { return each.speaks == tongue::names; });
        serve::run(all, options());
    } catch (const std::invalid_argument&) {  // only a user can be none
        as_said(request_, "user", [] { throw; });
    }
}

/// Gopher knows no passwords.
serve_request without_back_doors(serve_request request) {
    if (!request.passwords.empty() && request.gopher == "7070") request.gopher = "no";
    return request;
}

}  // namespace

void serve_folder(const serve_request& request, const context& shared) {
    const serve_request wanted = without_back_doors(request);
    everything all(wanted, shared);
    all.run();
}

}  // namespace zocalo::program
