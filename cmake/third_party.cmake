# Every library that is not ours, found once. All of them are SYSTEM: their warnings are not ours.

find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED COMPONENTS Crypto)
find_package(SQLite3 REQUIRED)
find_package(CURL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tl-expected REQUIRED)

# yaml-cpp 0.7 of Debian exports a bare target and no alias.
if(NOT TARGET yaml-cpp::yaml-cpp)
  add_library(yaml-cpp::yaml-cpp ALIAS yaml-cpp)
endif()

# ONNX Runtime: tools/setup/onnxruntime.sh puts the pinned library and headers here.
set(MOORAGE_ORT_DIR "${CMAKE_SOURCE_DIR}/.deps/onnxruntime" CACHE PATH "Pinned ONNX Runtime")
set(MOORAGE_ORT_VERSION 1.28.0)
set(ort_library "${MOORAGE_ORT_DIR}/lib/libonnxruntime.so.${MOORAGE_ORT_VERSION}")
if(NOT EXISTS "${ort_library}")
  message(FATAL_ERROR "ONNX Runtime ${MOORAGE_ORT_VERSION} is missing; run: tools/setup/onnxruntime.sh")
endif()
add_library(onnxruntime SHARED IMPORTED)
find_path(MOORAGE_ORT_INCLUDE onnxruntime_cxx_api.h
  PATHS "${MOORAGE_ORT_DIR}/include" PATH_SUFFIXES onnxruntime onnxruntime/core/session NO_DEFAULT_PATH REQUIRED)
set_target_properties(onnxruntime PROPERTIES
  IMPORTED_LOCATION "${ort_library}" IMPORTED_SONAME libonnxruntime.so.1)
target_include_directories(onnxruntime SYSTEM INTERFACE "${MOORAGE_ORT_INCLUDE}")

if(MOORAGE_TESTS)
  find_package(GTest REQUIRED)
endif()
