// SPDX-License-Identifier: MIT
// data: URLs: only the declared error; what was read is within the limit, and is read from what is
// written of it.
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "require.hpp"
#include "zocalo/opener/data_url.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using zocalo::url::data_url;
    const std::string text(reinterpret_cast<const char*>(data), size);
    const std::size_t limit = 1000;
    try {
        const data_url parsed = data_url::parse(text, limit);
        require(parsed.content.size() <= limit);
        require(data_url::parse(parsed.to_string(), limit) == parsed);
    } catch (const std::invalid_argument&) {
        return 0;
    }
    return 0;
}
