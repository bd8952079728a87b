// SPDX-License-Identifier: MIT
#include <cstdlib>
#include <memory>

#include "net/fail.hpp"
#include "sys/file.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/unique_fd.hpp"
#include "zocalo/tls/options.hpp"

namespace zocalo::tls {

key_logger key_log_file(const std::string& path) {
    const std::string operation = "key log " + quoted(path);
    unique_fd opened(sys::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600));
    if (!opened) net::fail(operation, opened.get());
    // std::function copies what it calls.
    auto file = std::make_shared<unique_fd>(std::move(opened));
    return [file, operation](std::string_view line) {
        const std::string whole = std::string(line) + '\n';
        // One write of a line to a file that only grows: lines of several threads stay whole.
        const auto put = sys::write(file->get(), whole.data(), whole.size());
        if (put < 0) net::fail(operation, put);
    };
}

key_logger key_log_from_environment() {
    const char* const path = std::getenv("SSLKEYLOGFILE");
    if (path == nullptr || *path == '\0') return {};
    return key_log_file(path);
}

std::string_view to_text(version which) noexcept {
    switch (which) {
        case version::tls_1_2:
            return "TLSv1.2";
        case version::tls_1_3:
            return "TLSv1.3";
    }
    return "unknown";
}

}  // namespace zocalo::tls
