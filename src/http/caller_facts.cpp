// SPDX-License-Identifier: MIT
#include "http/caller_facts.hpp"

#include <stdexcept>
#include <string>

#include "http/authority.hpp"
#include "http/lists.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/http/detail/head_facts.hpp"

namespace zocalo::http::detail {

caller_facts inspect(const fields& all) {
    caller_facts said;
    for (const field each : all) {
        const auto what = which(each.name);
        if (!what) continue;
        switch (*what) {
            case special::expect:
                break;
            case special::upgrade:
                said.has_upgrade = true;
                break;
            case special::connection:
                said.has_connection = true;
                said.says_close |= has_member(each.value, "close");
                said.says_keep_alive |= has_member(each.value, "keep-alive");
                break;
            case special::host:
                if (said.has_host || !is_host_and_port(each.value))
                    throw std::invalid_argument("Host: " + quoted(each.value));
                said.has_host = true;
                break;
            case special::content_length:
            case special::transfer_encoding:
                throw std::invalid_argument("field " + std::string(each.name) +
                                            ": the engine writes it, from the size of the content");
        }
    }
    return said;
}

}  // namespace zocalo::http::detail
