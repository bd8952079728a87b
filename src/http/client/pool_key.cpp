// SPDX-License-Identifier: MIT
// Each set of options is taken apart completely. One that gets a new member does not compile here
// until somebody has decided about it: forgotten settings have had clients use the connections of
// others again and again.
#include "http/client/pool_key.hpp"

#include <array>
#include <cstdint>
#include <cstring>

namespace zocalo::http::detail {

namespace {

class key_writer {
 public:
    key_writer() { key_.reserve(256); }

    void add(std::string_view text) {
        add(text.size());
        key_ += text;
    }
    void add(std::uint64_t number) {
        std::array<char, sizeof number> bytes{};
        std::memcpy(bytes.data(), &number, sizeof number);
        key_.append(bytes.data(), bytes.size());
    }
    void add(const void* identity) { add(reinterpret_cast<std::uintptr_t>(identity)); }
    void add(const std::optional<tls::client_context>& context) {
        add(context ? context->state().get() : nullptr);
    }

    void add(const io::proxy& through) {
        const auto& [kind, host, port, user, password, fields] = through;
        add(static_cast<std::uint64_t>(kind));
        add(host);
        add(port);
        add(user);
        add(password);
        add(fields.size());
        for (const auto& [name, value] : fields) {
            add(name);
            add(value);
        }
    }

    void add(const io::connect_options& how) {
        const auto& [timeout, family, protocol, source, local_port, settings, resolver, admit,
                     exceptions, attempt_delay, resolution_delay, max_attempts] = how;
        // How long somebody has waited for a connection says nothing about it.
        (void)timeout, (void)attempt_delay, (void)resolution_delay, (void)max_attempts;
        (void)admit;  // of the client, to whom the pool belongs
        add(static_cast<std::uint64_t>(family));
        add(static_cast<std::uint64_t>(protocol));
        add(source ? source->to_string() : std::string());
        add(local_port);
        add(settings.all().size());
        for (const auto& [level, name, value] : settings.all()) {
            add(static_cast<std::uint64_t>(level));
            add(static_cast<std::uint64_t>(name));
            add(value);
        }
        add(resolver);
        add(exceptions.size());
        for (const auto& [host, port, to_host, to_port] : exceptions) {
            add(host);
            add(port);
            add(to_host);
            add(to_port);
        }
    }

    void add(const tls::dial_options& how) {
        const auto& [connect, proxies, over_proxy, proxy_tls, tls, server_name, alpn, within] = how;
        (void)over_proxy;  // the same for all connections of a client
        (void)within;
        add(connect);
        add(proxies.size());
        for (const io::proxy& each : proxies)
            add(each);
        add(proxy_tls);
        add(tls);
        add(server_name);
        add(alpn.size());
        for (const std::string& each : alpn)
            add(each);
    }

    [[nodiscard]] std::string take() noexcept { return std::move(key_); }

 private:
    std::string key_;
};

}  // namespace

std::string pool_key(const net::host_port& where, const tls::dial_options& how) {
    key_writer key;
    key.add(where.to_string());
    key.add(how);
    return key.take();
}

}  // namespace zocalo::http::detail
