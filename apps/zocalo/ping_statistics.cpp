// SPDX-License-Identifier: MIT
#include "ping_statistics.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace zocalo::program {

void ping_statistics::count(const net::packet::echo_answer& answer) {
    if (answer.error) {
        ++errors_;
        return;
    }
    if (answer.again) {
        ++again_;
        return;
    }
    const double took = milliseconds_of(answer.round_trip);
    least_ = received_ == 0 ? took : std::min(least_, took);
    most_ = std::max(most_, took);
    sum_ += took;
    squares_ += took * took;
    ++received_;
}

std::uint64_t ping_statistics::missing() const noexcept {
    const std::uint64_t known = received_ + errors_;
    return sent_ > known ? sent_ - known : 0;
}

double ping_statistics::lost() const noexcept {
    if (sent_ == 0) return 0;
    return 100.0 * static_cast<double>(sent_ - std::min(sent_, received_)) /
           static_cast<double>(sent_);
}

double ping_statistics::average() const noexcept {
    return received_ == 0 ? 0 : sum_ / static_cast<double>(received_);
}

double ping_statistics::deviation() const noexcept {
    if (received_ == 0) return 0;
    const double variance = squares_ / static_cast<double>(received_) - average() * average();
    return std::sqrt(std::max(variance, 0.0));
}

std::string ping_statistics::text() const {
    std::string text = fmt::format("{} packets transmitted, {} received", sent_, received_);
    if (again_ != 0) text += fmt::format(", +{} duplicates", again_);
    if (errors_ != 0) text += fmt::format(", +{} errors", errors_);
    text += fmt::format(", {:.4g}% packet loss, time {:.0f}ms\n", lost(), milliseconds_of(took_));
    if (received_ != 0) {
        text += fmt::format("rtt min/avg/max/mdev = {:.3f}/{:.3f}/{:.3f}/{:.3f} ms\n", least_,
                            average(), most_, deviation());
    }
    return text;
}

std::string ping_statistics::json(const net::address& host) const {
    nlohmann::json result{{"host", host.to_string()},
                          {"sent", sent_},
                          {"received", received_},
                          {"duplicates", again_},
                          {"errors", errors_},
                          {"lost_percent", lost()},
                          {"milliseconds", milliseconds_of(took_)}};
    if (received_ != 0) {
        result["round_trip"] = {
            {"least", least_}, {"average", average()}, {"most", most_}, {"deviation", deviation()}};
    }
    return result.dump();
}

}  // namespace zocalo::program
