// What a key of the store is of, in words: for errors, and for `driftd doctor`.
#pragma once

#include <string>
#include <string_view>

namespace driftd::app {

// "the state of series 3", "the waiting prediction i7 of model number 0"; bytes that are no key of ours are
// told as such.
std::string key_in_words(std::string_view key);

}  // namespace driftd::app
