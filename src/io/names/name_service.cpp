// SPDX-License-Identifier: MIT
#include "zocalo/io/name_service.hpp"

namespace zocalo::io {

name_service::~name_service() = default;

bool name_service::takes(std::string_view /*name*/) const {
    return true;
}

}  // namespace zocalo::io
