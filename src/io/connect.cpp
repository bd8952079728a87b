// SPDX-License-Identifier: MIT
#include "zocalo/io/connect.hpp"

#include <optional>
#include <stdexcept>

#include "io/connect_race.hpp"
#include "io/here.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/io/resolver.hpp"
#include "zocalo/net/connect.hpp"

namespace zocalo::io {

namespace {

/// What became of it; the error of a look-up that found nothing as it was.
struct outcome {
    connect_result result;
    std::exception_ptr lookup_error;
};

task<outcome> connect_any(net::host_port peer, connect_options options) {
    std::optional<resolver> own;
    if (options.resolver == nullptr)
        options.resolver = &own.emplace(resolver_options{.cache_size = 0});
    detail::backend& engine = (co_await detail::here()).engine();
    detail::connect_race race(peer, options, *options.resolver, engine);
    co_await race.run();
    outcome came;
    came.result.report = std::move(race.report);
    came.result.error = came.result.report.error;
    if (race.winner) came.result.stream = std::move(*race.winner);
    const bool nothing_tried = !race.winner && came.result.report.attempts.empty();
    if (nothing_tried) came.lookup_error = race.lookup_error;
    co_return came;
}

}  // namespace

task<stream> connect(net::host_port peer, connect_options options) {
    outcome came = co_await connect_any(std::move(peer), std::move(options));
    if (came.lookup_error) std::rethrow_exception(came.lookup_error);
    if (!came.result.error) co_return std::move(came.result.stream);
    throw net::connect_error(came.result.error, came.result.report.target,
                             std::move(came.result.report.attempts));
}

task<connect_result> try_connect(net::host_port peer, connect_options options) {
    outcome came = co_await connect_any(std::move(peer), std::move(options));
    if (came.lookup_error) {
        try {
            std::rethrow_exception(came.lookup_error);
        } catch (const std::system_error& error) {
            came.result.error = error.code();
        } catch (const protocol_error&) {  // an answer that is none
            came.result.error = std::make_error_code(std::errc::protocol_error);
        }
        came.result.report.error = came.result.error;
    }
    co_return std::move(came.result);
}

}  // namespace zocalo::io
