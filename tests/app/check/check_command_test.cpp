#include "app/stele.hpp"
#include "tests/app/child_process.hpp"
#include "tests/app/order_shop.hpp"

#include <fstream>
#include <sstream>

namespace stele {
namespace {

struct ended {
  int code = 0;
  std::string output;
};

// The program with these arguments, in a process of its own.
ended run_stele(const std::vector<std::string>& arguments) {
  child_process child([&] {
    std::vector<std::string> all{"stele"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    all.emplace_back("--config=/dev/null");
    std::vector<char*> raw;
    for (auto& it : all) raw.push_back(it.data());
    return run(static_cast<int>(raw.size()), raw.data(), assemble);
  });
  ended out;
  for (auto line = child.line(); !line.empty(); line = child.line()) out.output += line + '\n';
  out.code = child.wait();
  return out;
}

class check_command : public testing::Test {
protected:
  // A real load on a real store, with retries, lists and ends.
  void SetUp() override {
    const auto loaded =
        run_stele({"load", store_, "--history=" + history_, "--actors=6", "--rate=1500", "--duration=400ms",
                   "--warm-up=0", "--log.level=error",
                   "--mix=create=4,add=30,cancel=4,ship=4,look-up=20,look-up-token=10,list=8,list-token=8,retry=12"});
    ASSERT_EQ(loaded.code, 0) << loaded.output;
  }

  ended check(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> all{"check", history_, store_};
    all.insert(all.end(), more.begin(), more.end());
    return run_stele(all);
  }

  std::string history() const {
    std::ostringstream text;
    text << std::ifstream(history_).rdbuf();
    return text.str();
  }

  // The first occurrence after `line_with` becomes something else; answers the number of the line.
  std::size_t change(const std::string& line_with, const std::string& from, const std::string& to) const {
    auto text = history();
    const auto line = text.find(line_with);
    const auto at = text.find(from, line);
    if (line == std::string::npos || at == std::string::npos) ADD_FAILURE() << "no " << line_with << ", " << from;
    text.replace(at, from.size(), to);
    std::ofstream(history_, std::ios::trunc) << text;
    return static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n')) + 1;
  }

  temporary_folder folder_;
  std::string history_ = folder_.file("h.jsonl"), store_ = "--store=sqlite:" + folder_.file("shop.db");
};

TEST_F(check_command, finds_what_a_real_load_wrote_clean) {
  const auto clean = check({"--only"});
  EXPECT_EQ(clean.code, 0) << clean.output;
  EXPECT_NE(clean.output.find(": clean, "), std::string::npos) << clean.output;
  EXPECT_NE(clean.output.find("operations"), std::string::npos);
}

TEST_F(check_command, names_promise_and_operation_of_one_line_that_was_altered) {
  const auto line = change(R"("kind":"look-up-token")", R"("total_cents":)", R"("total_cents":1)");
  const auto broken = check();
  EXPECT_EQ(broken.code, 1);
  EXPECT_NE(broken.output.find("P11 (a row is the fold of its events), 1 time: client "), std::string::npos)
      << broken.output;
  EXPECT_NE(broken.output.find("(line " + std::to_string(line) + ", look-up-token): saw order-"), std::string::npos)
      << broken.output;
}

TEST_F(check_command, answers_programs_in_json) {
  change(R"("kind":"create")", R"("version":1)", R"("version":7)");
  const auto broken = check({"--json"});
  EXPECT_EQ(broken.code, 1);
  EXPECT_NE(broken.output.find(R"("clean":false)"), std::string::npos);
  EXPECT_NE(broken.output.find(R"("violations":[{"promise":"P1",)"), std::string::npos) << broken.output;
}

TEST_F(check_command, holds_a_history_against_its_own_store_only) {
  const auto other = run_stele({"load", "--store=sqlite:" + folder_.file("other.db"), "--actors=2", "--rate=100",
                                "--duration=100ms", "--warm-up=0", "--log.level=error"});
  ASSERT_EQ(other.code, 0) << other.output;
  const auto broken = run_stele({"check", history_, "--store=sqlite:" + folder_.file("other.db")});
  EXPECT_EQ(broken.code, 1);
  EXPECT_NE(broken.output.find("is this the store of the load?"), std::string::npos) << broken.output;
}

TEST_F(check_command, ends_with_2_when_something_cant_be_read) {
  EXPECT_EQ(run_stele({"check"}).code, 2);
  EXPECT_NE(run_stele({"check", folder_.file("none"), store_}).output.find("none: can't be read"), std::string::npos);
  EXPECT_EQ(run_stele({"check", history_, "--store=memory:"}).code, 2);
  EXPECT_EQ(run_stele({"check", history_, "--store=sqlite:" + folder_.file("none.db")}).code, 2);
  const auto line = change(R"("kind":"list")", R"("invoked_us":)", R"("invoked_at":)");
  const auto unread = check();
  EXPECT_EQ(unread.code, 2);
  EXPECT_NE(unread.output.find(", line " + std::to_string(line) + ": wanted \"invoked_us\", found none"),
            std::string::npos)
      << unread.output;
}

TEST_F(check_command, takes_a_history_whose_last_line_is_cut_short) {
  const auto text = history();
  std::ofstream(history_, std::ios::trunc) << text.substr(0, text.size() - 20);
  const auto clean = check();
  EXPECT_EQ(clean.code, 0) << clean.output;
  EXPECT_NE(clean.output.find("is cut short and was left out"), std::string::npos) << clean.output;
  const auto refused = check({"--only"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_NE(refused.output.find("leave --only out"), std::string::npos) << refused.output;
}

} // namespace
} // namespace stele
