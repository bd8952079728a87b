// SPDX-License-Identifier: MIT
#include "exit_code.hpp"

#include <algorithm>
#include <stdexcept>
#include <system_error>

#include "file.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/http/response.hpp"
#include "zocalo/net/connect.hpp"
#include "zocalo/net/resolve.hpp"
#include "zocalo/tls/error.hpp"

namespace zocalo::program {

namespace {

struct cause {
    std::errc error;
    exit_code code;
};

constexpr cause causes[] = {
    {std::errc::timed_out, exit_code::timed_out},
    {std::errc::operation_canceled, exit_code::interrupted},
    {std::errc::connection_refused, exit_code::connect},
    {std::errc::host_unreachable, exit_code::connect},
    {std::errc::network_unreachable, exit_code::connect},
    {std::errc::network_down, exit_code::connect},
    {std::errc::connection_reset, exit_code::peer},
    {std::errc::connection_aborted, exit_code::peer},
    {std::errc::broken_pipe, exit_code::peer},
    {std::errc::permission_denied, exit_code::permission},
    {std::errc::operation_not_permitted, exit_code::permission},
    {std::errc::address_in_use, exit_code::bind},
    {std::errc::address_not_available, exit_code::bind},
};

exit_code exit_code_of(const file_error& error) noexcept {
    return error.code() == std::errc::permission_denied ? exit_code::permission
                                                        : exit_code::failure;
}

exit_code exit_code_of(const std::error_code& code) noexcept {
    if (code.category() == net::name_category()) return exit_code::name;
    if (code.category() == tls::tls_category()) {
        const bool is_ours = code == tls::errc::unusable || code == tls::errc::password_missing ||
                             code == tls::errc::password_wrong;
        return is_ours ? exit_code::failure : exit_code::peer;
    }
    const auto* const found = std::ranges::find_if(
        causes, [&](const cause& candidate) { return code == candidate.error; });
    return found == std::end(causes) ? exit_code::failure : found->code;
}

}  // namespace

exit_code exit_code_of(const std::exception& error) noexcept {
    if (const auto* refused = dynamic_cast<const net::connect_error*>(&error)) {
        // Whatever stood in the way of a connection, there is none.
        const exit_code code = exit_code_of(refused->code());
        const bool is_vague = code == exit_code::failure || code == exit_code::peer;
        return is_vague ? exit_code::connect : code;
    }
    if (const auto* file = dynamic_cast<const file_error*>(&error)) return exit_code_of(*file);
    if (const auto* system = dynamic_cast<const std::system_error*>(&error)) {
        return exit_code_of(system->code());
    }
    if (dynamic_cast<const http::error_response*>(&error) != nullptr) return exit_code::refused;
    if (dynamic_cast<const protocol_error*>(&error) != nullptr) return exit_code::peer;
    if (dynamic_cast<const std::invalid_argument*>(&error) != nullptr) return exit_code::usage;
    return exit_code::failure;
}

}  // namespace zocalo::program
