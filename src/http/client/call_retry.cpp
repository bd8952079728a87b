// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <exception>

#include "http/client/call.hpp"
#include "zocalo/core/number.hpp"
#include "zocalo/http/cookie_jar.hpp"
#include "zocalo/http/date.hpp"
#include "zocalo/http/grammar.hpp"
#include "zocalo/io/timeout.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::http::detail {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::nanoseconds first_pause = 500ms;
constexpr unsigned most_doublings = 20;

std::chrono::sys_seconds today() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

bool may_be_better_later(status answer) noexcept {
    constexpr std::array<status, 5> known{status::request_timeout, status::too_many_requests,
                                          status::bad_gateway, status::service_unavailable,
                                          status::gateway_timeout};
    return std::ranges::find(known, answer) != known.end();
}

/// Retry-After = HTTP-date / delay-seconds (RFC 9110 §10.2.3). Dates go further than nanoseconds.
std::optional<std::chrono::nanoseconds> wanted_pause(const response_head& answer) {
    const auto said = answer.fields.find("Retry-After");
    if (!said) return std::nullopt;
    if (const auto seconds = from_digits<std::uint32_t>(*said))
        return std::chrono::seconds(*seconds);
    const auto now = today();
    const auto when = parse_date(*said, now);
    if (!when) return std::nullopt;
    constexpr auto longest =
        std::chrono::floor<std::chrono::seconds>(std::chrono::nanoseconds::max());
    return std::clamp<std::chrono::seconds>(*when - now, 0s, longest);
}

}  // namespace

/// The next of the pauses, if there may be one more.
std::optional<std::chrono::nanoseconds> call::next_pause() noexcept {
    if (retries_ >= core_->options.retries || !can_repeat()) return std::nullopt;
    const std::chrono::nanoseconds pause = first_pause * (1 << std::min(retries_, most_doublings));
    ++retries_;
    return std::min(pause, core_->options.longest_pause.value().value_or(pause));
}

/// What may do no harm is asked for again when no response came at all.
io::task<connection_pool::lease> call::ask_patiently() {
    for (;;) {
        std::optional<std::chrono::nanoseconds> pause;
        try {
            io::task<connection_pool::lease> asking = ask();
            connection_pool::lease over = co_await std::move(asking);
            co_return over;
        } catch (const net::stopped&) {
            throw;
        } catch (const std::system_error&) {
            pause = next_pause();
            if (!pause) throw;
        }
        co_await io::sleep(*pause);
    }
}

/// How long to wait until the request is made once more; nothing when the response counts.
std::optional<std::chrono::nanoseconds> call::pause_after(const response_head& answer) {
    if (!may_be_better_later(answer.status)) return std::nullopt;
    const auto wanted = wanted_pause(answer);
    const auto longest = core_->options.longest_pause.value();
    if (wanted && longest && *wanted > *longest) return std::nullopt;
    const auto pause = next_pause();
    return pause && wanted ? wanted : pause;
}

// --- Cookies

void call::take_cookies(const response_head& answer) const {
    cookie_jar* const jar = core_->options.cookies.get();
    if (jar != nullptr) jar->set(cookie_target::of(at_->url), answer.fields, today());
}

/// Those of the caller stand behind them.
void call::add_cookies(http::fields& to) const {
    cookie_jar* const jar = core_->options.cookies.get();
    if (jar == nullptr) return;
    std::string all = jar->get(cookie_target::of(at_->url), today());
    if (all.empty()) return;
    for (const field each : to) {
        if (same_name(each.name, "Cookie")) all.append("; ").append(each.value);
    }
    to.set("Cookie", all);
}

}  // namespace zocalo::http::detail
