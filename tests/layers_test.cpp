// Reads the source tree and holds the rules that no compiler holds: who may include what, and how a file looks.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using namespace std::string_literals;

struct source_file {
  std::string path; ///< From the root of the tree, as `actors/node.hpp`.
  std::vector<std::string> lines;

  bool within(const std::string& folder) const { return path.rfind(folder + "/", 0) == 0; }
  bool is_header() const { return path.ends_with(".hpp"); }
};

source_file read(const fs::path& file, const fs::path& root) {
  source_file it{fs::relative(file, root).generic_string(), {}};
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) it.lines.push_back(std::move(line));
  return it;
}

/// Every C++ file of the tree, read once.
const std::vector<source_file>& sources() {
  static const auto all = [] {
    const fs::path root = STELE_SOURCE_DIR;
    std::vector<source_file> found;
    for (const auto* folder : {"domain", "persistence", "actors", "app", "tests", "examples"})
      for (const auto& entry : fs::recursive_directory_iterator(root / folder))
        if (entry.path().extension() == ".hpp" || entry.path().extension() == ".cpp")
          found.push_back(read(entry.path(), root));
    return found;
  }();
  return all;
}

bool is_layer(const source_file& file) {
  return file.within("domain") || file.within("persistence") || file.within("actors") || file.within("app");
}

/// The names a file includes, as written: `"actors/node.hpp"` or `<string>`.
std::vector<std::string> includes(const source_file& file) {
  static const std::regex line_form(R"(^\s*#\s*include\s*([<"][^>"]+[>"]).*)");
  std::vector<std::string> names;
  for (const auto& line : file.lines)
    if (std::smatch match; std::regex_match(line, match, line_form)) names.push_back(match[1]);
  return names;
}

/// Fails with a sentence for each include of a file `in` that `permitted` says no to.
void expect_includes(const std::string& in, const std::string& rule,
                     const std::function<bool(const source_file&, const std::string&)>& permitted) {
  for (const auto& file : sources()) {
    if (!file.within(in)) continue;
    for (const auto& name : includes(file))
      EXPECT_TRUE(permitted(file, name)) << file.path << " includes " << name << ": " << rule;
  }
}

bool starts(const std::string& text, std::initializer_list<std::string> with) {
  return std::any_of(with.begin(), with.end(), [&](const auto& it) { return text.rfind(it, 0) == 0; });
}

/// Fails for each line of the files `chosen` in which `word` occurs.
void expect_no_line_with(const std::string& word, const std::string& rule,
                         const std::function<bool(const source_file&)>& chosen) {
  for (const auto& file : sources()) {
    if (!chosen(file)) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i)
      EXPECT_EQ(file.lines[i].find(word), std::string::npos) << file.path << ":" << i + 1 << ": " << rule;
  }
}

bool any_file(const source_file&) { return true; }

} // namespace

TEST(layers, the_tree_is_found) { EXPECT_GT(sources().size(), 20u) << "looked in " << STELE_SOURCE_DIR; }

TEST(layers, the_domain_includes_nothing_that_could_make_a_rule_impure) {
  static const std::set<std::string> standard = {
      "<algorithm>",       "<array>",   "<charconv>",      "<cmath>",  "<compare>",  "<concepts>",    "<cstddef>",
      "<cstdint>",         "<cstdlib>", "<functional>",    "<limits>", "<map>",      "<memory>",      "<numeric>",
      "<optional>",        "<set>",     "<span>",          "<string>", "<tuple>",    "<string_view>", "<type_traits>",
      "<utility>",         "<variant>", "<unordered_map>", "<vector>", "<iterator>", "<stdexcept>",   "<cstring>",
      "<initializer_list>"};
  expect_includes("domain", "domain/ knows itself, Boost.JSON, Describe and Mp11, and the standard headers on the list",
                  [](const auto&, const auto& name) {
                    return starts(name, {"\"domain/", "<boost/json", "<boost/describe", "<boost/mp11"}) ||
                           standard.count(name) != 0;
                  });
}

TEST(layers, the_stores_know_neither_actors_nor_the_domain) {
  expect_includes("persistence", "persistence/ knows only itself and its libraries", [](const auto&, const auto& name) {
    return !starts(name, {"\"domain/", "\"actors/", "\"app/", "<caf/", "<boost/beast", "<boost/asio"});
  });
}

