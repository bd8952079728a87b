// SPDX-License-Identifier: MIT
// Has two numbers added over XML-RPC, one call after the other: the client of bench/rpc.py.
//
//     rpc_client URL SECONDS
#include <chrono>
#include <iostream>
#include <string>

#include "load.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/rpc/client.hpp"

namespace io = zocalo::io;

namespace {

class load {
 public:
    explicit load(std::string url) : server_(std::move(url)) {}

    void run_for(std::chrono::duration<double> time) {
        loop_.run(call_until(bench::clock_type::now() +
                             std::chrono::duration_cast<bench::clock_type::duration>(time)));
    }
    [[nodiscard]] bench::samples& taken() { return samples_; }
    [[nodiscard]] static std::size_t depth() { return 1; }

 private:
    io::task<> call_until(bench::clock_type::time_point until) {
        for (;;) {
            const auto begun = bench::clock_type::now();
            if (begun >= until) break;
            io::task<int> calling = server_.call<int>("add", 1, 2);
            const int sum = co_await std::move(calling);
            if (sum != 3) throw std::runtime_error("1 + 2 is not 3");
            samples_.add(begun);
        }
    }

    io::loop loop_{io::backend_kind::epoll};
    zocalo::rpc::proxy server_;
    bench::samples samples_;
};

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 3) throw std::invalid_argument("rpc_client URL SECONDS");
    load load(argv[1]);
    bench::drive(load, 0.3, std::stod(argv[2]));
} catch (const std::exception& error) {
    std::cerr << "rpc_client: " << error.what() << '\n';
    return 1;
}
