# find_package(signalbox_sdk): the target signalbox_sdk (headers) and the functions of SignalboxPlugin.cmake and
# SignalboxEmbed.cmake.  Works in the source tree (-Dsignalbox_sdk_DIR=.../sdk/cmake) and wherever the SDK was installed:
# the headers are looked for from here upwards.
set(signalbox_sdk_FOUND FALSE)
foreach(up .. ../.. ../../.. ../../../..)
  get_filename_component(signalbox_sdk_INCLUDE_DIR ${CMAKE_CURRENT_LIST_DIR}/${up}/include ABSOLUTE)
  if(EXISTS ${signalbox_sdk_INCLUDE_DIR}/sbx/sbx.h)
    set(signalbox_sdk_FOUND TRUE)
    break()
  endif()
endforeach()
if(NOT signalbox_sdk_FOUND)
  set(signalbox_sdk_NOT_FOUND_MESSAGE "no include/sbx/sbx.h above ${CMAKE_CURRENT_LIST_DIR}; install the SDK again")
  return()
endif()
if(NOT TARGET signalbox_sdk)
  add_library(signalbox_sdk INTERFACE IMPORTED)
  set_target_properties(signalbox_sdk PROPERTIES INTERFACE_INCLUDE_DIRECTORIES ${signalbox_sdk_INCLUDE_DIR}
                        INTERFACE_COMPILE_FEATURES cxx_std_20)
endif()
include(${CMAKE_CURRENT_LIST_DIR}/SignalboxPlugin.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/SignalboxEmbed.cmake)
