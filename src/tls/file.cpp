// SPDX-License-Identifier: MIT
#include <cerrno>

#include "net/fail.hpp"
#include "sys/file.hpp"
#include "tls/certificate_data.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/core/unique_fd.hpp"

namespace zocalo::tls::detail {

std::string read_file(const std::string& path) {
    constexpr std::size_t limit = std::size_t{16} * 1024 * 1024;
    const std::string operation = "read " + quoted(path);
    const unique_fd file(sys::open(path.c_str(), O_RDONLY));
    if (!file) net::fail(operation, file.get());
    std::string content;
    std::size_t filled = 0;
    for (;;) {
        content.resize(filled + 16384);
        const auto got = sys::read(file.get(), content.data() + filled, content.size() - filled);
        if (got < 0) net::fail(operation, got);
        if (got == 0) break;
        filled += static_cast<std::size_t>(got);
        if (filled > limit) net::fail(operation, -EFBIG);
    }
    content.resize(filled);
    return content;
}

void write_file(const std::string& path, std::string_view content, bool secret) {
    const std::string operation = "write " + quoted(path);
    const mode_t mode = secret ? 0600 : 0644;
    const unique_fd file(sys::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, mode));
    if (!file) net::fail(operation, file.get());
    if (secret) {
        if (const int result = sys::fchmod(file.get(), mode); result < 0) {
            net::fail(operation, result);  // an old file may have been open to all
        }
    }
    while (!content.empty()) {
        const auto put = sys::write(file.get(), content.data(), content.size());
        if (put < 0) net::fail(operation, put);
        content.remove_prefix(static_cast<std::size_t>(put));
    }
}

}  // namespace zocalo::tls::detail
