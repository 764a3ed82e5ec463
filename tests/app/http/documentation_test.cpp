// docs/http.md shows what a node answers. This test runs each of its commands and compares; with STELE_REGENERATE set
// it writes the answers into the page instead.
#include "persistence/json_document.hpp"
#include "persistence/json_text.hpp"
#include "tests/app/http/shop.hpp"

#include "app/http/wire.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>

namespace stele::http {
namespace {

using words = std::vector<std::string>;

int hex(char c) { return c <= '9' ? c - '0' : (c | 32) - 'a' + 10; }

/// The words of a command line: quotes of the three kinds, `$TOKEN` in double quotes, a backslash before the end of a
/// line. A `|` is a word of its own.
words split(const std::string& line, const std::string& token) {
  words out;
  std::string word;
  bool any = false;
  const auto end_word = [&] {
    if (any) out.push_back(word);
    word.clear();
    any = false;
  };
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool ansi = line.compare(i, 2, "$'") == 0;
    if (line[i] == '\'' || ansi) {
      for (i += ansi ? 2 : 1; line[i] != '\''; ++i) {
        if (ansi && line.compare(i, 2, "\\x") == 0) {
          word += static_cast<char>(hex(line[i + 2]) * 16 + hex(line[i + 3]));
          i += 3;
        } else {
          word += line[i];
        }
      }
      any = true;
    } else if (line[i] == '"') {
      const auto close = line.find('"', i + 1);
      word += std::regex_replace(line.substr(i + 1, close - i - 1), std::regex("\\$TOKEN"), token);
      any = true;
      i = close;
    } else if (line[i] == ' ' || line[i] == '\n' || line[i] == '\\') {
      end_word();
    } else {
      word += line[i];
      any = true;
    }
  }
  end_word();
  return out;
}

std::vector<words> pipeline(const words& all) {
  std::vector<words> out(1);
  for (const auto& word : all)
    if (word == "|")
      out.emplace_back();
    else
      out.back().push_back(word);
  return out;
}

void indent(std::string& out, int depth) { out += '\n' + std::string(static_cast<std::size_t>(depth) * 2, ' '); }

/// One member a line; what fits into a line stays on it.
void pretty(std::string& out, const json_node& it, int depth) {
  std::string flat;
  append_json(flat, it, false);
  const bool is_object = it.kind == json_kind::object;
  if ((!is_object && it.kind != json_kind::array) || (depth > 0 && flat.size() < 90)) {
    out += flat;
    return;
  }
  out += is_object ? '{' : '[';
  bool first = true;
  for (const auto* each = it.first(); each != it.end(); each = each->next()) {
    if (!std::exchange(first, false)) out += ',';
    indent(out, depth + 1);
    if (is_object) {
      append_json_string(out, each->text);
      out += ": ";
      each = each->next();
    }
    pretty(out, *each, depth + 1);
  }
  indent(out, depth);
  out += is_object ? '}' : ']';
}

std::string shown(const client_response& it) {
  std::string out = "HTTP/1.1 " + std::to_string(it.status) + ' ' + std::string(reason_phrase(it.status)) + '\n';
  for (const auto* name :
       {"Content-Type", "Location", "ETag", "Allow", "Idempotency-Key", "Retry-After", "X-Stele-Token"})
    if (const auto value = it.header(name); value && *value != "application/json")
      out += std::string(name) + ": " + *value + '\n';
  out += '\n';
  json_document document;
  if (document.read(it.body))
    out += it.body;
  else
    pretty(out, document.root(), 0);
  return out.back() == '\n' ? out : out + '\n';
}

std::string lines_with(const std::string& text, const std::string& part) {
  std::istringstream in(text);
  std::string out;
  for (std::string line; std::getline(in, line);)
    if (line.find(part) != std::string::npos) out += line + '\n';
  return out;
}

/// Runs the commands of the page one after the other, a second apart.
class terminal {
public:
  std::string run(const std::string& line) {
    at_.time.at += 1000;
    std::string input;
    client_response answer;
    for (const auto& each : pipeline(split(line, token_))) {
      if (each[0] == "head" && each.size() == 4)
        input.assign(std::stoul(each[2]), '\0');
      else if (each[0] == "tr")
        input.assign(input.size(), each[2][0]);
      else if (each[0] == "curl")
        answer = curl(each, input);
      else if (each[0] == "grep")
        answer.body = lines_with(answer.body, each[1]);
      else if (each[0] == "head")
        answer.body = answer.body.substr(0, std::stoul(each[2])) + " …";
      else
        ADD_FAILURE() << "the test does not know the command " << each[0];
    }
    if (const auto token = member(answer.body, "token"); !token.empty()) token_ = token;
    return shown(answer);
  }

private:
  client_response curl(const words& it, const std::string& input) {
    std::string method = "GET", body, target;
    header_list headers;
    for (std::size_t i = 1; i < it.size(); ++i) {
      if (it[i] == "-X")
        method = it[++i];
      else if (it[i] == "-d")
        body = it[++i];
      else if (it[i] == "--data-binary" && it[++i] == "@-")
        body = input;
      else if (it[i] == "-H")
        headers.emplace_back(it[i + 1].substr(0, it[i + 1].find(": ")), it[i + 1].substr(it[i + 1].find(": ") + 2)),
            ++i;
      else
        target = it[i].substr(it[i].find('/'));
    }
    at_.time.goes = target.find("timeout=") != std::string::npos; // A wait ends only when time goes on.
    auto answer = at_.call(method, target, body, headers);
    at_.time.goes = false;
    answer.body = std::regex_replace(answer.body, std::regex(R"("lag_ms":[1-9]\d*)"), R"("lag_ms":50)");
    return answer;
  }

  shop at_;
  std::string token_;
};

std::string read_page(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The page with each answer replaced by what the node answers now.
std::string produce(const std::string& page) {
  terminal here;
  std::string out, command, *into = &out;
  std::istringstream in(page);
  std::string skipped;
  for (std::string line; std::getline(in, line);) {
    if (line == "```sh") command.clear();
    if (line == "```http") out += line + '\n' + here.run(command);
    if (line == "```" && into == &skipped) into = &out;
    if (line != "```http") *into += line + '\n';
    if (line == "```http") into = &skipped;
    if (line != "```sh" && line != "```") command += line + '\n';
  }
  return out;
}

TEST(http_documentation, shows_what_the_node_answers) {
  const std::string path = std::string(STELE_SOURCE_DIR) + "/docs/http.md";
  const auto page = read_page(path);
  ASSERT_FALSE(page.empty()) << path;
  const auto produced = produce(page);
  if (std::getenv("STELE_REGENERATE")) {
    std::ofstream(path) << produced;
    return;
  }
  EXPECT_EQ(page, produced) << "docs/http.md shows other answers than the node gives. If the new ones are right: "
                               "STELE_REGENERATE=1 build/dev/tests/http_tests --gtest_filter='http_documentation.*'";
}

} // namespace
} // namespace stele::http
