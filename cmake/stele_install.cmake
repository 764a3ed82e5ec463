# `cmake --install`: headers, libraries, the program and a CMake package.
