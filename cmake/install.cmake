# The tree after `cmake --install`, the same below the prefix as in the build folder, because the program finds its plugins
# and its files relative to itself:
#
#   bin/signalbox   lib/signalbox/plugins/*.so   share/signalbox/{examples, what cmake/assets.cmake copies}
#   share/doc/signalbox   and the SDK (sdk/CMakeLists.txt): include/sbx, its CMake package, its template
#
# "lib" is written out: a multiarch folder (lib/x86_64-linux-gnu) is for libraries that others link.
if(TARGET signalbox)
  install(TARGETS signalbox RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
endif()

# Only our own: tests build modules as well.
foreach(folder sources/redis sources/webhook sources/oauth sources/echo_api filters/whitelist filters/auth sinks/socketio sinks/sse sinks/websocket)
  set(folder ${PROJECT_SOURCE_DIR}/plugins/${folder})
  if(EXISTS ${folder}/CMakeLists.txt)
    get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
    foreach(target ${targets})
      get_target_property(type ${target} TYPE)
      if(type STREQUAL MODULE_LIBRARY)
        install(TARGETS ${target} LIBRARY DESTINATION lib/signalbox/plugins COMPONENT program)
      endif()
    endforeach()
  endif()
endforeach()

install(DIRECTORY config/ DESTINATION ${CMAKE_INSTALL_DATADIR}/signalbox/examples COMPONENT program)
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/signalbox COMPONENT program)
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/signalbox COMPONENT program)
