// SPDX-License-Identifier: MIT
// c-ares reads the system's files, but for what version 1.18 passes over in resolv.conf: how long
// and how often to ask.
#include "io/names/system_settings.hpp"

#include <ares.h>
#include <netinet/in.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>
#include <string_view>

#include "zocalo/core/number.hpp"
#include "zocalo/net/endpoint.hpp"

namespace zocalo::io::detail {

namespace {

/// A channel that asks nobody.
class silent_channel {
 public:
    silent_channel(ares_options* options, int mask) {
        if (ares_init_options(&channel_, options, mask) != ARES_SUCCESS) channel_ = nullptr;
    }
    silent_channel(const silent_channel&) = delete;
    silent_channel& operator=(const silent_channel&) = delete;
    ~silent_channel() {
        if (channel_ != nullptr) ares_destroy(channel_);
    }
    [[nodiscard]] ares_channel get() const noexcept { return channel_; }

 private:
    ares_channel channel_ = nullptr;
};

void take_known(const ares_options& from, int mask, system_settings& into) {
    if ((mask & ARES_OPT_NDOTS) != 0) into.dots = from.ndots;
    for (int i = 0; (mask & ARES_OPT_DOMAINS) != 0 && i < from.ndomains; ++i)
        into.search.emplace_back(from.domains[i]);
    if ((mask & ARES_OPT_LOOKUPS) != 0 && from.lookups != nullptr) {
        const std::string_view order = from.lookups;
        into.use_files = order.find('f') != std::string_view::npos;
        into.use_servers = order.find('b') != std::string_view::npos;
        into.files_last = into.use_files && order.find('b') < order.find('f');
    }
}

/// "timeout:3", with the limits that resolv.conf(5) gives.
std::optional<int> value_of(std::string_view option, std::string_view name, int most) {
    if (!option.starts_with(name)) return std::nullopt;
    const auto number = from_digits<std::uint16_t>(option.substr(name.size()));
    if (!number || *number == 0) return std::nullopt;
    return std::min(static_cast<int>(*number), most);
}

void take_option(const std::string& option, system_settings& into) {
    if (const auto seconds = value_of(option, "timeout:", 30)) into.milliseconds = *seconds * 1000;
    if (const auto times = value_of(option, "attempts:", 5)) into.attempts = *times;
    if (option == "use-vc") into.tcp = true;
}

void take_options(std::istream& resolv_conf, system_settings& into) {
    for (std::string line; std::getline(resolv_conf, line);) {
        std::istringstream words(line);
        std::string word;
        if (!(words >> word) || word != "options") continue;
        while (words >> word)
            take_option(word, into);
    }
}

extern "C" void take_addresses(void* into, int status, int /*timeouts*/, ares_addrinfo* found) {
    if (status != ARES_SUCCESS) return;
    auto& all = *static_cast<std::vector<net::address>*>(into);
    for (const ares_addrinfo_node* each = found->nodes; each != nullptr; each = each->ai_next) {
        const auto* const bytes = reinterpret_cast<const std::byte*>(each->ai_addr);
        const net::address ip = net::endpoint::raw({bytes, each->ai_addrlen}).ip();
        if (std::ranges::find(all, ip) == all.end()) all.push_back(ip);
    }
    ares_freeaddrinfo(found);
}

}  // namespace

system_settings read_system_settings() {
    system_settings read;
    const silent_channel channel(nullptr, 0);
    if (channel.get() == nullptr) return read;
    ares_options known{};
    int mask = 0;
    if (ares_save_options(channel.get(), &known, &mask) == ARES_SUCCESS) {
        take_known(known, mask, read);
    }
    ares_destroy_options(&known);
    std::ifstream resolv_conf("/etc/resolv.conf");
    take_options(resolv_conf, read);
    return read;
}

/// ares_getaddrinfo() with nothing but files to ask has its answer at once, with all lines that
/// name the host; ares_gethostbyname_file() stops at the first.
std::vector<net::address> read_hosts_file(const std::string& host) {
    static char files[] = "f";
    static char nothing[] = "/dev/null";
    ares_options options{};
    options.lookups = files;
    options.resolvconf_path = nothing;
    const silent_channel channel(&options, ARES_OPT_LOOKUPS | ARES_OPT_RESOLVCONF);
    std::vector<net::address> found;
    if (channel.get() == nullptr) return found;
    ares_addrinfo_hints hints{};
    hints.ai_flags = ARES_AI_NOSORT;
    ares_getaddrinfo(channel.get(), host.c_str(), nullptr, &hints, take_addresses, &found);
    return found;
}

}  // namespace zocalo::io::detail
