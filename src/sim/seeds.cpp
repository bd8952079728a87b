// SPDX-License-Identifier: MIT
#include "zocalo/sim/seeds.hpp"

#include <cstdlib>
#include <exception>
#include <optional>

#include "zocalo/core/escape.hpp"
#include "zocalo/core/number.hpp"

namespace zocalo::sim {

namespace {

std::optional<std::uint64_t> number_from(const char* name) {
    const char* const said = std::getenv(name);
    if (said == nullptr) return std::nullopt;
    const auto number = from_digits<std::uint64_t>(said);
    if (!number) throw std::invalid_argument(std::string(name) + ": no number: " + quoted(said));
    return number;
}

[[noreturn]] void report(const world& in, const std::string& reason) {
    const std::string seed = std::to_string(in.seed());
    std::string text = "seed " + seed + " fails: " + reason;
    text += "\nReplay it alone with ZOCALO_SEED=" + seed + '\n';
    const std::string waiting = in.who_waits();
    if (!waiting.empty()) text += "Who waits for what:\n" + waiting;
    text += "What happened:\n" + in.trace();
    throw failed_seed(in.seed(), text);
}

void run_seed(std::uint64_t seed, const std::function<void(world&)>& body,
              const seeds_options& options) {
    world made(seed, options.world);
    try {
        body(made);
    } catch (const std::exception& error) {
        report(made, error.what());
    }
    if (options.failed && options.failed()) report(made, "an expectation was not met");
}

}  // namespace

void for_seeds(std::uint64_t count, const std::function<void(world&)>& body,
               const seeds_options& options) {
    if (const auto only = number_from("ZOCALO_SEED")) return run_seed(*only, body, options);
    const std::uint64_t many = number_from("ZOCALO_SEEDS").value_or(count);
    for (std::uint64_t i = 0; i < many; ++i)
        run_seed(options.first + i, body, options);
}

link any_link(random& chance) {
    using std::chrono::milliseconds;
    link made{.latency = chance.up_to(milliseconds(chance.chance(0.2) ? 300 : 5)),
              .jitter = chance.up_to(milliseconds(chance.chance(0.2) ? 100 : 1))};
    if (chance.chance(0.3)) made.loss = 0.3 * static_cast<double>(chance.below(1000)) / 1000;
    if (chance.chance(0.2)) made.duplicate = 0.1;
    if (chance.chance(0.2)) made.reorder = 0.2;
    if (chance.chance(0.1)) made.bandwidth = chance.between(10'000, 1'000'000);
    return made;
}

}  // namespace zocalo::sim
