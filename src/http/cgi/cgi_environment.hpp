// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "zocalo/http/exchange.hpp"

namespace zocalo::http::detail {

/// Which program a request is for.
struct cgi_script {
    std::string file;       ///< as the system knows it
    std::string name;       ///< SCRIPT_NAME: its path in the site
    std::string path_info;  ///< what stands behind it, decoded

    /// Whether it writes responses of HTTP ("nph-", §5).
    [[nodiscard]] bool writes_all() const {
        return file.compare(file.rfind('/') + 1, 4, "nph-") == 0;
    }
};

/// What a program is told (RFC 3875 §4.1), beside `given`: made of the request alone,
/// but for the folder of `documents`.
[[nodiscard]] std::vector<std::string> cgi_environment(const exchange& asked,
                                                       const cgi_script& which,
                                                       const std::vector<std::string>& given,
                                                       const std::string& documents);

}  // namespace zocalo::http::detail
