# Warnings are errors; ccache is used when it is there; sanitizers apply to everything that is built.
find_program(SIGNALBOX_CCACHE ccache)
if(SIGNALBOX_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # What was compiled in one folder need not be compiled in another: paths below the project count from its root.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${SIGNALBOX_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_CXX_COMPILER_LAUNCHER})
endif()

set(CMAKE_POSITION_INDEPENDENT_CODE ON)
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor> -Wimplicit-fallthrough -Werror)
add_compile_options(-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # gcc 12 at -O2 sees overlaps and dangling pieces inside libstdc++'s own strings that are not there (GCC PR105651).
  add_compile_options(-Wno-restrict)
endif()
add_compile_definitions($<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)

if(SIGNALBOX_SANITIZE)
  add_compile_options(-fsanitize=${SIGNALBOX_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${SIGNALBOX_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # With a sanitizer gcc 12 takes libstdc++'s own <regex> for uninitialized (GCC PR105562).
    add_compile_options(-Wno-maybe-uninitialized)
    # Asio fences where ThreadSanitizer would like to see locks; its own locks are seen.
    if(SIGNALBOX_SANITIZE MATCHES thread)
      add_compile_options(-Wno-tsan)
    endif()
  endif()
  if(SIGNALBOX_SANITIZE MATCHES undefined)
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
endif()
if(SIGNALBOX_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
