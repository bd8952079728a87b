// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

namespace zocalo::tests {

/// By how much the memory of this process grows, at its largest, from here on. Sanitizers keep what
/// was freed, so that says nothing there: 0.
class resident_peak {
 public:
    resident_peak() {
        std::ofstream("/proc/self/clear_refs") << "5";  // the peak is what it has now (proc(5))
        before_ = kilobytes("VmRSS:");
    }
    [[nodiscard]] std::size_t grown() const {  // bytes
#ifdef ZOCALO_SANITIZED
        return 0;
#else
        const std::size_t most = kilobytes("VmHWM:");
        return most > before_ ? (most - before_) * 1024 : 0;
#endif
    }

 private:
    static std::size_t kilobytes(std::string_view name) {
        std::ifstream status("/proc/self/status");
        for (std::string line; std::getline(status, line);) {
            if (!line.starts_with(name)) continue;
            std::size_t value = 0;
            std::istringstream(line.substr(name.size())) >> value;
            return value;
        }
        return 0;
    }

    std::size_t before_ = 0;
};

}  // namespace zocalo::tests
