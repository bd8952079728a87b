// SPDX-License-Identifier: MIT
#include "option_error.hpp"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <stdexcept>
#include <system_error>

#include "file.hpp"
#include "zocalo/core/error.hpp"
#include "zocalo/core/escape.hpp"
#include "zocalo/net/stop.hpp"

namespace zocalo::program {

void rethrow_about(const std::string& option) {
    const std::string before = option + ": ";
    try {
        throw;
    } catch (const CLI::ParseError& error) {
        throw CLI::ValidationError(before + error.what());
    } catch (const net::stopped&) {
        throw;
    } catch (const std::filesystem::filesystem_error& error) {
        throw file_error(error.code(), before + quoted(error.path1().string()));
    } catch (const file_error& error) {
        throw file_error(error.code(), before + what_failed(error));
    } catch (const std::system_error& error) {
        throw std::system_error(error.code(), before + what_failed(error));
    } catch (const protocol_error& error) {
        throw protocol_error(before + error.what());
    } catch (const std::invalid_argument& error) {
        throw std::invalid_argument(before + error.what());
    } catch (const std::exception& error) {
        throw std::runtime_error(before + error.what());
    }
}

}  // namespace zocalo::program
