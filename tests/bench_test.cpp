// The table of the benchmarks: what is made of the lines that the programs print, and that the page tells of all of it.
#include "tests/bench/report/plan.hpp"
#include "tests/bench/report/table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace bench {
namespace {

namespace fs = std::filesystem;

std::vector<verdict> judged(const std::string& lines) {
  std::istringstream in(lines);
  return judge(read_results(in));
}

verdict of(const std::string& name, const std::string& lines) {
  for (const auto& it : judged(lines))
    if (it.of->name == name) return it;
  ADD_FAILURE() << "no measure " << name;
  return {};
}

/// The measures in the first column of the tables of docs/benchmarks.md.
std::set<std::string> names_on_the_page() {
  std::ifstream in(fs::path(STELE_SOURCE_DIR) / "docs/benchmarks.md");
  std::set<std::string> names;
  for (std::string line; std::getline(in, line);)
    if (line.rfind("| `", 0) == 0) names.insert(line.substr(3, line.find('`', 3) - 3));
  return names;
}

} // namespace

TEST(bench, the_median_of_the_ratios_decides) {
  const auto it = of("one-lane", "round one-lane 90 100\nround one-lane 30 100\nround one-lane 190 200\n");
  EXPECT_EQ(it.how, standing::reached);
  EXPECT_DOUBLE_EQ(it.ratio, 0.90);
  EXPECT_DOUBLE_EQ(it.ratio_min, 0.30);
  EXPECT_DOUBLE_EQ(it.ratio_max, 0.95);
  EXPECT_DOUBLE_EQ(it.stele, 90);
  EXPECT_DOUBLE_EQ(it.bare, 100);
}

TEST(bench, a_ratio_below_its_goal_is_missed) {
  EXPECT_EQ(of("one-lane", "round one-lane 89 100\n").how, standing::missed);
}

TEST(bench, a_latency_above_its_goal_is_missed) {
  EXPECT_EQ(of("one-caller", "round one-caller 1.2 1\n").how, standing::reached);
  EXPECT_EQ(of("one-caller", "round one-caller 1.4 1\n").how, standing::missed);
  EXPECT_EQ(of("own-look-up-p50", "round own-look-up-p50 0.2 0\n").how, standing::reached);
  EXPECT_EQ(of("own-look-up-p50", "round own-look-up-p50 0.4 0\n").how, standing::missed);
}

TEST(bench, a_wrong_answer_outweighs_every_rate) {
  EXPECT_EQ(of("one-lane", "round one-lane 100 100\nwrong one-lane 1\n").how, standing::wrong);
}

TEST(bench, what_did_not_run_is_skipped) { EXPECT_EQ(of("two-lanes", "round one-lane 1 1\n").how, standing::skipped); }

TEST(bench, a_line_nobody_understands_is_refused) {
  EXPECT_THROW(judged("round one-lane fast\n"), std::runtime_error);
  EXPECT_THROW(judged("round no-such-measure 1 1\n"), std::runtime_error);
  EXPECT_THROW(judged("segmentation fault\n"), std::runtime_error);
}

TEST(bench, the_table_shows_three_digits_and_aligns_its_columns) {
  const auto text = text_table(judged("round one-lane 58123 63221\nround own-look-up-p50 0.0123 0\n"), true);
  EXPECT_EQ(text, "measure          Stele            bare    ratio (min, median, max)  goal\n"
                  "one-lane         58,100 events/s  63,200  0.92, 0.92, 0.92          >= 0.90      reached\n"
                  "own-look-up-p50  0.012 ms                 0.012, 0.012, 0.012       <= 0.300 ms  reached\n");
}

TEST(bench, the_page_has_the_same_and_says_what_is_measured) {
  const auto text = page(judged("round one-lane 58123 63221\n"), {{"CPU", "a fast one"}});
  for (const auto* part : {"- CPU: a fast one\n", "| `two-lanes` | | | | >= 0.75 | skipped |\n",
                           "| `one-lane` | 58,100 events/s | 63,200 | 0.92, 0.92, 0.92 | >= 0.90 | reached |\n"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "is not in:\n" << text;
}

TEST(bench, the_page_tells_of_every_measure_and_of_no_other) {
  std::set<std::string> known;
  for (const auto& it : catalogue()) known.insert(it.name);
  EXPECT_EQ(names_on_the_page(), known) << "run scripts/bench: it writes docs/benchmarks.md";
}

TEST(bench, every_measure_has_a_program_and_a_name_of_its_own) {
  std::set<std::string> names;
  for (const auto& it : catalogue()) {
    EXPECT_TRUE(names.insert(it.name).second) << it.name;
    EXPECT_TRUE(fs::exists(fs::path(STELE_SOURCE_DIR) / "tests/bench" / (it.program + ".cpp"))) << it.program;
  }
}

TEST(bench, a_quick_run_leaves_out_the_millions) {
  std::string quick;
  for (const auto& it : plan(scale::quick, {})) quick += it.names + ",";
  EXPECT_NE(quick.find("live-orders,"), std::string::npos);
  EXPECT_EQ(quick.find("million"), std::string::npos);
  const auto full = plan(scale::full, {"million-orders"});
  ASSERT_EQ(full.size(), 1u);
  EXPECT_EQ(full[0].program, "memory");
  EXPECT_EQ(full[0].names, "million-orders");
}

} // namespace bench
