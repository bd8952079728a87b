// SPDX-License-Identifier: MIT
#pragma once

// Included before every file by the rule system_calls_in_the_cellar: declares the calls that only
// src/sys/ may make once more, as deprecated, so that the compiler itself finds each use of them,
// however it is written.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define ZOCALO_BAN(name) extern "C" decltype(::name) name [[gnu::deprecated]];

// errno is a macro over this one.
ZOCALO_BAN(__errno_location)

ZOCALO_BAN(accept)
ZOCALO_BAN(accept4)
ZOCALO_BAN(bind)
ZOCALO_BAN(connect)
ZOCALO_BAN(getpeername)
ZOCALO_BAN(getsockname)
ZOCALO_BAN(getsockopt)
ZOCALO_BAN(listen)
ZOCALO_BAN(recv)
ZOCALO_BAN(recvfrom)
ZOCALO_BAN(recvmmsg)
ZOCALO_BAN(recvmsg)
ZOCALO_BAN(send)
ZOCALO_BAN(sendmmsg)
ZOCALO_BAN(sendmsg)
ZOCALO_BAN(sendto)
ZOCALO_BAN(setsockopt)
ZOCALO_BAN(shutdown)
ZOCALO_BAN(socket)
ZOCALO_BAN(socketpair)

ZOCALO_BAN(epoll_create1)
ZOCALO_BAN(epoll_ctl)
ZOCALO_BAN(epoll_pwait)
ZOCALO_BAN(epoll_wait)
ZOCALO_BAN(eventfd)
ZOCALO_BAN(poll)
ZOCALO_BAN(ppoll)
ZOCALO_BAN(pselect)
ZOCALO_BAN(select)
ZOCALO_BAN(signalfd)
ZOCALO_BAN(timerfd_create)

ZOCALO_BAN(chmod)
ZOCALO_BAN(close)
ZOCALO_BAN(dup)
ZOCALO_BAN(dup2)
ZOCALO_BAN(dup3)
ZOCALO_BAN(fcntl)
ZOCALO_BAN(fstat)
ZOCALO_BAN(ioctl)
ZOCALO_BAN(isatty)
ZOCALO_BAN(lseek)
ZOCALO_BAN(lstat)
ZOCALO_BAN(mmap)
ZOCALO_BAN(open)
ZOCALO_BAN(openat)
ZOCALO_BAN(pipe)
ZOCALO_BAN(pipe2)
ZOCALO_BAN(pread)
ZOCALO_BAN(pwrite)
ZOCALO_BAN(read)
ZOCALO_BAN(readv)
ZOCALO_BAN(sendfile)
ZOCALO_BAN(stat)
ZOCALO_BAN(unlink)
ZOCALO_BAN(write)
ZOCALO_BAN(writev)

ZOCALO_BAN(_exit)
ZOCALO_BAN(execl)
ZOCALO_BAN(execlp)
ZOCALO_BAN(execv)
ZOCALO_BAN(execve)
ZOCALO_BAN(execvp)
ZOCALO_BAN(fork)
ZOCALO_BAN(getpid)
ZOCALO_BAN(kill)
ZOCALO_BAN(pthread_sigmask)
ZOCALO_BAN(sigaction)
ZOCALO_BAN(signal)
ZOCALO_BAN(syscall)
ZOCALO_BAN(system)
ZOCALO_BAN(tcsetattr)
ZOCALO_BAN(vfork)
ZOCALO_BAN(waitpid)

ZOCALO_BAN(gethostbyaddr)
ZOCALO_BAN(gethostbyname)
ZOCALO_BAN(gethostname)
ZOCALO_BAN(getifaddrs)
ZOCALO_BAN(getnameinfo)
ZOCALO_BAN(getaddrinfo)
ZOCALO_BAN(getprotobyname)
ZOCALO_BAN(getservbyname)
ZOCALO_BAN(getservbyport)
ZOCALO_BAN(if_indextoname)
ZOCALO_BAN(if_nametoindex)
ZOCALO_BAN(sethostname)

#undef ZOCALO_BAN
