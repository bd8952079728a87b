// SPDX-License-Identifier: MIT
#include "zocalo/http/reverse_proxy.hpp"

#include <algorithm>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "http/proxy/passage.hpp"
#include "http/proxy/passed_fields.hpp"
#include "http/proxy/proxy_core.hpp"
#include "http/proxy/target.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/http/grammar.hpp"
#include "zocalo/io/all.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::http {

namespace {

using core_ptr = std::shared_ptr<detail::proxy_core>;

/// What a stream of HTTP/2 may change to: of WebSocket alone it is said what that is with HTTP/1.1.
bool may_bridge(std::string_view protocol, const reverse_proxy_options& how) {
    const auto is_it = [protocol](std::string_view each) { return same_name(each, protocol); };
    return is_it("websocket") && std::ranges::any_of(how.upgrades, is_it);
}

void check_passable(const exchange& asked, const reverse_proxy_options& how) {
    const request_head& request = asked.request();
    const auto refuse = [](status answer, const char* why) { throw status_error(answer, why); };
    // What comes back for TRACE is all that this proxy says of itself and of the client.
    const bool is_tunnel = request.method == method::connect;
    if (request.method == method::trace || (is_tunnel && request.protocol.empty()))
        refuse(status::method_not_allowed, "not through this proxy");
    if (is_tunnel && !may_bridge(request.protocol, how))
        refuse(status::not_implemented, "this proxy knows no such protocol");
    if (!asked.path().starts_with('/')) refuse(status::bad_request, "no path");
    if (detail::has_dot_segment(asked.path())) refuse(status::bad_request, "dots in the path");
    if (detail::has_passed(request.fields, how.name))
        refuse(status::loop_detected, "this has been here already");
}

/// RFC 9110 §7.6.2. Whether the request may go on.
bool may_go_on(const exchange& asked) {
    const auto left = asked.request().fields.find("Max-Forwards");
    return asked.request().method != method::options || !left ||
           from_digits<std::uint32_t>(*left) != 0;
}

io::task<> talk(core_ptr core, exchange& asked) {
    check_passable(asked, core->options);
    if (!may_go_on(asked)) {
        asked.reply(status::no_content);
        co_return;
    }
    detail::passage way(std::move(core), asked);
    io::task<> going = way.run();
    co_await std::move(going);
}

/// Whether an upstream is well.
io::task<bool> is_well(core_ptr core, const detail::upstream& whom) {
    const health_check_options& how = core->options.health;
    try {
        http::request what{.url = whom.origin + whom.base + how.path};
        what.fields = {{"Host", whom.host}, {"User-Agent", "zocalo-health"}};
        what.redirects = 0;
        what.versions = whom.versions;
        io::task<response_stream> asking =
            io::timeout(how.within, core->client().open(std::move(what)));
        const response_stream got = co_await std::move(asking);
        co_return !is_error(got.status());
    } catch (const net::stopped&) {
        throw;
    } catch (const std::system_error&) {
        co_return false;
    } catch (const protocol_error&) {
        co_return false;
    }
}

io::task<> keep_checking(core_ptr core, detail::upstream& whom) {
    for (;;) {
        io::task<bool> checking = is_well(core, whom);
        const bool is_good = co_await std::move(checking);
        whom.note_check(is_good, core->options.health);
        co_await io::sleep(core->options.health.interval);
    }
}

io::task<> check_all(core_ptr core) {
    std::vector<io::task<>> all;
    for (detail::upstream& each : core->upstreams)
        all.push_back(keep_checking(core, each));
    io::task<> checking = io::all(std::move(all));
    co_await std::move(checking);
}

}  // namespace

reverse_proxy::reverse_proxy(reverse_proxy_options options)
    : core_(std::make_shared<detail::proxy_core>(std::move(options))) {}

io::task<> reverse_proxy::operator()(exchange& asked) const {
    return talk(core_, asked);
}

io::task<> reverse_proxy::check_health() const {
    return check_all(core_);
}

std::vector<upstream_state> reverse_proxy::upstreams() const {
    const auto now = std::chrono::steady_clock::now();
    std::vector<upstream_state> all;
    for (const detail::upstream& each : core_->upstreams) {
        all.push_back({.url = each.url,
                       .is_out = each.is_out(now),
                       .active = each.active.load(),
                       .requests = each.requests.load(),
                       .failures = each.failures.load()});
    }
    return all;
}

}  // namespace zocalo::http
