// The fuzz targets of this folder by name; the build lists them (targets.cc.in).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

using FuzzTarget = int (*)(const std::uint8_t* data, std::size_t size);

const std::map<std::string, FuzzTarget>& fuzz_targets();
