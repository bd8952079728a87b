// SPDX-License-Identifier: MIT
#include "relay/key_password.hpp"

#include <CLI/CLI.hpp>
#include <stdexcept>

#include "fetch/password.hpp"
#include "file.hpp"
#include "option_error.hpp"
#include "zocalo/core/escape.hpp"

namespace zocalo::program {

namespace {

std::string first_line_of(const std::string& path) {
    std::ifstream file = open_file(path);
    std::string line;
    std::getline(file, line);
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty()) throw std::invalid_argument(quoted(path) + ": its first line is empty");
    return line;
}

}  // namespace

std::string key_password::of(const std::string& key) const {
    if (!text.empty()) return text;
    if (!file.empty()) return about_option("--pass-file", [this] { return first_line_of(file); });
    if (!typed_->empty()) return *typed_;
    try {
        *typed_ = ask_for_password("Password of the key " + quoted(key) + ": ");
    } catch (const std::invalid_argument& error) {
        throw std::invalid_argument(quoted(key) + " is encrypted: " + error.what() +
                                    "; --pass-file FILE has it");
    }
    return *typed_;
}

std::vector<CLI::Option*> add_key_password_options(CLI::App& command, key_password& password,
                                                   const std::string& group) {
    auto* file = command
                     .add_option("--pass-file", password.file,
                                 "A file whose first line is the password of the key; for a key "
                                 "that is encrypted, it is asked for on the terminal otherwise")
                     ->type_name("FILE");
    auto* text = command
                     .add_option("--pass", password.text,
                                 "That password itself; everybody on this machine can read command "
                                 "lines for a moment, until it is hidden there")
                     ->type_name("PASSWORD")
                     ->excludes(file);
    for (auto* option : {file, text})
        option->group(group);
    return {file, text};
}

tls::credentials load_credentials(const std::string& certificate, const std::string& key,
                                  const key_password& password) {
    const std::string& path = key.empty() ? certificate : key;
    return tls::credentials::load(certificate, path, [&] { return password.of(path); });
}

}  // namespace zocalo::program
