// SPDX-License-Identifier: MIT
// PROXY headers: only the declared error; the same result however the bytes are split; what was
// read can be written and read again.
//
// An exception costs ten microseconds under sanitizers, so that an input is refused twice at most,
// not once for each of its beginnings.
#include <cstdint>
#include <optional>

#include "require.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/serve/proxy_header.hpp"

namespace {

namespace serve = zocalo::serve;
using zocalo::const_buffer;

struct outcome {
    std::optional<serve::parsed_proxy_header> parsed;
    bool refused = false;
};

outcome read(const_buffer bytes) {
    try {
        return {serve::parse_proxy_header(bytes), false};
    } catch (const zocalo::protocol_error&) {
        return {std::nullopt, true};
    }
}

void write_and_read_again(const serve::proxy_header& header) {
    const std::string bytes = serve::to_bytes(header);
    const outcome again = read(bytes);
    if (header.version == 2 && bytes.size() > serve::proxy_limits().bytes) return;
    require(again.parsed && again.parsed->size == bytes.size());
    require(again.parsed->header.source == header.source);
    require(again.parsed->header.destination == header.destination);
    require(again.parsed->header.fields.size() == header.fields.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const const_buffer all(data, size);
    const outcome whole = read(all);
    if (whole.parsed) {
        require(whole.parsed->size <= size);
        write_and_read_again(whole.parsed->header);
    }
    for (std::size_t part = 0; part < size && part < 300; ++part) {
        const outcome early = read(all.first(part));
        if (early.refused) {
            require(whole.refused);
            break;
        }
        if (early.parsed) require(whole.parsed && *whole.parsed == *early.parsed);
        if (whole.parsed) require(early.parsed.has_value() == (part >= whole.parsed->size));
    }
    return 0;
}
