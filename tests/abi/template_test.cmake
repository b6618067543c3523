# Configures, builds and tests sdk/template in SCRATCH, against SDK = source (the tree as it is) or installed (what the
# install rules of sdk/ put down).
file(REMOVE_RECURSE ${SCRATCH})
file(COPY ${SOURCE}/sdk/template DESTINATION ${SCRATCH})
if(SDK STREQUAL "installed")
  execute_process(COMMAND ${CMAKE_COMMAND} --install ${BINARY}/sdk --prefix ${SCRATCH}/prefix OUTPUT_QUIET
                  COMMAND_ERROR_IS_FATAL ANY)
  set(where -DCMAKE_PREFIX_PATH=${SCRATCH}/prefix)
else()
  set(where -Dsignalbox_sdk_DIR=${SOURCE}/sdk/cmake)
endif()
execute_process(COMMAND ${CMAKE_COMMAND} -S ${SCRATCH}/template -B ${SCRATCH}/build -G ${GENERATOR} ${where}
                -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_COMPILER=${CXX} -DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}
                -DCMAKE_INSTALL_PREFIX=${SCRATCH}/installed COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${SCRATCH}/build COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_CTEST_COMMAND} --test-dir ${SCRATCH}/build --output-on-failure --no-tests=error
                COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --install ${SCRATCH}/build COMMAND_ERROR_IS_FATAL ANY)
file(GLOB_RECURSE installed RELATIVE ${SCRATCH}/installed ${SCRATCH}/installed/*)
if(NOT installed STREQUAL "lib/signalbox/plugins/only.so")
  message(FATAL_ERROR "the template installed ${installed}, not lib/signalbox/plugins/only.so")
endif()
