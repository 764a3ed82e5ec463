// Kills a node under load, again and again, and after each time holds its log against what the callers were told.
#include "tests/drills/damage.hpp"
#include "tests/drills/history_check.hpp"
#include "tests/drills/node_process.hpp"

#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <iostream>
#include <stdexcept>
#include <thread>

namespace drill {
namespace {

struct options {
  std::string program;
  std::uint64_t rounds = 20, seed = 1, callers = 32, acknowledgements_max = 1000;
  std::string keep; ///< Folder the store is left in; empty: a temporary one, removed at the end.
};

std::uint64_t to_number(const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) throw std::invalid_argument("not a number: " + text);
  return value;
}

options read_options(const std::vector<std::string>& words) {
  options it;
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    const auto &name = words[i], &value = words[i + 1];
    if (name == "--program")
      it.program = value;
    else if (name == "--rounds")
      it.rounds = to_number(value);
    else if (name == "--seed")
      it.seed = to_number(value);
    else if (name == "--callers")
      it.callers = to_number(value);
    else if (name == "--keep")
      it.keep = value;
    else
      throw std::invalid_argument("unknown switch " + name);
  }
  if (it.program.empty() || words.size() % 2 != 0)
    throw std::invalid_argument(
        "usage: kill_rounds --program STELE [--rounds N] [--seed N] [--callers N] [--keep FOLDER]");
  return it;
}

/// Where the store lies during the drill.
class work_folder {
public:
  explicit work_folder(const std::string& keep) : kept_(!keep.empty()) {
    auto form = (std::filesystem::temp_directory_path() / "stele-drill-XXXXXX").string();
    path_ = kept_ ? std::filesystem::path(keep) : std::filesystem::path(mkdtemp(form.data()));
    std::filesystem::create_directories(path_);
  }
  ~work_folder() {
    std::error_code ignored; // A folder that stays behind is no reason to fail.
    if (!kept_) std::filesystem::remove_all(path_, ignored);
  }
  std::filesystem::path file() const { return path_ / "drill.db"; }
  std::string store() const { return "sqlite:" + file().string(); }

private:
  bool kept_;
  std::filesystem::path path_;
};

class drill {
public:
  explicit drill(options how) : how_(std::move(how)), folder_(how_.keep), random_(how_.seed) {
    for (std::uint32_t i = 0; i < how_.callers; ++i) callers_.emplace_back(i, how_.seed * 1000 + i);
  }

  /// True when nothing was broken.
  bool run() {
    for (round_ = 1; round_ <= how_.rounds && broken_.empty(); ++round_) one_round();
    if (broken_.empty()) finish();
    for (const auto& what : broken_) std::cout << "BROKEN (seed " << how_.seed << "): " << what << '\n';
    return broken_.empty();
  }

private:
  // Starts where the last round was killed (some times twice: the first start is killed half-way), checks what that
  // round left, and lets the callers go on until the next blow.
  void one_round() {
    if (random_() % 4 == 0) child_process(node_command(how_.program, folder_.store())).wait_for_output(random_() % 100);
    node_process node(how_.program, folder_.store());
    if (round_ == 1) callers_[0].create_shared(node.port(), broken_);
    const auto found = check_orders(node.port(), callers_, touched_since(callers_, seen_), broken_);
    const auto blow_after = 1 + random_() % how_.acknowledgements_max;
    const auto unanswered = load_until(node, blow_after);
    std::cout << "round " << round_ << ": held " << found.commands << " acknowledged commands of " << found.orders
              << " orders against " << found.events << " events; killed after " << blow_after
              << " more acknowledgements, " << unanswered << " commands open" << std::endl;
  }

  std::size_t load_until(node_process& node, std::uint64_t acknowledgements) {
    progress so_far(callers_.size());
    std::vector<std::vector<std::string>> broken(callers_.size());
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < callers_.size(); ++i)
      threads.emplace_back([&, i] { callers_[i].run(node.port(), so_far, broken[i]); });
    if (!so_far.wait_for(acknowledgements)) broken_.push_back("the node is gone and nobody killed it");
    node.kill();
    so_far.stop();
    for (auto& one : threads) one.join();
    for (const auto& some : broken) broken_.insert(broken_.end(), some.begin(), some.end());
    std::size_t open = 0;
    for (const auto& one : callers_) open += one.open().has_value();
    return open;
  }

  // Sends what is still open, checks every order from the first to the last, stops in peace and verifies the file.
  void finish() {
    node_process node(how_.program, folder_.store());
    std::vector<std::size_t> from_the_start;
    for (auto& one : callers_) one.settle_open(node.port(), broken_);
    const auto found = check_orders(node.port(), callers_, touched_since(callers_, from_the_start), broken_);
    std::cout << "in the end: " << found.commands << " acknowledged commands of " << found.orders << " orders, "
              << found.events << " events" << std::endl;
    if (found.commands != found.events)
      broken_.push_back("every command stores one event, but " + std::to_string(found.commands) +
                        " commands were acknowledged and " + std::to_string(found.events) + " events are there");
    if (const int status = node.terminate(); status != 0)
      broken_.push_back("SIGTERM: the node ended with " + std::to_string(status));
    verify();
  }

  // Clean as it is; and each damage done to a copy is found and named.
  void verify() {
    if (const int status = verify(folder_.store()).first; status != 0)
      broken_.push_back("stele verify ended with " + std::to_string(status));
    for (const auto& how : all_damages()) {
      std::cout << "damage: " << how.what << '\n';
      const auto [status, said] = verify("sqlite:" + damaged_copy(folder_.file(), how).string());
      if (status != 1 || said.find(how.named) == std::string::npos)
        broken_.push_back(how.what + ": stele verify ended with " + std::to_string(status) + " and does not name it");
    }
  }

  /// The exit status of `stele verify`, and what it found wrong.
  std::pair<int, std::string> verify(const std::string& store) {
    child_process checker({how_.program, "verify", "--store", store, "--json"});
    std::string said;
    for (std::string line; checker.read_line(line);) {
      std::cout << "verify: " << line << '\n';
      said += line.substr(std::min(line.find("\"violations\""), line.size()));
    }
    return {checker.wait(), said};
  }

  options how_;
  work_folder folder_;
  std::mt19937_64 random_;
  std::deque<caller> callers_;
  std::vector<std::size_t> seen_;
  std::uint64_t round_ = 0;
  std::vector<std::string> broken_;
};

} // namespace
} // namespace drill

int main(int argc, char** argv) {
  signal(SIGPIPE, SIG_IGN);
  try {
    return drill::drill(drill::read_options({argv + 1, argv + argc})).run() ? 0 : 1;
  } catch (const std::exception& e) {
    std::cerr << "kill_rounds: " << e.what() << '\n';
    return 2;
  }
}
