// SPDX-License-Identifier: MIT
#pragma once

#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "zocalo/core/error.hpp"

/// What the probes have in common: questions and answers in lines of JSON.
namespace zocalo::tests {

/// Answers each line of the input with a line of the output, null for a refusal.
template <class Answer>
void answer_lines(Answer answer) {
    for (std::string line; std::getline(std::cin, line);) {
        nlohmann::json said;
        try {
            said = answer(nlohmann::json::parse(line));
        } catch (const std::invalid_argument&) {
            said = nullptr;
        } catch (const protocol_error&) {
            said = nullptr;
        }
        std::cout << said.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) << '\n';
    }
}

}  // namespace zocalo::tests
