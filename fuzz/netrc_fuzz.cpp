// SPDX-License-Identifier: MIT
// Files of passwords: only the declared error; whatever was read can be found, and by its host
// only.
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "linear.hpp"
#include "require.hpp"
#include "zocalo/url/netrc.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    namespace url = zocalo::url;
    const std::string text(reinterpret_cast<const char*>(data), size);
    linear::require_linear(text, [](const std::string& all) {
        try {
            (void)url::netrc::parse(all);
        } catch (const std::invalid_argument&) {
            return;
        }
    });
    try {
        const url::netrc file = url::netrc::parse(text);
        require(file.size() <= size);
        const auto* const known = file.find(url::host::parse("example.org"));
        if (known == nullptr) return 0;
        // No word of it can become two lines of a protocol.
        for (const std::string* each : {&known->user, &known->password, &known->account})
            require(each->find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
    } catch (const std::invalid_argument&) {
        return 0;
    }
    return 0;
}
