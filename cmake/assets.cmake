# The files that are served beside events, which every build copies beside its program, to share/signalbox/: those of
# sinks (sbx.asset/1), which scripts/setup lays out in build/assets, and the browsers' helper, sdk/js/signalbox.js, which
# every listener has.  Without them everything builds; only their requests answer 404.
#
# Included by the build; the build calls the same file as a script (cmake -DFROM=... -DTO=... -P) to do the copying,
# so that files that arrive after the configure step are picked up.
if(CMAKE_SCRIPT_MODE_FILE)
  if(IS_DIRECTORY ${FROM})
    file(COPY ${FROM}/ DESTINATION ${TO})
  endif()
  file(COPY ${HELPER} DESTINATION ${TO})
  return()
endif()

set(SIGNALBOX_ASSETS ${PROJECT_SOURCE_DIR}/build/assets CACHE PATH "Where scripts/setup put the files to serve")
add_custom_target(signalbox_assets ALL
  COMMAND ${CMAKE_COMMAND} -DFROM=${SIGNALBOX_ASSETS} -DHELPER=${PROJECT_SOURCE_DIR}/sdk/js/signalbox.js
          -DTO=${SIGNALBOX_SHARE_DIRECTORY} -P ${CMAKE_CURRENT_LIST_FILE}
  COMMENT "" VERBATIM)
install(FILES ${PROJECT_SOURCE_DIR}/sdk/js/signalbox.js DESTINATION ${CMAKE_INSTALL_DATADIR}/signalbox COMPONENT program)
install(DIRECTORY ${SIGNALBOX_ASSETS}/ DESTINATION ${CMAKE_INSTALL_DATADIR}/signalbox OPTIONAL COMPONENT program)
