# How everything is compiled.
option(STELE_TESTS "Build the tests" ON)
option(STELE_WERROR "Warnings are errors" ON)
set(STELE_SANITIZE "" CACHE STRING "Sanitizers to build with: address,undefined or thread")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

# Linked by every target of the tree, exported to none: a user's program keeps its own flags.
add_library(stele_flags INTERFACE)
target_compile_definitions(stele_flags INTERFACE CAF_ENABLE_TYPE_ID_CHECKS BOOST_ASIO_NO_DEPRECATED)
target_compile_options(stele_flags INTERFACE -Wall -Wextra -Wpedantic -Wnon-virtual-dtor -Woverloaded-virtual
  -fstack-protector-strong -fstack-clash-protection $<$<BOOL:${STELE_WERROR}>:-Werror>)
target_link_options(stele_flags INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack -pie)
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  target_compile_options(stele_flags INTERFACE -fcf-protection)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  # Assertions stay on: a wrong belief must stop an actor, not travel on.
  set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")
  target_compile_definitions(stele_flags INTERFACE _FORTIFY_SOURCE=2)
endif()
# Not what the address sanitizer sees too, nor casts of polymorphic types: a third of the compile time. The presets let
# warnings be, for under sanitizers g++ 12 warns of much that is nothing.
if(STELE_SANITIZE)
  target_compile_options(stele_flags INTERFACE -fsanitize=${STELE_SANITIZE} -fno-sanitize=null,object-size,vptr
                                               -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  target_link_options(stele_flags INTERFACE -fsanitize=${STELE_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND STELE_SANITIZE STREQUAL "thread")
    target_compile_options(stele_flags INTERFACE -Wno-tsan) # It does not see fences; where Asio has them it locks as well.
  endif()
endif()
