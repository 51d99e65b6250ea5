// Independent pieces of work on the machine's processors.
#pragma once

#include <cstddef>
#include <functional>

namespace driftd::app {

// Calls work(0) ... work(count - 1), each once, on at most `threads` threads (0: as many as the machine
// runs at a time), the smaller numbers first. Meanwhile the calling thread calls `tell` with the number that
// is done, several times a second. Returns when all is done; the first exception of a piece is thrown
// again then, and pieces that had not begun are left out.
void on_threads(std::size_t count, std::size_t threads, const std::function<void(std::size_t)>& work,
                const std::function<void(std::size_t)>& tell);

}  // namespace driftd::app
