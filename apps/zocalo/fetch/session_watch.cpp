// SPDX-License-Identifier: MIT
// What --trace and -v see of connections.
#include "fetch/proxy_split.hpp"
#include "fetch/session.hpp"
#include "fetch/tls_lines.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/tls/info.hpp"

namespace zocalo::program {

using serve::flow;

namespace {

constexpr std::size_t longest_line = 1000;

/// A head of HTTP, or a line of Gopher, as -v shows it: without its empty line.
std::vector<std::string> shown_lines(flow which, std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find("\r\n"));
        text.remove_prefix(std::min(text.size(), line.size() + 2));
        if (line.empty() && !lines.empty()) continue;
        lines.push_back((which == flow::sent ? "> " : "< ") + escaped(line, longest_line));
    }
    return lines;
}

std::string_view name_of(io::proxy::protocol kind) {
    using enum io::proxy::protocol;
    return kind == socks4 || kind == socks4a ? "SOCKS 4" : "SOCKS 5";
}

}  // namespace

io::stream session::over_http(io::stream made) const {
    const bool is_known = options_.known_http2;
    const bool is_2 = is_known || (tls::try_get_info(made) && tls::get_alpn(made) == "h2");
    return trace_->over(std::move(made), is_2);
}

void session::tell_tls(const io::stream& made) const {
    for (const std::string& each : lines_about_tls(made))
        listener_("* " + each);
}

io::stream session::over_gopher(io::stream made) const {
    if (trace_) made = trace_->over_plain(std::move(made));
    if (!listener_) return made;
    listener_("* connected to " + made.peer_endpoint().to_string());
    tell_tls(made);
    return serve::watch(std::move(made), [this](flow which, std::string_view bytes) {
        if (which == flow::received) return;  // is what was asked for
        for (const std::string& each : shown_lines(which, bytes))
            listener_(each);
    });
}

io::stream session::over_proxy(io::stream made, const io::proxy& with) const {
    if (!trace_ && !listener_) return made;
    const bool is_http =
        with.kind == io::proxy::protocol::http || with.kind == io::proxy::protocol::https;
    const std::string name = "proxy " + with.to_string();
    if (trace_) trace_->add_info("connected to the " + name);
    if (trace_)
        for (const std::string& each : lines_about_tls(made))
            trace_->add_info(each);
    if (listener_) {
        listener_("* connected to the " + name);
        tell_tls(made);
    }
    const auto tell = [this, is_http](flow which, wire_part part, std::string_view bytes) {
        if (trace_) trace_->add(which, part, bytes);
        if (!listener_ || !is_http || part != wire_part::head) return;
        for (const std::string& each : shown_lines(which, bytes))
            listener_(each);
    };
    const auto split = std::make_shared<proxy_split>(with.kind, tell);
    const std::string done = "* " + std::string(name_of(with.kind)) + ": the proxy has answered";
    return serve::watch(std::move(made),
                        [this, split, is_http, done](flow which, std::string_view bytes) {
                            if (split->is_over()) return;
                            split->see(which, bytes);
                            if (split->is_over() && listener_ && !is_http) listener_(done);
                        });
}

}  // namespace zocalo::program
