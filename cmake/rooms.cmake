# add_room(<room> [COLD] [GROUP <files>] [LIBS <third-party target>...] [SERVICES postgres|redis|s3|smtp...])
#
# Makes the library moorage_<room> out of every .cc of the room's folder, and the test program
# <room>_test out of every *_test.cc. The rooms that it links are those of its row in cmake/rooms.txt,
# so the graph of rooms is a DAG by construction: a room is added after those that it includes.
#
# The files of a room are compiled in groups (MOORAGE_UNITY) of 12, so names in unnamed namespaces are
# unique in a room. A smaller GROUP is quicker to rebuild, and costs more when all is built.
# COLD: no prediction runs this code, so it is optimised less, which compiles a third faster.
#
# With SERVICES the tests run beside real servers, which tools/services.sh starts on free ports and
# stops. A test finds them in its environment (MOORAGE_TEST_POSTGRES, ...), and has the label `services`.

set(MOORAGE_ROOMS_TABLE "${CMAKE_SOURCE_DIR}/cmake/rooms.txt")
set_property(DIRECTORY "${CMAKE_SOURCE_DIR}" APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${MOORAGE_ROOMS_TABLE}")
file(STRINGS "${MOORAGE_ROOMS_TABLE}" moorage_rows REGEX "^[a-z]")
foreach(row IN LISTS moorage_rows)
  string(REGEX MATCH "^([a-z0-9_]+) *\\|[^|]*\\| *([^ |]+) *\\|([^|]*)\\|(.*)$" _ "${row}")
  set(room "${CMAKE_MATCH_1}")
  set(tests "${CMAKE_MATCH_4}")
  list(APPEND MOORAGE_FOLDERS "${CMAKE_MATCH_2}")
  set(MOORAGE_FOLDER_${room} "${CMAKE_MATCH_2}")
  string(REGEX MATCHALL "[a-z0-9_]+" MOORAGE_INCLUDES_${room} "${CMAKE_MATCH_3}")
  string(REGEX MATCHALL "[a-z0-9_]+" MOORAGE_TESTS_${room} "${tests}")
endforeach()

function(add_room room)
  cmake_parse_arguments(ROOM "COLD" "GROUP" "LIBS;SERVICES" ${ARGN})
  if(NOT ROOM_GROUP)
    set(ROOM_GROUP 12)
  endif()
  if(NOT MOORAGE_FOLDER_${room})
    message(FATAL_ERROR "room '${room}' has no row in cmake/rooms.txt")
  endif()

  set(folder "${CMAKE_SOURCE_DIR}/${MOORAGE_FOLDER_${room}}")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${folder}/*.cc")
  foreach(other IN LISTS MOORAGE_FOLDERS)  # a room inside the folder of another
    if(other MATCHES "^${MOORAGE_FOLDER_${room}}/")
      list(FILTER sources EXCLUDE REGEX "/${other}/")
    endif()
  endforeach()
  set(tests ${sources})
  set(fakes ${sources})
  list(FILTER sources EXCLUDE REGEX "_(test|fuzz|bench)\\.cc$|/testing/|/main\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER fakes INCLUDE REGEX "/testing/")
  list(FILTER fakes EXCLUDE REGEX "_test\\.cc$")
  list(TRANSFORM MOORAGE_INCLUDES_${room} PREPEND moorage_ OUTPUT_VARIABLE rooms)
  list(TRANSFORM MOORAGE_TESTS_${room} PREPEND moorage_ OUTPUT_VARIABLE test_rooms)

  set(target moorage_${room})
  if(sources)
    add_library(${target} STATIC ${sources})
    target_include_directories(${target} PUBLIC "${CMAKE_SOURCE_DIR}/src")
    target_link_libraries(${target} PUBLIC ${rooms} ${ROOM_LIBS} PRIVATE moorage_flags)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ${MOORAGE_UNITY} UNITY_BUILD_BATCH_SIZE ${ROOM_GROUP})
    if(ROOM_COLD)
      target_compile_options(${target} PRIVATE $<$<CONFIG:RelWithDebInfo>:-O1>)
    endif()
    if(MOORAGE_PCH)
      target_precompile_headers(${target} REUSE_FROM moorage_precompiled)
    endif()
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE "${CMAKE_SOURCE_DIR}/src")
    target_link_libraries(${target} INTERFACE ${rooms} ${ROOM_LIBS})
  endif()

  # The fakes of a room are a library of their own, for its tests and those of the rooms above.
  set(all_fakes)
  foreach(name IN LISTS room MOORAGE_INCLUDES_${room} MOORAGE_TESTS_${room})
    list(APPEND all_fakes $<TARGET_NAME_IF_EXISTS:moorage_${name}_fakes>)
  endforeach()
  if(fakes AND (MOORAGE_TESTS OR MOORAGE_FUZZ))
    add_library(${target}_fakes STATIC EXCLUDE_FROM_ALL ${fakes})
    target_link_libraries(${target}_fakes PUBLIC ${target} ${test_rooms} PRIVATE moorage_flags)
  endif()

  if(MOORAGE_TESTS AND tests)
    add_executable(${room}_test ${tests})
    set_target_properties(${room}_test PROPERTIES UNITY_BUILD ${MOORAGE_UNITY} UNITY_BUILD_BATCH_SIZE 12)
    target_link_libraries(${room}_test PRIVATE ${all_fakes} ${target} ${test_rooms}
      moorage_test_flags moorage_test_main)
    # Every checkout compiles the same text, so they share the compiler cache.
    target_compile_definitions(${room}_test PRIVATE MOORAGE_SOURCE_DIR=".")
    if(MOORAGE_PCH)
      target_precompile_headers(${room}_test REUSE_FROM moorage_test_main)
    endif()
    add_dependencies(unit_tests ${room}_test)
    set(labels unit)
    set(beside)
    if(ROOM_SERVICES)
      list(APPEND labels services)
      set(beside "${CMAKE_SOURCE_DIR}/tools/services.sh" ${ROOM_SERVICES} --)
    endif()
    add_test(NAME unit.${room} COMMAND ${beside} $<TARGET_FILE:${room}_test>)
    set_tests_properties(unit.${room} PROPERTIES LABELS "${labels}" TIMEOUT 300)
  endif()
endfunction()
