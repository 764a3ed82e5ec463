// Reads the pages for people and holds them against the tree: what they name is there, what they show is so.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

const fs::path root = STELE_SOURCE_DIR;

std::vector<std::string> lines_of(const fs::path& file) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(std::move(line));
  return lines;
}

std::vector<fs::path> pages() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(root))
    if (entry.path().extension() == ".md") found.push_back(entry.path());
  for (const auto& entry : fs::recursive_directory_iterator(root / "docs"))
    if (entry.path().extension() == ".md") found.push_back(entry.path());
  return found;
}

/// Calls `take(match)` for each place of `line` that has the form.
template <class Take>
void each_match(const std::string& line, const std::regex& form, Take take) {
  for (auto it = std::sregex_iterator(line.begin(), line.end(), form); it != std::sregex_iterator(); ++it) take(*it);
}

/// A block of a page between ```diff and ```.
struct shown_diff {
  std::string file;               ///< From its line `+++ b/FILE`.
  std::vector<std::string> after; ///< The lines that stand in the file once the diff was applied.
};

std::vector<shown_diff> diffs_of(const fs::path& page) {
  std::vector<shown_diff> found;
  bool inside = false;
  for (const auto& line : lines_of(page)) {
    if (line.rfind("```", 0) == 0) {
      inside = line == "```diff";
      continue;
    }
    if (!inside || line.rfind("@@", 0) == 0) continue;
    if (line.rfind("+++ b/", 0) == 0)
      found.push_back({line.substr(6), {}});
    else if (!found.empty() && !line.empty() && (line[0] == '+' || line[0] == ' '))
      found.back().after.push_back(line.substr(1));
  }
  return found;
}

/// Without what stands in blocks of code.
std::vector<std::string> prose_of(const fs::path& page) {
  std::vector<std::string> found;
  bool inside = false;
  for (auto& line : lines_of(page))
    if (line.rfind("```", 0) == 0)
      inside = !inside;
    else if (!inside)
      found.push_back(std::move(line));
  return found;
}

} // namespace

TEST(docs, every_link_leads_somewhere) {
  static const std::regex link(R"(\]\(([^)#]+)[^)]*\))");
  for (const auto& page : pages())
    for (const auto& line : prose_of(page))
      each_match(line, link, [&](const std::smatch& match) {
        const std::string target = match[1];
        if (target.rfind("http", 0) == 0) return;
        EXPECT_TRUE(fs::exists(page.parent_path() / target)) << page << " links to " << target;
      });
}

TEST(docs, every_file_named_is_there) {
  static const std::regex file(
      R"(`((domain|persistence|actors|app|tests|scripts|docs|examples|cmake)/[A-Za-z0-9_./-]*)`)");
  for (const auto& page : pages())
    for (const auto& line : lines_of(page))
      each_match(line, file, [&](const std::smatch& match) {
        EXPECT_TRUE(fs::exists(root / match[1].str())) << page << " names " << match[1];
      });
}

TEST(docs, every_diff_shown_is_in_the_tree) {
  std::size_t shown = 0;
  for (const auto& page : pages())
    for (const auto& diff : diffs_of(page)) {
      ++shown;
      const auto file = lines_of(root / diff.file);
      auto from = file.begin();
      for (const auto& line : diff.after) {
        const auto at = std::find(from, file.end(), line);
        ASSERT_NE(at, file.end()) << page << " shows a line that " << diff.file << " does not have there: " << line;
        from = at + 1;
      }
    }
  EXPECT_GT(shown, 0u);
}

TEST(docs, the_protocol_page_names_every_rule_of_the_model) {
  static const std::regex rule(R"re(\{"([RC][0-9]+[a-z]?)", *rule::)re");
  std::string page;
  for (const auto& line : lines_of(root / "docs/protocol.md")) page += line + "\n";
  std::size_t rules = 0;
  for (const auto& file : fs::directory_iterator(root / "tests/model"))
    for (const auto& line : lines_of(file.path()))
      each_match(line, rule, [&](const std::smatch& match) {
        ++rules;
        EXPECT_TRUE(std::regex_search(page, std::regex("\\b" + match[1].str() + "\\b"))) << match[1];
      });
  EXPECT_GT(rules, 40u);
}
