// SPDX-License-Identifier: MIT
// Prints what is at some URLs, and how it came: redirects, times, connections that were used again.
//
//     http_get URL...
#include <chrono>
#include <iostream>

#include "zocalo/core/escape.hpp"
#include "zocalo/http/client.hpp"

namespace {

namespace http = zocalo::http;

void tell(const http::hop& one) {
    const std::chrono::duration<double, std::milli> took = one.times.total;
    std::cerr << one.method << ' ' << zocalo::escaped(one.url) << ": " << one.status << ", "
              << took.count() << " ms" << (one.times.is_reused ? ", on the same connection" : "")
              << '\n';
}

}  // namespace

int main(int argc, char** argv) try {
    http::client_options options;
    options.proxies = http::proxy_rules::from_environment();
    http::client client(options);
    for (int i = 1; i < argc; ++i) {
        const http::response got = client.get(argv[i]).get();
        for (const http::hop& each : got.hops)
            tell(each);
        std::cout << got.error_for_status().content;
    }
} catch (const std::exception& error) {
    std::cerr << "http_get: " << error.what() << '\n';
    return 1;
}
