# signalbox_embed_text(TARGET FILE)
#
# Makes FILE (text, from the current source folder) includable by TARGET's sources as a string literal named FILE.inc:
#   constexpr const char kSchema[] =
#   #include "schema.json.inc"
#       ;
# When FILE changes the next build configures again.
function(signalbox_embed_text target file)
  file(READ ${CMAKE_CURRENT_SOURCE_DIR}/${file} text)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/embedded)
  set(made ${folder}/${file}.inc)
  set(literal "R\"sbx_text(${text})sbx_text\"\n")
  set(old "")
  if(EXISTS ${made})
    file(READ ${made} old)
  endif()
  if(NOT "${old}" STREQUAL "${literal}") # an untouched file is not built again
    file(WRITE ${made} "${literal}")
  endif()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  target_include_directories(${target} PRIVATE ${folder})
endfunction()
