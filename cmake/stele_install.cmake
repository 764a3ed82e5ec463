# `cmake --install`: headers, libraries, the program and a CMake package, so that a program of its own needs only
# `find_package(Stele)` and `target_link_libraries(mine Stele::app)`. examples/standalone is such a program.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/Stele")

install(TARGETS stele_domain stele_persistence stele_actors stele_security stele_gateway stele_client stele_cluster stele_http stele_app stele_kit stele
        EXPORT SteleTargets
        ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(EXPORT SteleTargets NAMESPACE Stele:: DESTINATION "${package_dir}")

# With the reference domain: its headers are what a client of the order service speaks. Of the tests only the kit, which
# is what a domain's own tests use; it is linked as Stele::kit, beside the author's GoogleTest.
foreach(folder domain persistence actors app tests/kit)
  if(EXISTS "${PROJECT_SOURCE_DIR}/${folder}")
    install(DIRECTORY "${folder}/" DESTINATION "include/stele/${folder}" FILES_MATCHING PATTERN "*.hpp")
  endif()
endforeach()

configure_package_config_file(cmake/SteleConfig.cmake.in SteleConfig.cmake INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file(SteleConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/SteleConfig.cmake" "${CMAKE_CURRENT_BINARY_DIR}/SteleConfigVersion.cmake"
              cmake/FindCAF.cmake cmake/FindxxHash.cmake DESTINATION "${package_dir}")
install(FILES config.ini LICENSE DESTINATION "${CMAKE_INSTALL_DATADIR}/stele" OPTIONAL)
