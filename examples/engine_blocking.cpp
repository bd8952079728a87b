// SPDX-License-Identifier: MIT
// engine_blocking: another program, a file, and work that blocks.
#include <algorithm>
#include <iostream>

#include "zocalo/io/blocking.hpp"
#include "zocalo/io/file.hpp"
#include "zocalo/io/loop.hpp"
#include "zocalo/io/process.hpp"
#include "zocalo/io/reader.hpp"

namespace io = zocalo::io;

io::task<std::string> sorted(std::string text) {
    const std::vector<std::string> command{"sort", "-u"};
    io::process sort(command);
    co_await sort.in.write(text);  // little: what is much is written and read side by side
    sort.in.close();
    io::reader out(sort.out);
    std::string lines = co_await out.read_all(1000);
    const int status = co_await sort.wait();
    std::cout << "status " << status << '\n';
    co_return lines;
}

int count_slowly(const std::string& text) {  // stands for a library that blocks
    return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
}

io::task<> show(std::string path) {
    auto sorting = sorted("b\na\nb\n");
    const std::string lines = co_await std::move(sorting);

    const io::file_options fresh{.writable = true, .create = true, .empty = true};
    io::file file = co_await io::open_file(path, fresh);
    co_await file.write(lines);
    co_await file.close();
    auto reading = io::read_file(path, 1000);
    const std::string text = co_await std::move(reading);
    std::cout << text;

    auto counting = io::spawn_blocking([&text] { return count_slowly(text); });
    const int count = co_await std::move(counting);
    std::cout << count << " lines\n";
    co_await io::remove_file(path);
}

int main(int count, char** arguments) {
    io::loop().run(show(count > 1 ? arguments[1] : "engine_blocking.txt"));
}
