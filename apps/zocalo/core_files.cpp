// SPDX-License-Identifier: MIT
// Passwords and keys come by many ways (options, files, URLs, what peers send), and copies of them
// are wherever text is put together. So it is not asked whether there are any.
#include "core_files.hpp"

#include <cstdlib>
#include <string_view>

#include "zocalo/serve/privileges.hpp"

namespace zocalo::program {

void forbid_core_files(std::span<char* const> words) {
    const char* wanted = std::getenv(core_files_variable);
    if (wanted != nullptr && *wanted != '\0') return;
    // It has no secrets, and makes a network of its own. For that it writes to files of /proc/self
    // which would be root's (user_namespaces(7)).
    if (words.size() > 1 && std::string_view(words[1]) == "tour") return;
    serve::forbid_core_files();
}

}  // namespace zocalo::program
