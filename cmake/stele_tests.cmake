# One line a test program.
include(GoogleTest)
add_custom_target(tests COMMENT "Every test program and what they start")

# stele_test(NAME FOLDER folder [FILES file…] [LABELS label…] USES target…): every TEST in it becomes a ctest test.
function(stele_test name)
  cmake_parse_arguments(T "" "FOLDER;PRECOMPILED_FROM;TIMEOUT" "FILES;USES;LABELS" ${ARGN})
  if(T_FOLDER)
    file(GLOB files CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${T_FOLDER}/*.cpp")
  endif()
  list(APPEND files ${T_FILES})
  if(NOT files)
    return()
  endif()
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 120)
  endif()
  add_executable(${name} ${files})
  target_link_libraries(${name} PRIVATE ${T_USES} stele_flags GTest::gtest_main rapidcheck_gtest)
  target_compile_definitions(${name} PRIVATE STELE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  if(T_PRECOMPILED_FROM)
    target_precompile_headers(${name} REUSE_FROM stele_${T_PRECOMPILED_FROM})
    target_compile_options(${name} PRIVATE -fPIC) # As the header was compiled; a program's -fPIE would not fit it.
  endif()
  add_dependencies(tests ${name})
  # Tests are listed when ctest starts, so that a half-built tree can still be built on.
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
                       PROPERTIES TIMEOUT ${T_TIMEOUT} LABELS "${T_LABELS}")
endfunction()

# Kill rounds: a node under load, killed and started again. 20 rounds in the suite, 200 in `scripts/test --deep`.
function(stele_drills)
  if(NOT EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/drills/kill_rounds.cpp")
    return()
  endif()
  file(GLOB files CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/drills/*.cpp")
  add_executable(kill_rounds ${files})
  target_link_libraries(kill_rounds PRIVATE stele_http stele_flags)
  add_dependencies(kill_rounds stele)
  add_dependencies(tests kill_rounds)
  add_test(NAME drills.kill_rounds COMMAND kill_rounds --program $<TARGET_FILE:stele> --rounds 20)
  add_test(NAME drills.kill_rounds_long COMMAND kill_rounds --program $<TARGET_FILE:stele> --rounds 200)
  set_tests_properties(drills.kill_rounds PROPERTIES TIMEOUT 180)
  set_tests_properties(drills.kill_rounds_long PROPERTIES TIMEOUT 1200 LABELS deep)
endfunction()

# Each file in bench/ is a program that prints tables; none of them passes or fails by a time.
function(stele_benches)
  file(GLOB files CONFIGURE_DEPENDS RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}" "${CMAKE_CURRENT_SOURCE_DIR}/bench/*.cpp")
  add_custom_target(benches COMMENT "The programs of tests/bench")
  foreach(file IN LISTS files)
    get_filename_component(name ${file} NAME_WE)
    add_executable(${name} EXCLUDE_FROM_ALL ${file})
    target_link_libraries(${name} PRIVATE stele_actors stele_flags)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bench")
    add_dependencies(benches ${name})
  endforeach()
endfunction()

# The program on README's first screen: taken out of the page, compiled, run, and its output compared with the page.
function(stele_readme_test)
  set(readme "${PROJECT_SOURCE_DIR}/README.md")
  set(folder "${CMAKE_BINARY_DIR}/readme")
  if(NOT EXISTS "${readme}")
    return()
  endif()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${readme}")
  execute_process(COMMAND "${PROJECT_SOURCE_DIR}/tests/readme/extract" "${readme}" "${folder}" COMMAND_ERROR_IS_FATAL ANY)
  add_executable(readme_program "${folder}/main.cpp")
  target_include_directories(readme_program PRIVATE "${folder}")
  target_link_libraries(readme_program PRIVATE stele_app)
  set_target_properties(readme_program PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${folder}" OUTPUT_NAME shop)
  add_dependencies(tests readme_program)
  add_test(NAME readme.its_program_prints_what_the_page_shows
           COMMAND "${PROJECT_SOURCE_DIR}/tests/readme/run" "${folder}")
  set_tests_properties(readme.its_program_prints_what_the_page_shows PROPERTIES TIMEOUT 120 LABELS release)
endfunction()

# Installs the build into a folder, builds examples/standalone against it as a stranger would, and uses that node.
function(stele_install_test)
  if(NOT EXISTS "${PROJECT_SOURCE_DIR}/examples/standalone/CMakeLists.txt")
    return()
  endif()
  add_test(NAME install.a_program_of_its_own_is_a_whole_node
           COMMAND "${PROJECT_SOURCE_DIR}/tests/install/run" "${CMAKE_COMMAND}" "${CMAKE_BINARY_DIR}" "${CMAKE_CXX_COMPILER}")
  set_tests_properties(install.a_program_of_its_own_is_a_whole_node PROPERTIES TIMEOUT 600 LABELS release)
endfunction()

# Every header compiles alone: one file for each, made here, built only by its own test.
function(stele_headers_alone)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}"
       "${PROJECT_SOURCE_DIR}/domain/*.hpp" "${PROJECT_SOURCE_DIR}/persistence/*.hpp" "${PROJECT_SOURCE_DIR}/actors/*.hpp"
       "${PROJECT_SOURCE_DIR}/app/*.hpp" "${PROJECT_SOURCE_DIR}/tests/kit/*.hpp")
  set(units "")
  foreach(header IN LISTS headers)
    string(REGEX REPLACE "[^A-Za-z0-9]" "_" name "${header}")
    set(unit "${CMAKE_BINARY_DIR}/headers_alone/${name}.cpp")
    file(CONFIGURE OUTPUT "${unit}" CONTENT "#include \"${header}\"\n#include \"${header}\"\n" @ONLY)
    list(APPEND units "${unit}")
  endforeach()
  add_library(headers_alone OBJECT EXCLUDE_FROM_ALL ${units})
  target_link_libraries(headers_alone PRIVATE stele_app stele_flags GTest::gtest)
  target_compile_options(headers_alone PRIVATE -O0 -U_FORTIFY_SOURCE)
  add_test(NAME headers.each_compiles_alone
           COMMAND "${CMAKE_COMMAND}" --build "${CMAKE_BINARY_DIR}" -j2 --target headers_alone)
  set_tests_properties(headers.each_compiles_alone PROPERTIES TIMEOUT 900 LABELS deep)
endfunction()
