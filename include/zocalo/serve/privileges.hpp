// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

/// Giving up rights, once the sockets are there.
namespace zocalo::serve {

/// Makes the process that user's, with his groups, for good: all threads, nothing saved to go back
/// to, and no program that it starts can have more (PR_SET_NO_NEW_PRIVS).
///
/// It is checked, that the way back to root is closed too. Who is that user already, and not root,
/// keeps his groups. Throws std::invalid_argument when there is no such user or it is root, and
/// std::system_error when the system refuses; the process should end then, because half of it may
/// be done.
///
/// With `root`, that folder is all that there is of files from then on (chroot(2)); only root can
/// do that. Names of users and hosts, time zones and certificates are files, too: what is needed
/// later has to be opened before, or be in there.
void drop_privileges(const std::string& user, const std::string& root = {});

/// From now on the kernel writes no core file of this process, and hands none to a program that
/// collects them, whatever their limits say (PR_SET_DUMPABLE): for programs that hold passwords or
/// keys.
///
/// The library does not call it by itself. Nobody but root can look into such a process then, with
/// a debugger or by /proc/PID; root's debuggers still can, and can write all of it down. It goes
/// for all threads and for forked children, and drop_privileges() keeps it; a program that is
/// executed begins anew. Such a process cannot make itself root of a user namespace.
void forbid_core_files();

/// The files that a process needs. Each path is a file, or a folder with all beneath it, as it is
/// when it is named here.
struct file_access {
    std::vector<std::string> read = {};
    std::vector<std::string> write = {};  ///< to be read, changed, made and removed
    /// Folders where Unix sockets may be made and removed, but no files.
    std::vector<std::string> sockets = {};
};

/// From now on the calling thread, and every thread and program that it starts, can open these
/// files and no others (Landlock, Linux 5.13). There is no way back. What is open stays open.
///
/// Programs cannot be started then, and what is not a file is not restricted: sockets, signals.
/// Call it before there are other threads. Throws std::system_error when the kernel does not have
/// it (std::errc::function_not_supported, std::errc::operation_not_supported), or a path is not
/// there.
void confine(const file_access& to);

}  // namespace zocalo::serve
