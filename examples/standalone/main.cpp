#include "app/stele.hpp"
#include "show.hpp"

static void assemble(stele::runtime& box_office) {
  box_office.host<show::aggregate>();
  box_office.project<show::view>();
}

int main(int argc, char** argv) { return stele::run(argc, argv, assemble); }
