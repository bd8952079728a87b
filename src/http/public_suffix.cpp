// SPDX-License-Identifier: MIT
#include <string>

#include <libpsl.h>

#include "http/cookie_rules.hpp"

namespace zocalo::http::detail {

bool is_public_suffix(std::string_view domain) {
    if (domain.find('.') == std::string_view::npos) return true;
    // The library's own list, made when it was built: nothing to free, and nothing to read.
    static const psl_ctx_t* const list = psl_builtin();
    if (list == nullptr) return true;
    return psl_is_public_suffix2(list, std::string(domain).c_str(), PSL_TYPE_ANY) != 0;
}

}  // namespace zocalo::http::detail
