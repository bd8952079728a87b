// SPDX-License-Identifier: MIT
#include "command.hpp"

int main(int argc, char** argv) {
    return static_cast<int>(zocalo::program::run(argc, argv));
}
