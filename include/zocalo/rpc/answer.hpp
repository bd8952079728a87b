// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "zocalo/io/task.hpp"
#include "zocalo/rpc/methods.hpp"

/// Documents that call methods, and those that answer: the server's side of both protocols, without
/// a network.
namespace zocalo::rpc {

/// Answers `<methodCall>`. Whatever is wrong is in the answer, as a fault; `failed` is told as by
/// methods::call_for_others(), and methods are called for `who`.
[[nodiscard]] io::task<std::string> answer_xml(const methods& by, std::string document,
                                               methods::failure failed = {}, caller who = {});

/// Answers a call of JSON-RPC 2.0, or a batch of them, one after the other. Empty when nothing in
/// it wants an answer.
[[nodiscard]] io::task<std::string> answer_json(const methods& by, std::string document,
                                                methods::failure failed = {}, caller who = {});

}  // namespace zocalo::rpc
