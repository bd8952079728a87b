// SPDX-License-Identifier: MIT
// Adds two numbers over XML-RPC, with xmlrpc-c and its server Abyss, a thread for each connection.
// For our tests it also gives back what it is given (echo), and a fault (fail).
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <xmlrpc-c/abyss.h>
#include <xmlrpc-c/base.h>
#include <xmlrpc-c/server.h>
#include <xmlrpc-c/server_abyss.h>

#include <cstdio>
#include <cstdlib>

namespace {

xmlrpc_value* add(xmlrpc_env* env, xmlrpc_value* parameters, void*, void*) {
    xmlrpc_int a = 0;
    xmlrpc_int b = 0;
    xmlrpc_decompose_value(env, parameters, "(ii)", &a, &b);
    return env->fault_occurred != 0 ? nullptr : xmlrpc_build_value(env, "i", a + b);
}

xmlrpc_value* echo(xmlrpc_env* env, xmlrpc_value* parameters, void*, void*) {
    xmlrpc_value* first = nullptr;
    xmlrpc_array_read_item(env, parameters, 0, &first);
    return first;
}

xmlrpc_value* fail(xmlrpc_env* env, xmlrpc_value*, void*, void*) {
    xmlrpc_env_set_fault(env, 7, "out of <luck>");
    return nullptr;
}

void offer(xmlrpc_env* env, xmlrpc_registry* where, const char* name, xmlrpc_method2 what) {
    xmlrpc_method_info3 method{};
    method.methodName = name;
    method.methodFunction = what;
    xmlrpc_registry_add_method3(env, where, &method);
}

void require(bool holds, const char* what) {
    if (holds) return;
    std::perror(what);
    std::exit(1);
}

/// A socket of 127.0.0.1 that listens at a free port, which is printed.
int listen_somewhere() {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const plain = reinterpret_cast<sockaddr*>(&name);
    require(::bind(fd, plain, sizeof name) == 0, "bind");
    require(::listen(fd, 4096) == 0, "listen");
    socklen_t size = sizeof name;
    require(::getsockname(fd, plain, &size) == 0, "getsockname");
    std::printf("listening on 127.0.0.1:%d with xmlrpc-c\n", ntohs(name.sin_port));
    std::fflush(stdout);
    return fd;
}

}  // namespace

int main() {
    xmlrpc_env env;
    xmlrpc_env_init(&env);
    xmlrpc_registry* const methods = xmlrpc_registry_new(&env);
    offer(&env, methods, "add", &add);
    offer(&env, methods, "echo", &echo);
    offer(&env, methods, "fail", &fail);

    xmlrpc_server_abyss_parms how{};
    how.config_file_name = nullptr;
    how.registryP = methods;
    how.keepalive_timeout = 60;
    how.keepalive_max_conn = 1'000'000'000;
    how.socket_bound = 1;
    how.socket_handle = listen_somewhere();
    xmlrpc_server_abyss(&env, &how, XMLRPC_APSIZE(socket_handle));
    std::fprintf(stderr, "xmlrpc_c_server: %s\n", env.fault_string);
    return 1;
}
