// SPDX-License-Identifier: MIT
#include "zocalo/http/mount.hpp"

#include <stdexcept>
#include <utility>

#include "http/below.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::http {

filter under(std::string path, handler talk) {
    if (!path.starts_with('/'))
        throw std::invalid_argument("path " + quoted(path) + ": it does not begin with /");
    // The site keeps its filters while they run.
    // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines)
    return [path = std::move(path), talk = std::move(talk)](
               exchange& asked, const rest_of_site& rest) -> io::task<> {
        const bool is_here = detail::is_below(asked.path(), path);
        io::task<> next = is_here ? talk(asked) : rest(asked);
        co_await std::move(next);
    };
}

}  // namespace zocalo::http
