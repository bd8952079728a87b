// SPDX-License-Identifier: MIT
// Strict-Transport-Security, and curl's file of hosts: any text is read, no address gets in, and
// what is written is read as the same.
#include <cstddef>
#include <cstdint>
#include <string>

#include "require.hpp"
#include "zocalo/http/fields.hpp"
#include "zocalo/http/grammar.hpp"
#include "zocalo/http/hsts_store.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    namespace http = zocalo::http;
    using zocalo::url::host;
    const std::string text(reinterpret_cast<const char*>(data), size);
    const std::chrono::sys_seconds now{std::chrono::seconds(1'700'000'000)};
    http::hsts_store store(10);
    http::fields response;
    if (http::is_field_value(text)) {
        response.add("Strict-Transport-Security", text);
        (void)store.set(host::parse("a.example"), response, now);
        require(!store.set(host::parse("127.0.0.1"), response, now));
    }
    (void)http::read_hsts_file(store, text, now);
    require(store.size() <= 10);
    for (const http::hsts_policy& each : store.all())
        require(!host::parse(each.host).address());
    http::hsts_store again;
    const std::string written = http::to_hsts_file(store, now);
    (void)http::read_hsts_file(again, written, now);
    require(again.all() == store.all());
    return 0;
}
