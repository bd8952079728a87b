// SPDX-License-Identifier: MIT
#include "zocalo/http/filters.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "zocalo/core/escape.hpp"
#include "zocalo/http/challenge.hpp"
#include "zocalo/http/coding.hpp"
#include "zocalo/http/grammar.hpp"
#include "zocalo/http/negotiate.hpp"

namespace zocalo::http {

namespace {

bool is_from_here(const fields& request, std::string_view host_asked) {
    if (const auto site = request.find("Sec-Fetch-Site"))
        return *site == "same-origin" || *site == "none";
    const auto origin = request.find("Origin");
    if (!origin) return true;
    const std::size_t host = origin->find("://");
    return host != std::string_view::npos && same_name(origin->substr(host + 3), host_asked);
}

std::string joined(const std::vector<std::string>& names) {
    std::string all;
    for (const std::string& each : names) {
        if (!is_token(each)) throw std::invalid_argument("no token: " + quoted(each));
        if (!all.empty()) all += ", ";
        all += each;
    }
    return all;
}

/// What is said to the browser, made once.
struct cors_answer {
    std::vector<std::string> origins;
    std::string methods;
    std::string names;
    std::string exposed;
    std::string max_age;
    bool credentials;

    [[nodiscard]] bool allows_everybody() const {
        return std::ranges::find(origins, "*") != origins.end();
    }
    [[nodiscard]] bool allows(std::string_view origin) const {
        return allows_everybody() || std::ranges::find(origins, origin) != origins.end();
    }
    void introduce(fields& to, std::string_view origin) const {
        to.set("Access-Control-Allow-Origin", allows_everybody() ? "*" : origin);
        if (credentials) to.set("Access-Control-Allow-Credentials", "true");
    }
    void answer_question(fields& to) const {
        if (!methods.empty()) to.set("Access-Control-Allow-Methods", methods);
        if (!names.empty()) to.set("Access-Control-Allow-Headers", names);
        to.set("Access-Control-Max-Age", max_age);
    }
};

}  // namespace

filter refuse_other_sites() {
    return [](exchange& asked, const rest_of_site& rest) -> io::task<> {
        const request_head& request = asked.request();
        const bool is_safe_here = is_safe(request.method) || !request.protocol.empty();
        if (!is_safe_here && !is_from_here(request.fields, asked.authority()))
            throw status_error(status::forbidden,
                               "another site has made your browser ask for this");
        co_await rest(asked);
    };
}

bool same_secret(std::string_view one, std::string_view other) noexcept {
    unsigned difference = one.size() == other.size() ? 0 : 1;
    for (std::size_t i = 0; i < one.size(); ++i) {
        const char against = other.empty() ? '\0' : other[i % other.size()];
        difference |= static_cast<unsigned>(static_cast<unsigned char>(one[i]) ^
                                            static_cast<unsigned char>(against));
    }
    return difference == 0;
}

filter ask_password(const std::string& realm,
                    std::function<bool(std::string_view, std::string_view)> knows) {
    const std::string question = basic_challenge(realm).to_string();
    // The site keeps its filters while they run.
    // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines)
    return [question, knows = std::move(knows)](exchange& asked,
                                                const rest_of_site& rest) -> io::task<> {
        const auto shown = credentials::try_parse(asked.request().fields.get("Authorization"));
        const auto basic = shown ? read_basic(*shown) : std::nullopt;
        if (!basic || !knows(basic->user, basic->password)) {
            asked.response().fields.set("WWW-Authenticate", question);
            throw status_error(status::unauthorized);
        }
        asked.set_user(basic->user);
        co_await rest(asked);
    };
}

filter allow_origins(const cors_options& options) {
    const cors_answer answer{.origins = options.origins,
                             .methods = joined(options.methods),
                             .names = joined(options.fields),
                             .exposed = joined(options.exposed),
                             .max_age = std::to_string(options.max_age),
                             .credentials = options.credentials};
    if (answer.credentials && answer.allows_everybody())
        throw std::invalid_argument("CORS: no credentials for everybody");
    // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines)
    return [answer](exchange& asked, const rest_of_site& rest) -> io::task<> {
        const fields& request = asked.request().fields;
        fields& head = asked.response().fields;
        const std::string origin(request.get("Origin"));
        head.add("Vary", "Origin");
        if (!origin.empty() && answer.allows(origin)) {
            answer.introduce(head, origin);
            if (!answer.exposed.empty()) head.set("Access-Control-Expose-Headers", answer.exposed);
            if (asked.request().method == method::options &&
                request.contains("Access-Control-Request-Method")) {
                answer.answer_question(head);
                asked.reply(status::no_content);
                co_return;
            }
        }
        co_await rest(asked);
    };
}

filter compress() {
    return [](exchange& asked, const rest_of_site& rest) -> io::task<> {
        constexpr std::array codings{coding::brotli, coding::zstd, coding::gzip};
        constexpr std::array<std::string_view, 3> names{"br", "zstd", "gzip"};
        const auto best = choose_coding(asked.request().fields.find("Accept-Encoding"), names);
        if (!asked.response().fields.lists("Vary", "Accept-Encoding"))
            asked.response().fields.add("Vary", "Accept-Encoding");
        if (best) asked.may_encode(codings.at(*best));
        co_await rest(asked);
    };
}

}  // namespace zocalo::http
