# signalbox_add_plugin(NAME KIND sources... [LIBS libraries...])
#
# A module that signalbox loads at run time: lib/signalbox/plugins/NAME.so.  KIND is source, filter or sink (for the
# reader; the module itself says what it holds).  Hidden visibility and a version script leave exactly one exported
# symbol, so that nothing of the plugin's libraries meets the host's or another plugin's.  Our own plugins use this
# same function.
#
# signalbox_add_plugin_test(NAME ENTRY sources... [LIBS libraries...])
#
# A test program, run by ctest, with the plugin's own sources linked in: tests, sanitizers and fuzzers want no dlopen.
# The plugin's entry is called sbx_module_v1_ENTRY there.
#
# signalbox_install_plugin(NAME): to lib/signalbox/plugins below the prefix, where the program beside it looks.

include(${CMAKE_CURRENT_LIST_DIR}/SignalboxEmbed.cmake) # signalbox_embed_text: a schema file as a string literal

function(signalbox_add_plugin name kind)
  cmake_parse_arguments(arg "" "" "LIBS" ${ARGN})
  set(map ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map)
  if(NOT kind MATCHES "^(source|filter|sink)$")
    message(FATAL_ERROR "signalbox_add_plugin(${name}): kind is source, filter or sink, not '${kind}'")
  endif()
  add_library(${name} MODULE ${arg_UNPARSED_ARGUMENTS})
  target_compile_features(${name} PRIVATE cxx_std_20)
  target_compile_options(${name} PRIVATE -fvisibility=hidden -fvisibility-inlines-hidden)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${name} PRIVATE -fno-gnu-unique)
  endif()
  target_link_libraries(${name} PRIVATE signalbox_sdk ${arg_LIBS})
  target_link_options(${name} PRIVATE -Wl,-z,nodelete -Wl,--exclude-libs,ALL -Wl,--version-script=${map})
  if(NOT SIGNALBOX_SANITIZE) # the sanitizers' runtime is found in the program, not in the plugin
    target_link_options(${name} PRIVATE -Wl,-z,defs)
  endif()
  set_target_properties(${name} PROPERTIES PREFIX "" LINK_DEPENDS ${map})
  if(SIGNALBOX_PLUGIN_OUTPUT_DIRECTORY)
    set_target_properties(${name} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${SIGNALBOX_PLUGIN_OUTPUT_DIRECTORY})
  endif()
endfunction()

function(signalbox_add_plugin_test name entry)
  cmake_parse_arguments(arg "" "" "LIBS" ${ARGN})
  add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
  target_compile_features(${name} PRIVATE cxx_std_20)
  target_compile_definitions(${name} PRIVATE SBX_STATIC_NAME=${entry})
  target_link_libraries(${name} PRIVATE signalbox_sdk ${arg_LIBS})
  add_test(NAME ${name} COMMAND ${name})
endfunction()

function(signalbox_install_plugin name)
  install(TARGETS ${name} LIBRARY DESTINATION lib/signalbox/plugins)
endfunction()
