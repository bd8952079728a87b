// SPDX-License-Identifier: MIT
// Has two numbers added over XML-RPC, one call after the other, with xmlrpc-c, which asks by
// libcurl.
//
//     xmlrpc_c_client URL SECONDS
#include <xmlrpc-c/base.h>
#include <xmlrpc-c/client.h>

#include <cstdio>
#include <cstdlib>

#include "../load.hpp"

namespace {

void require(const xmlrpc_env& env) {
    if (env.fault_occurred == 0) return;
    std::fprintf(stderr, "xmlrpc_c_client: %s\n", env.fault_string);
    std::exit(1);
}

class load {
 public:
    explicit load(const char* url) : url_(url) {
        xmlrpc_env_init(&env_);
        xmlrpc_client_setup_global_const(&env_);
        require(env_);
        xmlrpc_client_create(&env_, XMLRPC_CLIENT_NO_FLAGS, "bench", "1", nullptr, 0, &client_);
        require(env_);
    }
    void run_for(std::chrono::duration<double> time) {
        const auto until = bench::clock_type::now() +
                           std::chrono::duration_cast<bench::clock_type::duration>(time);
        for (auto begun = bench::clock_type::now(); begun < until;
             begun = bench::clock_type::now()) {
            call();
            samples_.add(begun);
        }
    }
    [[nodiscard]] bench::samples& taken() { return samples_; }
    [[nodiscard]] static std::size_t depth() { return 1; }

 private:
    void call() {
        xmlrpc_value* got = nullptr;
        xmlrpc_client_call2f(&env_, client_, url_, "add", &got, "(ii)", xmlrpc_int{1},
                             xmlrpc_int{2});
        require(env_);
        xmlrpc_int sum = 0;
        xmlrpc_read_int(&env_, got, &sum);
        require(env_);
        if (sum != 3) std::exit(1);
        xmlrpc_DECREF(got);
    }

    const char* url_;
    xmlrpc_env env_{};
    xmlrpc_client* client_ = nullptr;
    bench::samples samples_;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    load load(argv[1]);
    bench::drive(load, 0.3, std::atof(argv[2]));
}
