// SPDX-License-Identifier: MIT
#include "http/client/named_error.hpp"

#include <string>

#include "zocalo/http/error.hpp"

namespace zocalo::http::detail {

std::exception_ptr named_error(const std::exception_ptr& error, std::string_view url) {
    const auto named = [url](const std::exception& why) {
        return std::string(url).append(": ").append(why.what());
    };
    try {
        std::rethrow_exception(error);
    } catch (const bad_message& why) {
        return std::make_exception_ptr(bad_message(why.answer(), named(why)));
    } catch (const protocol_error& why) {
        return std::make_exception_ptr(protocol_error(named(why)));
    } catch (...) {
        return error;
    }
}

}  // namespace zocalo::http::detail
