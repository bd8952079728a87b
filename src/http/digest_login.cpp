// SPDX-License-Identifier: MIT
#include "zocalo/http/digest_login.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <utility>

#include "zocalo/http/challenge.hpp"

namespace zocalo::http {

namespace {

std::chrono::sys_seconds today() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

class digest_guard {
 public:
    digest_guard(const digest_login_options& how, find_secret secret_of)
        : how_(how), secret_of_(std::move(secret_of)), nonces_(how.nonces) {
        if (!secret_of_) throw std::invalid_argument("digest: nobody knows a secret");
        if (how_.algorithms.empty()) throw std::invalid_argument("digest: no algorithm");
        for (const digest_algorithm each : how_.algorithms)
            nobodys_.push_back(digest_secret(each, "", how_.realm, make_client_nonce()));
    }

    enum class verdict { good, stale, unknown };

    /// Sets what the response says to it.
    verdict judge(exchange& asked) {
        const request_head& request = asked.request();
        const auto shown = credentials::try_parse(request.fields.get("Authorization"));
        const auto claim = shown ? digest_claim::try_parse(*shown) : std::nullopt;
        if (!claim || claim->proves_content || claim->realm != how_.realm ||
            claim->target != request.target || !nonces_.is_ours(claim->nonce))
            return verdict::unknown;
        const auto which = std::ranges::find(how_.algorithms, claim->algorithm);
        if (which == how_.algorithms.end()) return verdict::unknown;
        const auto known = secret_of_(claim->user, claim->algorithm);
        const std::string& nobodys =
            nobodys_[static_cast<std::size_t>(which - how_.algorithms.begin())];
        const std::string& secret = known ? *known : nobodys;
        const bool is_right = claim->knows(secret, request.method.text());
        if (!known || !is_right) return verdict::unknown;
        if (!nonces_.use(claim->nonce, claim->count, today())) return verdict::stale;
        asked.response().fields.set("Authentication-Info", claim->answer(secret));
        asked.set_user(claim->user);
        return verdict::good;
    }

    void ask(exchange& asked, bool is_stale) {
        const std::string nonce = nonces_.make(today());
        const digest_offer offer{.realm = how_.realm,
                                 .nonce = nonce,
                                 .is_stale = is_stale,
                                 .algorithms = how_.algorithms};
        for (const challenge& each : digest_challenges(offer))
            asked.response().fields.add("WWW-Authenticate", each.to_string());
    }

 private:
    const digest_login_options how_;
    const find_secret secret_of_;
    digest_nonces nonces_;
    std::vector<std::string> nobodys_;  ///< what strangers are compared with, for each algorithm
};

io::task<> guard_site(std::shared_ptr<digest_guard> by, exchange& asked, const rest_of_site& rest) {
    const auto said = by->judge(asked);
    if (said != digest_guard::verdict::good) {
        by->ask(asked, said == digest_guard::verdict::stale);
        throw status_error(status::unauthorized);
    }
    io::task<> next = rest(asked);
    co_await std::move(next);
}

}  // namespace

filter ask_digest(const digest_login_options& options, find_secret secret_of) {
    const auto by = std::make_shared<digest_guard>(options, std::move(secret_of));
    return [by](exchange& asked, const rest_of_site& rest) { return guard_site(by, asked, rest); };
}

}  // namespace zocalo::http
