// SPDX-License-Identifier: MIT
// A fuzz target without its fuzzer: each file of the folders named, once. So that what was found
// once is tried by every test run, whatever the compiler.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::string contents(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

int replay(const std::filesystem::path& folder) {
    int seeds = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string seed = contents(entry.path());
        // A buffer of the very size: what is read behind it is seen by a sanitizer.
        const std::vector<std::uint8_t> bytes(seed.begin(), seed.end());
        std::printf("%s\n", entry.path().c_str());  // the last one is the one that failed
        std::fflush(stdout);
        LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
        ++seeds;
    }
    return seeds;
}

}  // namespace

int main(int count, char** folders) {
    int seeds = 0;
    for (int i = 1; i < count; ++i)
        seeds += replay(folders[i]);
    std::printf("%d seeds held\n", seeds);
    return seeds > 0 ? 0 : 1;
}
