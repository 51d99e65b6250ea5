# cmake --install: the program, its unit for systemd with the program's place in it, and the pages.
include(GNUInstallDirs)
file(READ ${CMAKE_SOURCE_DIR}/scripts/driftd.service unit)
string(REPLACE "/usr/local/bin/" "${CMAKE_INSTALL_FULL_BINDIR}/" unit "${unit}")
string(REPLACE "/usr/local/share/doc/" "${CMAKE_INSTALL_FULL_DATADIR}/doc/" unit "${unit}")
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/driftd.service CONTENT "${unit}" @ONLY)
install(TARGETS driftd RUNTIME)
install(FILES ${CMAKE_BINARY_DIR}/generated/driftd.service DESTINATION lib/systemd/system)
install(DIRECTORY docs dashboards DESTINATION ${CMAKE_INSTALL_DOCDIR} PATTERN decisions EXCLUDE)
