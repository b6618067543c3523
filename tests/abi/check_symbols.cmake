# Every plugin of ours exports its entry and nothing else: no symbol of its libraries meets another plugin's.
file(GLOB plugins ${PLUGINS}/*.so)
if(NOT plugins)
  message(FATAL_ERROR "there is no plugin in ${PLUGINS}")
endif()
foreach(plugin ${plugins})
  execute_process(COMMAND ${NM} -D --defined-only --format=posix ${plugin} OUTPUT_VARIABLE symbols
                  COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX REPLACE " [^\n]*" "" names "${symbols}")
  string(STRIP "${names}" names)
  if(NOT names STREQUAL "sbx_module_v1")
    message(SEND_ERROR "${plugin} exports more or less than sbx_module_v1:\n${names}")
  endif()
endforeach()
