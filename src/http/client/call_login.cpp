// SPDX-License-Identifier: MIT
// Who is asked for a password says so with 401, a proxy with 407 (RFC 9110 §11). The answer is sent
// once; a second question means that it was wrong, unless the nonce was just too old.
#include <stdexcept>
#include <utility>

#include "http/client/call.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/http/challenge.hpp"
#include "zocalo/http/digest.hpp"
#include "zocalo/io/override.hpp"

namespace zocalo::http::detail {

namespace {

bool is_http(const io::proxy& through) noexcept {
    return through.kind == io::proxy::protocol::http || through.kind == io::proxy::protocol::https;
}

/// Whether a path is that of a login, or goes on behind it with a slash.
bool is_below(std::string_view base, std::string_view path) noexcept {
    while (base.ends_with('/'))
        base.remove_suffix(1);
    if (base.empty()) return true;
    return path.starts_with(base) && (path.size() == base.size() || path[base.size()] == '/');
}

bool is_stale(const challenge& asked) noexcept {
    const auto stale = asked.parameters.find("stale");
    return stale && same_name(*stale, "true");
}

}  // namespace

/// The login for who is asked now, or none: what came with the request is for its origin alone, as
/// all others are for theirs.
///
/// `realm` is that of who asks, or has asked before.
std::optional<login> call::login_here(std::optional<std::string_view> realm) const {
    if (asked_.login) return asked_.login;  // forget_secrets() has seen to it
    const known_login* const mine = known_here(realm);
    if (mine != nullptr) return mine->who;
    if (!core_->options.netrc) return std::nullopt;
    const auto& file = *core_->options.netrc;
    const auto* known = file.find(at_->origin.host());
    if (known == nullptr && has_secrets_) known = file.default_entry();
    if (known == nullptr) return std::nullopt;
    return login{.user = known->user, .password = known->password};
}

/// The one with the longest path; the first of those.
const known_login* call::known_here(std::optional<std::string_view> realm) const {
    if (core_->options.logins.empty()) return nullptr;
    const url::uri here = at_->url.normalised();  // no /a/%2e%2e/b is below /a
    const known_login* best = nullptr;
    for (const known_login& each : core_->options.logins) {
        if (each.where != at_->origin || !is_below(each.path, here.path())) continue;
        if (each.realm && each.realm != realm) continue;
        if (best == nullptr || each.path.size() > best->path.size()) best = &each;
    }
    return best;
}

std::string call::who_asks(bool is_proxy) const {
    if (!is_proxy) return at_->origin.to_string();
    const io::proxy* const through = to_->told == nullptr ? &to_->how.proxies.at(0) : to_->told;
    return "proxy " + through->to_string();
}

/// The answer to what was asked before; nothing when there is none. `asked` knows what is asked
/// for, and nothing else.
std::optional<credentials> call::answer(digest_request asked, bool is_proxy, const login& who) {
    std::optional<shown_proof>& proof = is_proxy ? proxy_proof_ : proof_;
    proof.reset();
    login_memory::known* const known = core_->logins.find(who_asks(is_proxy));
    if (known == nullptr) return std::nullopt;
    if (known->asked.is("Basic")) return basic_credentials(who.user, who.password);
    const std::string nonce = make_client_nonce();
    asked.count = ++known->count;
    asked.client_nonce = nonce;
    try {
        credentials shown = answer_digest(known->asked, asked, who.user, who.password);
        const auto how = known->asked.parameters.find("algorithm").value_or("MD5");
        proof = {shown, digest_secret(*try_parse_algorithm(how), who.user, known->asked.realm(),
                                      who.password)};
        return shown;
    } catch (const std::invalid_argument&) {  // it wants proof of content that is not there yet
        return std::nullopt;
    }
}

std::optional<std::string> call::answer(bool is_proxy, const login& who) {
    const std::string target = request_target();
    digest_request asked{.method = asked_.method.text(), .target = target};
    if (asked_.body.is_bytes()) asked.content = asked_.body.bytes();
    const auto shown = answer(asked, is_proxy, who);
    return shown ? std::optional(shown->to_string()) : std::nullopt;
}

void call::add_login(http::fields& to) {
    const client_options& options = core_->options;
    if (asked_.login || options.netrc || !options.logins.empty()) add_own_login(to);
    const io::proxy* const told = to_->told;
    if (told == nullptr || told->user.empty()) return;
    const auto shown = answer(true, {.user = told->user, .password = told->password});
    to.add("Proxy-Authorization",
           shown ? *shown : basic_credentials(told->user, told->password).to_string());
}

void call::add_own_login(http::fields& to) {
    const login_memory::known* const asked = core_->logins.find(who_asks(false));
    const std::string realm(asked == nullptr ? std::string_view() : asked->asked.realm());
    const auto who = asked == nullptr ? login_here(std::nullopt) : login_here(realm);
    if (who && !to.contains("Authorization")) {
        std::optional<std::string> shown;
        if (who->how == login::scheme::basic)
            shown = basic_credentials(who->user, who->password).to_string();
        if (who->how == login::scheme::bearer)
            shown = bearer_credentials(who->password).to_string();
        if (who->how == login::scheme::any) shown = answer(false, *who);
        if (shown) to.add("Authorization", *shown);
    }
}

/// Whether there is a login for who asks that was not sent unasked.
bool call::has_answer(const std::string& asked) const {
    const auto all = challenge::try_parse_all(asked);
    const challenge* const best = all ? strongest(*all) : nullptr;
    if (best == nullptr) return false;
    const auto who = login_here(best->realm());
    if (!who) return false;
    const known_login* const mine = asked_.login ? nullptr : known_here(best->realm());
    return who->how == login::scheme::any || (mine != nullptr && mine->realm);
}

/// Whether the response is a question that the next request answers.
bool call::log_in(const response_head& answer) {
    const bool is_proxy = answer.status == status::proxy_authentication_required;
    if (!is_proxy && answer.status != status::unauthorized) return false;
    if (!asked_.body.is_repeatable()) return false;
    const std::string asked =
        answer.fields.joined(is_proxy ? "Proxy-Authenticate" : "WWW-Authenticate");
    if (is_proxy) {
        const io::proxy* const told = to_->told;
        if (told == nullptr || told->user.empty()) return false;
    } else if (!has_answer(asked)) {
        return false;
    }
    return learn(who_asks(is_proxy), asked, is_proxy ? proxy_tries_ : tries_);
}

/// Remembers what is asked, when there is an answer that was not given yet.
bool call::learn(const std::string& who, const std::string& asked, unsigned& tries) {
    const auto all = challenge::try_parse_all(asked);
    const challenge* const best = all ? strongest(*all) : nullptr;
    if (best == nullptr) return false;
    const unsigned most = is_stale(*best) ? 2 : 1;
    if (tries >= most) return false;
    ++tries;
    core_->logins.remember(who, *best);
    return true;
}

/// A proxy that makes a tunnel is told its user at once, by Basic; one that has asked for Digest
/// has its proof instead.
tls::dial_options call::how_to_dial() {
    tls::dial_options how = to_->how;
    if (how.proxies.empty() || !is_http(how.proxies[0]) || how.proxies[0].user.empty()) return how;
    io::proxy& through = how.proxies[0];
    const net::host_port there = io::redirected(to_->where, how.connect.exceptions);
    const std::string target = there.to_string();
    const auto shown = answer({.method = "CONNECT", .target = target}, true,
                              {.user = through.user, .password = through.password});
    proxy_proof_.reset();  // what comes through the tunnel is not from the proxy
    if (!shown || shown->is("Basic")) return how;
    through.fields.emplace_back("Proxy-Authorization", shown->to_string());
    through.user.clear();
    through.password.clear();
    return how;
}

/// What the other end proves in its turn, and the nonce that it wants next (RFC 7616 §3.5). Proof
/// of the content (auth-int) is not looked at: nobody would wait for the whole of it here.
void call::check_server(const response_head& answer, bool is_proxy) {
    std::optional<shown_proof>& kept = is_proxy ? proxy_proof_ : proof_;
    if (!kept) return;
    const auto proof = std::exchange(kept, std::nullopt);
    const std::string_view name = is_proxy ? "Proxy-Authentication-Info" : "Authentication-Info";
    const auto info = answer.fields.find(name);
    const bool asks_again = answer.status == status::unauthorized ||
                            answer.status == status::proxy_authentication_required;
    if (!info || asks_again) return;
    const auto said = credentials::try_parse("Digest " + std::string(*info));
    if (!said) return;
    const bool proves_content = proof->shown.parameters.find("qop") == "auth-int" ||
                                said->parameters.find("qop") == "auth-int";
    if (said->parameters.find("rspauth") && !proves_content &&
        !server_knows(*info, proof->shown, proof->secret))
        throw protocol_error(at_->url.to_string() + ": " + who_asks(is_proxy) +
                             " does not know the password: its " + std::string(name) +
                             " proves something else");
    const auto next = said->parameters.find("nextnonce");
    login_memory::known* const known = core_->logins.find(who_asks(is_proxy));
    if (!next || next->empty() || known == nullptr || !known->asked.is("Digest")) return;
    known->asked.parameters.set("nonce", *next);
    known->count = 0;
}

}  // namespace zocalo::http::detail
