// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "io/names/name_source.hpp"
#include "io/names/question_channel.hpp"
#include "io/names/system_settings.hpp"

namespace zocalo::io::detail {

/// Names from name servers, /etc/hosts and resolv.conf.
class system_names final : public name_source {
 public:
    task<net::dns::answer> ask(std::string name, net::dns::type which,
                               const resolver_options& how) override;
    std::vector<net::address> known(const std::string& host, const resolver_options& how) override;
    bool known_comes_last() override;
    std::vector<std::string> candidates(const std::string& host,
                                        const resolver_options& how) override;
    std::optional<net::address> source_for(const net::address& to) override;

 private:
    const system_settings& settings();
    std::shared_ptr<question_channel> channel_for(const server_settings& settings);

    std::vector<std::weak_ptr<question_channel>> channels_;
    system_settings settings_;
    std::chrono::steady_clock::time_point fresh_until_{};
};

}  // namespace zocalo::io::detail
