// SPDX-License-Identifier: MIT
// c-ares reads nsswitch.conf and knows the domain of this machine. The other files are read here:
// version 1.18 does not see the interface of a server nor how long to ask it, takes a tab between
// domains for a part of them, and half an address in the hosts file for a whole one.
#include "io/names/system_settings.hpp"

#include <ares.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string_view>

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
    for (int i = 0; (mask & ARES_OPT_DOMAINS) != 0 && i < from.ndomains; ++i)
        into.search.emplace_back(from.domains[i]);
    if ((mask & ARES_OPT_LOOKUPS) != 0 && from.lookups != nullptr) {
        const std::string_view order = from.lookups;
        into.use_files = order.find('f') != std::string_view::npos;
        into.use_servers = order.find('b') != std::string_view::npos;
        into.files_last = into.use_files && order.find('b') < order.find('f');
    }
}

}  // namespace

system_settings read_system_settings() {
    system_settings read;
    static char nothing[] = "/dev/null";
    ares_options no_file{};
    no_file.resolvconf_path = nothing;
    const silent_channel channel(&no_file, ARES_OPT_RESOLVCONF);
    if (channel.get() == nullptr) return read;
    ares_options known{};
    int mask = 0;
    if (ares_save_options(channel.get(), &known, &mask) == ARES_SUCCESS) {
        take_known(known, mask, read);
    }
    ares_destroy_options(&known);
    std::ifstream file("/etc/resolv.conf");
    read.how = read_resolv_conf(file);
    if (read.how.servers.empty()) read.how.servers = {net::address::loopback_v4()};
    if (const char* options = std::getenv("RES_OPTIONS")) take_resolv_options(options, read.how);
    if (const char* domains = std::getenv("LOCALDOMAIN")) read.how.search = search_list(domains);
    if (read.how.search) read.search = std::move(*read.how.search);
    return read;
}

}  // namespace zocalo::io::detail
