// SPDX-License-Identifier: MIT
#pragma once

#include <string>

/// Giving up the rights of root, once the sockets are there.
namespace zocalo::serve {

/// Makes the process that user's, with his groups, for good: all threads, nothing saved to go back
/// to, and no program that it starts can have more (PR_SET_NO_NEW_PRIVS).
///
/// It is checked, that the way back to root is closed too. Who is that user already, and not root,
/// keeps his groups. Throws std::invalid_argument when there is no such user or it is root, and
/// std::system_error when the system refuses; the process should end then, because half of it may
/// be done.
void drop_privileges(const std::string& user);

}  // namespace zocalo::serve
