# signalbox_unit_test(NAME [THREADED] sources... LIBS libraries...): a doctest program, run by ctest with the label "unit".
# THREADED: it has threads of its own, so it is run under ThreadSanitizer, too (target threaded_tests, label "threads").
# signalbox_fuzz_target(NAME sources... LIBS libraries...): a libFuzzer program, run for a few seconds on the corpus in
# tests/fuzz/corpus/NAME with the label "fuzz"; without SIGNALBOX_FUZZ it is not built.
set(SIGNALBOX_FUZZ_SECONDS 8 CACHE STRING "How long ctest runs each fuzz target")

# A test's own code is not worth an optimizer's time, half of what compiling it takes; what it tests is built as its preset says.
set(kTestOptions -O0)

function(signalbox_unit_test name)
  cmake_parse_arguments(arg "THREADED" "" "LIBS" ${ARGN})
  if(NOT TARGET doctest_main) # compiled once for all programs
    add_library(doctest_main OBJECT ${PROJECT_SOURCE_DIR}/tests/doctest_main.cpp)
    target_compile_options(doctest_main PRIVATE ${kTestOptions})
    target_link_libraries(doctest_main PRIVATE doctest::doctest)
    add_custom_target(threaded_tests)
  endif()
  add_executable(${name} ${arg_UNPARSED_ARGUMENTS} $<TARGET_OBJECTS:doctest_main>)
  target_link_libraries(${name} PRIVATE doctest::doctest signalbox_sdk ${arg_LIBS})
  target_compile_definitions(${name} PRIVATE SIGNALBOX_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_compile_options(${name} PRIVATE ${kTestOptions})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 300)
  if(arg_THREADED) # what ThreadSanitizer has something to say about
    add_dependencies(threaded_tests ${name})
    set_property(TEST ${name} APPEND PROPERTY LABELS threads)
  endif()
endfunction()

function(signalbox_fuzz_target name)
  if(NOT SIGNALBOX_FUZZ)
    return()
  endif()
  cmake_parse_arguments(arg "" "" "LIBS" ${ARGN})
  add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE signalbox_sdk ${arg_LIBS})
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  if(NOT TARGET fuzzers)
    add_custom_target(fuzzers) # all of them, without what a fuzzing build has no use for
  endif()
  add_dependencies(fuzzers ${name})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
  set(grown ${PROJECT_BINARY_DIR}/fuzz/corpus/${name})
  file(MAKE_DIRECTORY ${grown})
  set(kept ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name})
  if(NOT IS_DIRECTORY ${kept})
    message(FATAL_ERROR "fuzz target ${name} wants a corpus in tests/fuzz/corpus/${name}")
  endif()
  add_test(NAME ${name} COMMAND ${name} -max_total_time=${SIGNALBOX_FUZZ_SECONDS} -timeout=10 -rss_limit_mb=2048
           -max_len=65536 -artifact_prefix=${PROJECT_BINARY_DIR}/fuzz/${name}- ${grown} ${kept})
  set_tests_properties(${name} PROPERTIES LABELS fuzz TIMEOUT 300)
endfunction()
