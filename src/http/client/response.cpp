// SPDX-License-Identifier: MIT
#include "zocalo/http/response.hpp"

#include <sstream>

namespace zocalo::http {

namespace {

std::string says(status answer, const std::string& url) {
    std::ostringstream text;
    text << url << ": " << answer;
    return text.str();
}

}  // namespace

error_response::error_response(http::status status, const std::string& url)
    : std::runtime_error(says(status, url)), status_(status) {}

const response& response::error_for_status() const {
    if (is_error(status)) throw error_response(status, url);
    return *this;
}

}  // namespace zocalo::http
