// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "zocalo/tls/credentials.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace zocalo::program {

/// Where the password of an encrypted private key is from: an option, a file, or the terminal.
///
/// Copies have what was typed in common, so that it is asked for once, and not again when a
/// certificate is read anew.
class key_password {
 public:
    std::string text;  ///< --pass
    std::string file;  ///< --pass-file: its first line

    /// That of the key in the file `key`. Throws file_error when --pass-file cannot be read, and
    /// std::invalid_argument when that has none, or when there is no terminal to ask on.
    [[nodiscard]] std::string of(const std::string& key) const;

    /// Whether the options say the same.
    bool operator==(const key_password& other) const {
        return text == other.text && file == other.file;
    }

 private:
    std::shared_ptr<std::string> typed_ = std::make_shared<std::string>();
};

/// Declares --pass and --pass-file in a group; gives them.
std::vector<CLI::Option*> add_key_password_options(CLI::App& command, key_password& password,
                                                   const std::string& group);

/// From the files of a certificate and its key, which is in the first one when `key` is empty; a
/// password is looked for only when the key is encrypted. Throws as tls::credentials::load() and
/// key_password::of() do.
[[nodiscard]] tls::credentials load_credentials(const std::string& certificate,
                                                const std::string& key,
                                                const key_password& password);

}  // namespace zocalo::program
