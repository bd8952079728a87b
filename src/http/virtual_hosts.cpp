// SPDX-License-Identifier: MIT
#include "zocalo/http/virtual_hosts.hpp"

#include <map>
#include <memory>
#include <stdexcept>
#include <utility>

#include "core/ascii.hpp"
#include "http/authority.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/url/host.hpp"

namespace zocalo::http {

namespace {

/// The one spelling of a name; empty for what is none.
std::string plain_name(std::string_view authority) {
    std::string name = lower(detail::without_port(authority));
    if (name.ends_with('.')) name.pop_back();
    return name;
}

class host_table {
 public:
    struct place {
        const http::site* site = nullptr;  ///< null: that of whoever asks
        std::string certificate = {};

        [[nodiscard]] bool shares_certificate(const place& other) const noexcept {
            return this == &other || (!certificate.empty() && certificate == other.certificate);
        }
    };

    void add(const virtual_host& host) {
        if (host.site == nullptr) throw std::invalid_argument("a virtual host without a site");
        const auto made = std::make_shared<const place>(place{host.site, host.certificate});
        for (const std::string& each : host.names) {
            const std::string name = plain_name(each);
            const std::string_view rest =
                name.starts_with("*.") ? std::string_view(name).substr(2) : name;
            const bool is_name = url::host::try_parse(rest) && !rest.empty() &&
                                 rest.find('*') == std::string_view::npos;
            if (!is_name) throw std::invalid_argument("no name of a host: " + quoted(each));
            if (!by_name_.emplace(name, made).second)
                throw std::invalid_argument("two virtual hosts named " + quoted(each));
        }
    }

    [[nodiscard]] const place& find(const std::string& name) const {
        if (const auto exact = by_name_.find(name); exact != by_name_.end()) return *exact->second;
        const std::size_t dot = name.find('.');
        if (dot == std::string::npos) return others_;
        const auto wild = by_name_.find("*" + name.substr(dot));
        return wild != by_name_.end() ? *wild->second : others_;
    }

 private:
    std::map<std::string, std::shared_ptr<const place>> by_name_;
    place others_;
};

/// The host that the client has named in its handshake; empty when there was none.
std::string named_in_handshake(const exchange& asked) {
    const auto& tls = asked.client().peer().tls;
    return tls ? plain_name(tls->server_name) : std::string();
}

io::task<> choose(std::shared_ptr<const host_table> hosts, exchange& asked,
                  const rest_of_site& rest) {
    const std::string shown = named_in_handshake(asked);
    std::string wanted = plain_name(asked.authority());
    if (wanted.empty()) wanted = shown;
    const host_table::place& here = hosts->find(wanted);
    if (!shown.empty() && !here.shares_certificate(hosts->find(shown)))
        throw status_error(status::misdirected_request, "this connection is to another host");
    io::task<> next = here.site == nullptr ? rest(asked) : asked.continue_in(*here.site);
    co_await std::move(next);
}

}  // namespace

filter choose_host(const std::vector<virtual_host>& hosts) {
    const auto table = std::make_shared<host_table>();
    for (const virtual_host& each : hosts)
        table->add(each);
    const std::shared_ptr<const host_table> all = table;
    return [all](exchange& asked, const rest_of_site& rest) { return choose(all, asked, rest); };
}

}  // namespace zocalo::http
