// SPDX-License-Identifier: MIT
// Alt-Svc, and curl's file of alternatives: any text is read, only places that can be connected to
// get in, within the store's bounds, and what is written is read as the same.
#include <cstddef>
#include <cstdint>
#include <string>

#include "require.hpp"
#include "zocalo/http/alt_svc_store.hpp"
#include "zocalo/http/fields.hpp"
#include "zocalo/http/grammar.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    namespace http = zocalo::http;
    namespace url = zocalo::url;
    const std::string text(reinterpret_cast<const char*>(data), size);
    const std::chrono::sys_seconds now{std::chrono::seconds(1'700'000'000)};
    const url::origin who("https", url::host::parse("a.example"), 443);
    http::alt_svc_store store(10);
    http::fields response;
    if (http::is_field_value(text)) {
        response.add("Alt-Svc", text);
        const bool counts = store.set(who, response, now);
        require(counts || store.size() == 0);
        const url::origin in_clear("http", url::host::parse("a.example"), 80);
        require(!store.set(in_clear, response, now));
    }
    (void)http::read_alt_svc_file(store, text, now);
    require(store.size() <= 10);
    for (const auto& [origin, each] : store.all()) {
        require(origin.scheme() == "https" && each.port != 0 && each.expires > now);
        require(url::host::parse(each.host).to_string() == each.host);
        require(store.find(origin, now).size() <= http::alt_svc_store::most_of_one);
    }
    http::alt_svc_store again;
    (void)http::read_alt_svc_file(again, http::to_alt_svc_file(store, now), now);
    require(again.all() == store.all());
    return 0;
}
