# One line a test program.
include(GoogleTest)
add_custom_target(tests COMMENT "Every test program and what they start")

# stele_test(NAME FOLDER folder [FILES file…] [LABELS label…] [WHOLE] USES target…): every TEST in it becomes a ctest test;
# WHOLE: the program is one, as when all of them share what is dear to start.
function(stele_test name)
  cmake_parse_arguments(T "WHOLE" "FOLDER;PRECOMPILED_FROM;TIMEOUT" "FILES;USES;LABELS" ${ARGN})
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
  if(T_WHOLE)
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES TIMEOUT ${T_TIMEOUT} LABELS "${T_LABELS}")
    return()
  endif()
  # Tests are listed when ctest starts, so that a half-built tree can still be built on.
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
                       PROPERTIES TIMEOUT ${T_TIMEOUT} LABELS "${T_LABELS}")
endfunction()

# Kill rounds: a node under load, killed and started again, on SQLite and, with its server, on PostgreSQL. A few in the
# suite, many in `scripts/test --deep`.
function(stele_drills)
  if(NOT EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/drills/kill_rounds.cpp")
    return()
  endif()
  file(GLOB files CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/drills/*.cpp")
  list(FILTER files EXCLUDE REGEX "(_rounds|cluster_story|cluster_wires).cpp$")
  add_library(drill_shim SHARED EXCLUDE_FROM_ALL drills/shim/shim.cpp) # Loaded into processes, linked to none.
  target_include_directories(drill_shim PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(drill_shim PRIVATE stele_flags)
  add_library(drill_parts STATIC EXCLUDE_FROM_ALL ${files} drills/shim/shimmed.cpp)
  target_link_libraries(drill_parts PUBLIC stele_http stele_client stele_servers PRIVATE stele_flags)
  foreach(drill kill_rounds server_rounds fault_rounds cluster_story cluster_wires)
    add_executable(${drill} "${CMAKE_CURRENT_SOURCE_DIR}/drills/${drill}.cpp")
    target_link_libraries(${drill} PRIVATE drill_parts stele_flags)
    add_dependencies(${drill} stele)
    add_dependencies(tests ${drill})
  endforeach()
  add_dependencies(fault_rounds drill_shim)
  add_test(NAME drills.kill_rounds COMMAND kill_rounds --program $<TARGET_FILE:stele> --rounds 20)
  add_test(NAME drills.kill_rounds_long COMMAND kill_rounds --program $<TARGET_FILE:stele> --rounds 200)
  add_test(NAME drills.server_rounds COMMAND server_rounds --program $<TARGET_FILE:stele> --rounds 4)
  add_test(NAME drills.server_rounds_long COMMAND server_rounds --program $<TARGET_FILE:stele> --rounds 40 --seed 2)
  add_test(NAME drills.cluster_story COMMAND cluster_story --program $<TARGET_FILE:stele>)
  set_tests_properties(drills.cluster_story PROPERTIES TIMEOUT 180 RUN_SERIAL TRUE)
  add_test(NAME drills.fault_rounds COMMAND fault_rounds --program $<TARGET_FILE:stele> --shim $<TARGET_FILE:drill_shim>)
  set_tests_properties(drills.fault_rounds PROPERTIES TIMEOUT 600 RUN_SERIAL TRUE LABELS deep)
  set_tests_properties(drills.kill_rounds drills.server_rounds PROPERTIES TIMEOUT 180)
  set_tests_properties(drills.kill_rounds_long PROPERTIES TIMEOUT 3600 LABELS long)
  set_tests_properties(drills.server_rounds_long PROPERTIES TIMEOUT 1200 LABELS deep)
endfunction()

# The protocol between nodes, walked through state by state; docs/protocol.md. It uses nothing of the layers.
function(stele_protocol_model)
  file(GLOB files CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/model/*.cpp")
  add_executable(protocol_model ${files})
  target_include_directories(protocol_model PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(protocol_model PRIVATE stele_flags)
  add_dependencies(tests protocol_model)
  add_test(NAME model.holds COMMAND protocol_model --short)
  add_test(NAME model.each_rule_is_needed COMMAND protocol_model --rules)
  add_test(NAME model.holds_in_the_long_form COMMAND protocol_model)
  set_tests_properties(model.holds model.each_rule_is_needed PROPERTIES TIMEOUT 300 LABELS release)
  set_tests_properties(model.holds_in_the_long_form PROPERTIES TIMEOUT 1800 LABELS deep)
endfunction()

# Clusters in one thread, from seeds; docs/simulation.md. The kit, and the files of the actors that have sabotages, are
# compiled anew with them; objects stand before the library's. The campaign hosts counters; simulated_tests, as an author
# would, domains of their own.
function(stele_simulation)
  file(GLOB files CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/kit/simulated/*.cpp")
  foreach(part aggregate_deciding aggregate_loading asked_query keyed_projection_writes lane_queue membership_peers
               membership_shards persistence_actor projection_writes projector_rebuilds served_view shard_region
               write_context)
    list(APPEND files "${PROJECT_SOURCE_DIR}/actors/${part}.cpp")
  endforeach()
  add_library(stele_mistakes OBJECT EXCLUDE_FROM_ALL ${files} simulate/sabotages.cpp)
  target_link_libraries(stele_mistakes PUBLIC stele_actors PRIVATE stele_flags)
  target_compile_definitions(stele_mistakes PUBLIC STELE_SIMULATION)
  target_precompile_headers(stele_mistakes REUSE_FROM stele_actors)
  stele_test(simulated_tests FOLDER simulated PRECOMPILED_FROM actors USES stele_mistakes)
  file(GLOB campaign CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/simulate/*.cpp")
  list(REMOVE_ITEM campaign "${CMAKE_CURRENT_SOURCE_DIR}/simulate/sabotages.cpp")
  add_executable(simulate ${campaign})
  target_link_libraries(simulate PRIVATE stele_mistakes stele_flags)
  target_precompile_headers(simulate REUSE_FROM stele_actors)
  target_compile_options(simulate PRIVATE -fPIC) # As the header was compiled.
  add_dependencies(tests simulate)
  add_test(NAME simulate.every_promise_holds COMMAND simulate --seeds 300)
  add_test(NAME simulate.a_shard_given_too_early_is_found COMMAND simulate --sabotage given_before_decisions_end)
  add_test(NAME simulate.a_give_taken_as_not_given_is_found COMMAND simulate --sabotage unknown_give_taken_as_not_given)
  add_test(NAME simulate.rows_beside_their_checkpoint_are_found
           COMMAND simulate --sabotage checkpoint_in_a_second_transaction)
  add_test(NAME simulate.every_promise_holds_in_the_long_form COMMAND simulate --from 1000 --seeds 5000)
  add_test(NAME simulate.every_mistake_is_found COMMAND simulate --sabotage all)
  set_tests_properties(simulate.every_promise_holds_in_the_long_form simulate.every_mistake_is_found
                       PROPERTIES TIMEOUT 600 LABELS deep)
endfunction()

# Each file in bench/ is a program that measures something; none of them passes or fails by a time. bench/report makes a
# table of what they print, and that is tested like everything else.
function(stele_benches)
  file(GLOB report CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/bench/report/*.cpp")
  add_library(stele_bench_report STATIC EXCLUDE_FROM_ALL ${report})
  target_link_libraries(stele_bench_report PUBLIC Boost::headers CAF::core SQLite::SQLite3 PRIVATE stele_flags)
  target_include_directories(stele_bench_report PUBLIC "${PROJECT_SOURCE_DIR}")
  file(GLOB files CONFIGURE_DEPENDS RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}" "${CMAKE_CURRENT_SOURCE_DIR}/bench/*.cpp")
  add_custom_target(benches COMMENT "The programs of tests/bench")
  foreach(file IN LISTS files)
    get_filename_component(name ${file} NAME_WE)
    add_executable(bench_${name} EXCLUDE_FROM_ALL ${file})
    target_link_libraries(bench_${name} PRIVATE stele_bench_report stele_app stele_servers stele_flags)
    stele_allocator(bench_${name})
    set_target_properties(bench_${name} PROPERTIES OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bench")
    add_dependencies(benches bench_${name})
  endforeach()
endfunction()

# What any bytes from outside reach first, compiled anew with clang's fuzzer; a minute each in `scripts/test --deep`.
function(stele_fuzzers)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    return()
  endif()
  file(GLOB fuzzed CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/app/gateway/basp_*.cpp"
       "${PROJECT_SOURCE_DIR}/app/gateway/protocol*.cpp" "${PROJECT_SOURCE_DIR}/app/cluster/peer_codec.cpp"
       "${PROJECT_SOURCE_DIR}/app/cluster/peer_fields.cpp" "${PROJECT_SOURCE_DIR}/persistence/json_*.cpp")
  list(APPEND fuzzed "${PROJECT_SOURCE_DIR}/persistence/identifiers.cpp" "${PROJECT_SOURCE_DIR}/actors/token.cpp"
       "${PROJECT_SOURCE_DIR}/actors/refusal.cpp")
  file(GLOB programs CONFIGURE_DEPENDS RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}" "${CMAKE_CURRENT_SOURCE_DIR}/fuzz/*.cpp")
  add_custom_target(fuzzers COMMENT "The programs of tests/fuzz")
  foreach(file IN LISTS programs)
    get_filename_component(name ${file} NAME_WE)
    add_executable(${name} EXCLUDE_FROM_ALL ${file} ${fuzzed})
    target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")
    target_link_libraries(${name} PRIVATE CAF::core xxHash::xxhash Boost::json)
    target_compile_definitions(${name} PRIVATE CAF_ENABLE_TYPE_ID_CHECKS)
    target_compile_options(${name} PRIVATE -O1 -g1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer,address,undefined)
    add_dependencies(fuzzers ${name})
    add_test(NAME fuzz.${name} COMMAND ${name} -max_total_time=60 -max_len=4096 -print_final_stats=1)
    set_tests_properties(fuzz.${name} PROPERTIES TIMEOUT 180 LABELS deep)
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
  target_link_libraries(headers_alone PRIVATE stele_app stele_flags GTest::gtest rapidcheck_gtest)
  target_compile_options(headers_alone PRIVATE -O0 -U_FORTIFY_SOURCE)
  add_test(NAME headers.each_compiles_alone
           COMMAND "${CMAKE_COMMAND}" --build "${CMAKE_BINARY_DIR}" -j2 --target headers_alone)
  set_tests_properties(headers.each_compiles_alone PROPERTIES TIMEOUT 1800 LABELS deep)
endfunction()
