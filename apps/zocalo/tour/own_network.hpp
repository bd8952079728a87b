// SPDX-License-Identifier: MIT
#pragma once

namespace zocalo::program {

/// Moves this process and its future children into a network of its own, which has no interface but
/// a loopback and touches nobody else's. There is no way back. Throws not_here when the system does
/// not permit it, with what would help.
void enter_own_network();

}  // namespace zocalo::program
