// SPDX-License-Identifier: MIT
// Asks for one URL over and over with libcurl: by its easy interface on one connection, by its
// multi interface on several.
#include <curl/curl.h>

#include <cstring>
#include <string>
#include <vector>

#include "../load.hpp"

namespace {

std::size_t keep(const char* data, std::size_t /*one*/, std::size_t size, void* content) {
    static_cast<std::string*>(content)->append(data, size);
    return size;
}

struct transfer {
    CURL* handle = curl_easy_init();
    std::string content = {};
    bench::clock_type::time_point begun = {};
};

class load {
 public:
    load(const char* url, std::size_t connections) : transfers_(connections) {
        for (transfer& each : transfers_) {
            curl_easy_setopt(each.handle, CURLOPT_URL, url);
            curl_easy_setopt(each.handle, CURLOPT_WRITEFUNCTION, keep);
            curl_easy_setopt(each.handle, CURLOPT_WRITEDATA, &each.content);
            curl_easy_setopt(each.handle, CURLOPT_PRIVATE, &each);
            curl_easy_setopt(each.handle, CURLOPT_NOSIGNAL, 1L);
        }
        curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(connections));
    }

    void run_for(std::chrono::duration<double> time) {
        until_ = bench::clock_type::now() +
                 std::chrono::duration_cast<bench::clock_type::duration>(time);
        if (transfers_.size() == 1) {
            run_easy();
        } else {
            run_multi();
        }
    }
    [[nodiscard]] bench::samples& taken() { return samples_; }
    [[nodiscard]] static std::size_t depth() { return 1; }

 private:
    void run_easy() {
        transfer& one = transfers_.front();
        while ((one.begun = bench::clock_type::now()) < until_) {
            one.content.clear();
            if (curl_easy_perform(one.handle) != CURLE_OK) bench::die("curl_easy_perform");
            samples_.add(one.begun);
        }
    }

    void begin(transfer& one) {
        one.begun = bench::clock_type::now();
        if (one.begun >= until_) return;
        one.content.clear();
        curl_multi_add_handle(multi_, one.handle);
    }

    void run_multi() {
        for (transfer& each : transfers_)
            begin(each);
        for (int running = 1; running > 0;) {
            curl_multi_perform(multi_, &running);
            take_ended();
            curl_multi_perform(multi_, &running);
            if (running > 0) curl_multi_poll(multi_, nullptr, 0, 1000, nullptr);
        }
        take_ended();
    }

    void take_ended() {
        int left = 0;
        while (const CURLMsg* const message = curl_multi_info_read(multi_, &left)) {
            if (message->data.result != CURLE_OK) bench::die("transfer");
            transfer* one = nullptr;
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &one);
            samples_.add(one->begun);
            curl_multi_remove_handle(multi_, one->handle);
            begin(*one);
        }
    }

    CURLM* multi_ = curl_multi_init();
    std::vector<transfer> transfers_;
    bench::clock_type::time_point until_;
    bench::samples samples_;
};

}  // namespace

/// curl_client URL --connections N --seconds S
int main(int argc, char** argv) {
    if (argc != 6) return 2;
    curl_global_init(CURL_GLOBAL_ALL);
    load load(argv[1], std::strtoul(argv[3], nullptr, 10));
    bench::drive(load, 0.3, std::strtod(argv[5], nullptr));
}
