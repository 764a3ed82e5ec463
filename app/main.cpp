#include "app/assembly.hpp"
#include "app/stele.hpp"

int main(int argc, char** argv) { return stele::run(argc, argv, stele::assemble); }
