# The one place of compiler flags: every target links driftd_options.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

find_program(DRIFTD_CCACHE ccache)
if(DRIFTD_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${DRIFTD_CCACHE})
endif()

set(DRIFTD_SANITIZE "" CACHE STRING "Sanitizers, comma-separated: address,undefined or thread")
option(DRIFTD_FUZZ "Build the fuzzing programs (preset fuzz, with clang)" OFF)

# Warnings are errors with the compiler that CI has; a newer one that warns of more must not keep users from building.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  set(drift_warnings -Werror)
endif()
add_library(driftd_options INTERFACE)
target_include_directories(driftd_options INTERFACE ${CMAKE_CURRENT_SOURCE_DIR})
target_compile_options(driftd_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
  ${drift_warnings}
  # the same digits whatever the processor can fuse (DESIGN 7.1)
  -ffp-contract=off
  # distributions ship simdjson with its assertions; outside tests they cost half the speed
  $<$<CONFIG:Release>:-O2>)
# What a fault in memory would otherwise let somebody do (docs/security.md); tests/e2e/test_packaging.py reads the program
# for it. Sanitizers bring their own.
if(NOT DRIFTD_SANITIZE)
  target_compile_options(driftd_options INTERFACE -fPIE -fstack-protector-strong -fstack-clash-protection
    $<$<STREQUAL:${CMAKE_SYSTEM_PROCESSOR},x86_64>:-fcf-protection>
    $<$<CONFIG:Release>:-U_FORTIFY_SOURCE> $<$<CONFIG:Release>:-D_FORTIFY_SOURCE=3>)
  target_link_options(driftd_options INTERFACE -pie LINKER:-z,relro,-z,now,-z,noexecstack)
endif()
if(DRIFTD_SANITIZE)
  target_compile_definitions(driftd_options INTERFACE _GLIBCXX_ASSERTIONS)
  target_compile_options(driftd_options INTERFACE -fsanitize=${DRIFTD_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(driftd_options INTERFACE -fsanitize=${DRIFTD_SANITIZE})
  # Asio's fences are no fault; g++ says only that it cannot follow them.
  if(DRIFTD_SANITIZE STREQUAL "thread")
    target_compile_options(driftd_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  endif()
endif()
