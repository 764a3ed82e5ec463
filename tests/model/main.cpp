// protocol_model [--short | --only WORDS | --rules | --rule R7]: checks the protocol; docs/protocol.md says what that
// means.
#include "tests/model/runs.hpp"

#include <cstdio>
#include <cstring>

namespace {

using namespace model;

std::string result_of(const verdict& it) {
  if (!it.holds) return "BROKEN " + it.broken;
  return it.complete ? "holds" : "NOT FINISHED: more states than the limit";
}

void tell(const verdict& it) {
  int number = 0;
  for (const std::string& line : it.story) std::printf("  %2d. %s\n", ++number, line.c_str());
  if (!it.holds) std::printf("  => %s\n", it.broken.c_str());
}

/// Every configuration up to a size whose description has the words, with all rules; fails when one does not hold.
int check_all(int size_max, const char* words = "") {
  int failed = 0;
  std::printf("%12s %12s  result\n", "states", "edges");
  for (const holding_run& run : holding_runs()) {
    if (run.size > size_max || run.words.find(words) == std::string::npos) continue;
    const verdict it = run.of(rules{});
    std::printf("%12zu %12zu  %s: %s\n", it.states, it.edges, result_of(it).c_str(), run.words.c_str());
    std::fflush(stdout);
    if (it.holds && it.complete) continue;
    ++failed;
    tell(it);
  }
  if (failed) std::printf("%d configurations do not hold\n", failed);
  return failed ? 1 : 0;
}

/// Every rule off in turn; fails when nothing breaks, or when something does without a candidate that is no rule.
int check_rules() {
  int failed = 0;
  for (const rule_run& run : rule_runs()) {
    const verdict it = run.of(rules{}.without(run.which));
    const bool expected = run.needed ? !it.holds : it.holds && it.complete;
    std::printf("%-4s %-75s %s", run.number.c_str(), run.words.c_str(), result_of(it).c_str());
    if (!it.holds) std::printf(", in %zu steps", it.story.size());
    std::printf("%s\n", expected ? "" : "   <= UNEXPECTED");
    std::fflush(stdout);
    failed += expected ? 0 : 1;
  }
  if (failed) std::printf("%d rules are not as docs/protocol.md says\n", failed);
  return failed ? 1 : 0;
}

int tell_without(const char* number) {
  for (const rule_run& run : rule_runs()) {
    if (run.number != number) continue;
    std::printf("without %s (%s):\n", number, run.words.c_str());
    const verdict it = run.of(rules{}.without(run.which));
    if (it.holds) std::printf("  nothing breaks in %zu states: it is no rule\n", it.states);
    tell(it);
    return 0;
  }
  std::fprintf(stderr, "unknown rule `%s`; `--rules` lists them\n", number);
  return 2;
}

} // namespace

int main(int argc, char** argv) {
  if (argc == 1) return check_all(1);
  if (argc == 2 && !std::strcmp(argv[1], "--short")) return check_all(0);
  if (argc == 3 && !std::strcmp(argv[1], "--only")) return check_all(1, argv[2]);
  if (argc == 2 && !std::strcmp(argv[1], "--rules")) return check_rules();
  if (argc == 3 && !std::strcmp(argv[1], "--rule")) return tell_without(argv[2]);
  std::fprintf(stderr, "usage: %s [--short | --only WORDS | --rules | --rule R7]\n", argv[0]);
  return 2;
}
