# The flags of our own code. Third-party headers arrive as SYSTEM and are exempt.

add_library(moorage_flags INTERFACE)
target_compile_options(moorage_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -fno-omit-frame-pointer)

# GCC 12 and 13 see out-of-bounds copies in correct std::string code, depending on what was inlined and
# even on the length of the path to the sources (GCC bugs 105329, 105651). The sanitizers look for real ones.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
  target_compile_options(moorage_flags INTERFACE
    -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread)
endif()

# No path of the machine that built it ends up in the program.
add_compile_options("-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=")

if(MOORAGE_SANITIZE)
  string(REPLACE "+" "," sanitizers "${MOORAGE_SANITIZE}")
  add_compile_options(-fsanitize=${sanitizers} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${sanitizers})
  if(MOORAGE_SANITIZE MATCHES "thread")
    target_compile_options(moorage_flags INTERFACE -Wno-tsan)
  endif()
endif()
if(MOORAGE_COVERAGE)
  add_compile_options(--coverage -O0)
  add_link_options(--coverage)
endif()

find_program(MOORAGE_CCACHE ccache)
if(MOORAGE_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER
    "${CMAKE_COMMAND}" -E env
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime,locale
    CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 CCACHE_COMPILERCHECK=content
    "${MOORAGE_CCACHE}")
endif()
find_program(MOORAGE_MOLD mold)
if(MOORAGE_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
