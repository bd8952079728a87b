// SPDX-License-Identifier: MIT
#include "fetch/alternatives.hpp"

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <iterator>

#include "fetch/web_options.hpp"
#include "file.hpp"
#include "zocalo/http/alt_svc_store.hpp"

namespace zocalo::program {

namespace {

std::chrono::sys_seconds today() {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

}  // namespace

void add_alternative_options(CLI::App& command, web_options& options) {
    command
        .add_option("--alt-svc", options.alternatives,
                    "Other places where sites of https:// can be asked, as they say (Alt-Svc): "
                    "read from this file, and written into it in the end; they have to prove that "
                    "they are the site")
        ->type_name("FILE")
        ->group("Request");
}

std::shared_ptr<http::alt_svc_store> alternatives_of(const web_options& options) {
    if (options.alternatives.empty() || options.tls.insecure) return nullptr;
    auto store = std::make_shared<http::alt_svc_store>();
    if (!std::filesystem::exists(options.alternatives)) return store;
    auto file = open_file(options.alternatives);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    (void)http::read_alt_svc_file(*store, text, today());
    return store;
}

std::string file_of(const http::alt_svc_store& known) {
    return http::to_alt_svc_file(known, today());
}

}  // namespace zocalo::program
