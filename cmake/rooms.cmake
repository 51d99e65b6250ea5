# Several sources as one, where only the outcome counts: what scripts/test builds of the tests, and of the rooms with
# sanitizers. What users and CI get of the program is built file by file, so that a header that is not included where it
# is needed shows.
option(DRIFTD_UNITY "Compile several sources of a room as one" OFF)
option(DRIFTD_UNITY_TESTS "Compile several sources of a room's tests as one" ${DRIFTD_UNITY})
function(drift_unity wanted target)
  if(NOT wanted)
    return()
  endif()
  execute_process(COMMAND python3 ${CMAKE_SOURCE_DIR}/scripts/batches.py ${ARGN}
                  OUTPUT_VARIABLE lines OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  string(REPLACE "\n" ";" pairs "${lines}")
  while(pairs)
    list(POP_FRONT pairs number file)
    set_source_files_properties(${file} PROPERTIES UNITY_GROUP ${number})
  endwhile()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  # Types of an unnamed namespace are nobody else's here too; g++ takes what is included for shared.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endfunction()

# drift_room(NAME [ROOMS room...] [LINKS lib...]): one static library driftd_NAME of all sources in
# NAME/, which sees core, the rooms named, and the libraries named.
function(drift_room name)
  cmake_parse_arguments(ROOM "" "" "ROOMS;LINKS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cc)
  list(REMOVE_ITEM sources ${CMAKE_CURRENT_SOURCE_DIR}/app/main.cc)
  add_library(driftd_${name} STATIC ${sources})
  drift_unity(${DRIFTD_UNITY} driftd_${name} ${sources})
  target_link_libraries(driftd_${name} PUBLIC driftd_options ${ROOM_LINKS})
  if(NOT name STREQUAL "core")
    target_link_libraries(driftd_${name} PUBLIC driftd_core)
  endif()
  foreach(room IN LISTS ROOM_ROOMS)
    target_link_libraries(driftd_${name} PUBLIC driftd_${room})
  endforeach()
endfunction()

# drift_tests(NAME [LINKS lib...]): the tests of one room, tests/NAME/*_test.cc, as tests_NAME.
function(drift_tests name)
  cmake_parse_arguments(T "" "" "LINKS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cc)
  if(NOT sources)
    return()
  endif()
  add_executable(tests_${name} ${sources})
  drift_unity(${DRIFTD_UNITY_TESTS} tests_${name} ${sources})
  target_link_libraries(tests_${name} PRIVATE driftd_${name} ${T_LINKS} GTest::gmock GTest::gtest_main)
  target_compile_definitions(tests_${name} PRIVATE
    DRIFTD_SOURCE_DIR="${CMAKE_SOURCE_DIR}" DRIFTD_SHARED_DIR="${CMAKE_SOURCE_DIR}/../shared")
  gtest_discover_tests(tests_${name} DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300 LABELS ${name})
endfunction()
