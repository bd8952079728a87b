// SPDX-License-Identifier: MIT
// Who is asked for a password says so with 401, a proxy with 407 (RFC 9110 §11). The answer is sent
// once; a second question means that it was wrong, unless the nonce was just too old.
#include <stdexcept>

#include "http/client/call.hpp"
#include "zocalo/http/challenge.hpp"
#include "zocalo/http/digest.hpp"

namespace zocalo::http::detail {

namespace {

bool is_stale(const challenge& asked) noexcept {
    const auto stale = asked.parameters.find("stale");
    return stale && same_name(*stale, "true");
}

}  // namespace

/// The login for who is asked now, or none: what came with the request is for its origin alone, as
/// all others are for theirs.
std::optional<login> call::login_here() const {
    if (has_secrets_ && asked_.login) return asked_.login;
    for (const known_login& each : core_->options.logins) {
        if (each.where == at_.origin) return each.who;
    }
    if (!core_->options.netrc) return std::nullopt;
    const auto& file = *core_->options.netrc;
    const auto* known = file.find(at_.origin.host());
    if (known == nullptr && redirects_ == 0) known = file.default_entry();
    if (known == nullptr) return std::nullopt;
    return login{.user = known->user, .password = known->password};
}

std::string call::who_asks(bool is_proxy) const {
    const io::proxy* const told = told_proxy();
    return is_proxy && told != nullptr ? "proxy " + told->to_string() : at_.origin.to_string();
}

/// The answer to what was asked before; nothing when there is none.
std::optional<std::string> call::answer(bool is_proxy, const login& who) const {
    login_memory::known* const known = core_->logins.find(who_asks(is_proxy));
    if (known == nullptr) return std::nullopt;
    if (known->asked.is("Basic")) return basic_credentials(who.user, who.password).to_string();
    const std::string target = request_target();
    const std::string nonce = make_client_nonce();
    digest_request proof{.method = asked_.method.text(), .target = target};
    if (asked_.body.is_bytes()) proof.content = asked_.body.bytes();
    proof.count = ++known->count;
    proof.client_nonce = nonce;
    try {
        return answer_digest(known->asked, proof, who.user, who.password).to_string();
    } catch (const std::invalid_argument&) {  // it wants proof of content that is not there yet
        return std::nullopt;
    }
}

void call::add_login(http::fields& to) const {
    const auto who = login_here();
    if (who && !to.contains("Authorization")) {
        std::optional<std::string> shown;
        if (who->how == login::scheme::basic)
            shown = basic_credentials(who->user, who->password).to_string();
        if (who->how == login::scheme::bearer)
            shown = bearer_credentials(who->password).to_string();
        if (who->how == login::scheme::any) shown = answer(false, *who);
        if (shown) to.add("Authorization", *shown);
    }
    const io::proxy* const told = told_proxy();
    if (told == nullptr || told->user.empty()) return;
    const auto shown = answer(true, {.user = told->user, .password = told->password});
    to.add("Proxy-Authorization",
           shown ? *shown : basic_credentials(told->user, told->password).to_string());
}

/// Whether the response is a question that the next request answers.
bool call::log_in(const response_head& answer) {
    const bool is_proxy = answer.status == status::proxy_authentication_required;
    if (!is_proxy && answer.status != status::unauthorized) return false;
    if (!asked_.body.is_repeatable()) return false;
    if (is_proxy) {
        const io::proxy* const told = told_proxy();
        if (told == nullptr || told->user.empty()) return false;
    } else {
        const auto who = login_here();
        if (!who || who->how != login::scheme::any) return false;
    }
    const auto all = challenge::try_parse_all(
        answer.fields.joined(is_proxy ? "Proxy-Authenticate" : "WWW-Authenticate"));
    const challenge* const best = all ? strongest(*all) : nullptr;
    if (best == nullptr) return false;
    unsigned& tries = is_proxy ? proxy_tries_ : tries_;
    const unsigned most = is_stale(*best) ? 2 : 1;
    if (tries >= most) return false;
    ++tries;
    core_->logins.remember(who_asks(is_proxy), *best);
    return true;
}

}  // namespace zocalo::http::detail
