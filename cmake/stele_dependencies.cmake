# What Stele stands on, each by its Debian 12 package. `scripts/install-dependencies` installs them.
find_package(Boost 1.81 QUIET COMPONENTS json)
if(NOT Boost_FOUND)
  message(FATAL_ERROR "Boost 1.81 or newer with Boost.JSON is needed. On Debian 12: apt-get install libboost1.81-dev "
                      "libboost-json1.81-dev (they replace libboost1.74-dev). Or run scripts/install-dependencies.")
endif()
find_package(CAF 0.17.6 REQUIRED COMPONENTS core io)    # libcaf-dev
find_package(SQLite3 REQUIRED)                          # libsqlite3-dev
find_package(PostgreSQL REQUIRED)                       # libpq-dev
find_package(OpenSSL 3.0 REQUIRED COMPONENTS SSL Crypto) # libssl-dev
find_package(spdlog REQUIRED)                           # libspdlog-dev
find_package(prometheus-cpp REQUIRED)                   # prometheus-cpp-dev
find_package(Threads REQUIRED)
find_package(xxHash REQUIRED)                           # libxxhash-dev
find_library(mimalloc_LIBRARY mimalloc REQUIRED)        # libmimalloc-dev

if(STELE_TESTS)
  find_package(GTest REQUIRED)                          # libgtest-dev
  find_package(rapidcheck CONFIG REQUIRED)              # librapidcheck-dev; target rapidcheck_gtest
endif()
