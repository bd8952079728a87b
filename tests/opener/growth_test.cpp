// SPDX-License-Identifier: MIT
// Twice as much to read takes twice as long, whatever it is.
#include "support/growth.hpp"

#include <stdexcept>

#include "zocalo/opener/data_url.hpp"

namespace {

using zocalo::tests::burden;
using zocalo::tests::repeated;

void read(const std::string& text) {
    try {
        (void)zocalo::url::data_url::parse(text, SIZE_MAX);
    } catch (const std::invalid_argument&) {
        return;
    }
}

const burden burdens[] = {
    {"escapes", repeated("%41", "data:,"), read},
    {"Base64", repeated("QUJD", "data:;base64,"), read},
    {"white space in Base64", repeated(" Q%20U\nJ D", "data:;base64,"), read},
    {"parameters", repeated(";a=b", "data:text/plain", ",c"), read},
    {"spaces behind the mark", repeated(" ", "data:;base64", ",QUJD"), read},
    {"no comma", repeated(";base64", "data:"), read},
};

TEST(opener_growth, of_time_is_that_of_the_text) {
    for (const burden& each : burdens)
        zocalo::tests::expect_linear(each);
}

}  // namespace
