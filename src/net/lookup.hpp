// SPDX-License-Identifier: MIT
#pragma once

#include <netdb.h>

#include <memory>
#include <string>

#include "zocalo/core/deadline.hpp"

namespace zocalo::net {

class endpoint;
class host_port;
class socket;
class stop_condition;

/// What getaddrinfo(3) is asked; an empty text is none.
struct lookup_question {
    std::string host;
    std::string service;
    addrinfo hints{};
};

/// What it says: an EAI_* code, with EAI_SYSTEM an errno, or a list.
struct lookup_answer {
    int code = 0;
    int system_error = 0;
    std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> list{nullptr, freeaddrinfo};
};

/// How many look-ups that nobody waits for any more may be going on in this process.
inline constexpr unsigned most_left_behind = 64;

/// Asks the system, until the deadline (ETIMEDOUT) or the stop (ECANCELED; null for none).
///
/// EAI_AGAIN, at once, when `most_left_behind` look-ups are stuck: one more would be, too.
lookup_answer look_up(lookup_question question, const deadline& until, const stop_condition* stop);

/// The first endpoint that `where` stands for, in the family and type of `user`, which waits for it
/// as it does for everything: until the deadline or its stop. One that does not block waits for
/// name servers all the same, for nobody could tell it later what they said.
endpoint look_up_for(const socket& user, const host_port& where, const deadline& until);

}  // namespace zocalo::net