TEST(layers, actors_know_the_domain_only_where_it_is_hosted) {
  expect_includes(
      "actors", "only actors/hosted* may look into domain/; nobody here looks into app/",
      [](const auto& file, const auto& name) {
        if (name.rfind("\"domain/", 0) == 0) return starts(file.path, {"actors/hosted"});
        return !starts(name, {"\"app/", "<sqlite3", "<boost/beast", "<boost/asio", "<prometheus/", "<CLI/"});
      });
}

TEST(layers, only_the_sqlite_folder_speaks_sqlite) {
  for (const auto& file : sources()) {
    if (!is_layer(file) || file.within("persistence/sqlite")) continue;
    for (const auto& name : includes(file)) EXPECT_NE(name, "<sqlite3.h>") << file.path;
  }
}

TEST(layers, only_the_postgres_folder_speaks_libpq) {
  for (const auto& file : sources()) {
    if (!is_layer(file) || file.within("persistence/postgres")) continue;
    for (const auto& name : includes(file)) EXPECT_FALSE(starts(name, {"<libpq", "<postgresql/"})) << file.path;
  }
}

TEST(layers, only_the_security_folder_speaks_openssl) {
  for (const auto& file : sources()) {
    if (!is_layer(file) || file.within("app/security")) continue;
    for (const auto& name : includes(file)) EXPECT_FALSE(starts(name, {"<openssl/"})) << file.path;
  }
}

TEST(layers, actors_ask_the_ports_for_time_and_chance) {
  const auto actors = [](const source_file& file) {
    return file.within("actors") && !starts(file.path, {"actors/clock.", "actors/random.", "actors/scheduler."});
  };
  expect_no_line_with("_clock::now", "time comes through the clock port", actors);
  expect_no_line_with("random_device", "chance comes through the random port", actors);
  expect_no_line_with("std::thread", "an actor's work runs on the actor system's threads", actors);
}

TEST(layers, a_header_opens_with_a_sentence_and_a_guard) {
  for (const auto& file : sources()) {
    if (!file.is_header()) continue;
    ASSERT_GE(file.lines.size(), 2u) << file.path;
    EXPECT_TRUE(starts(file.lines[0], {"// "}))
        << file.path << ": the first line says in a comment what the file is for";
    const auto guard =
        std::find_if(file.lines.begin(), file.lines.end(), [](const auto& line) { return !starts(line, {"//"}); });
    EXPECT_TRUE(guard != file.lines.end() && *guard == "#pragma once")
        << file.path << ": the guard follows the comment";
  }
}

TEST(layers, own_headers_are_named_from_the_root) {
  for (const auto& file : sources()) {
    if (!is_layer(file)) continue;
    for (const auto& name : includes(file)) {
      if (name[0] != '"') continue;
      EXPECT_TRUE(fs::exists(fs::path(STELE_SOURCE_DIR) / name.substr(1, name.size() - 2)))
          << file.path << " includes " << name;
    }
  }
}

TEST(layers, a_file_fits_four_hundred_lines) {
  for (const auto& file : sources()) EXPECT_LE(file.lines.size(), 400u) << file.path;
}

TEST(layers, a_function_fits_seventy_lines) {
  static const std::regex not_a_function(
      R"(^(namespace|class|struct|enum|union|template|extern|static const std::set)\b.*)");
  for (const auto& file : sources()) {
    std::size_t begin = 0;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const auto& line = file.lines[i];
      if (line.empty()) continue;
      if (line[0] != ' ' && line[0] != '}' && line[0] != '#' && line[0] != '/') begin = i;
      if (line != "}" || std::regex_match(file.lines[begin], not_a_function)) continue;
      EXPECT_LE(i - begin + 1, 70u) << file.path << ":" << begin + 1;
    }
  }
}

TEST(layers, nothing_unfinished_is_merged) {
  expect_no_line_with("FIX"s + "ME", "finish it, or say in the tracker what is missing", any_file);
  expect_no_line_with("TO"s + "DO", "finish it, or say in the tracker what is missing", any_file);
}

TEST(layers, nothing_sleeps_to_wait_for_something) {
  // A terminal that watches a rebuild in another process looks again now and then; nothing waits for it.
  const auto waits = [](const source_file& file) { return file.path != "app/admin/view_commands.cpp"; };
  for (const auto& word : {"sleep_"s + "for", "sleep_"s + "until", "u"s + "sleep(", "nano"s + "sleep"})
    expect_no_line_with(word, "wait for the event itself, not for a while", waits);
}

TEST(layers, no_file_names_the_machine_it_was_written_on) {
  for (const auto& word : {"/wo"s + "rk/", "/ho"s + "me/", "/ro"s + "ot/"})
    expect_no_line_with(word, "a path of one machine means nothing on another", any_file);
}
