// Drills of faults on real processes, under a load that never rests; `scripts/drill`. In the end everything that
// clients were told is held against the store.
#include "tests/drills/faults.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <random>
#include <set>

namespace drill {
namespace {

using clock = std::chrono::steady_clock;

struct options {
  bench_options bench;
  std::set<std::string> only; ///< Empty: all.
  double minutes = 0;         ///< 0: each once, in order.
};

std::set<std::string> numbers_in(const std::string& text) {
  std::set<std::string> found;
  std::string one;
  std::istringstream in(text);
  while (std::getline(in, one, ',')) found.insert(one);
  return found;
}

options read_options(const std::vector<std::string>& words) {
  options it;
  it.bench.seed = std::random_device{}();
  for (std::size_t i = 0; i < words.size(); i += 2) {
    const auto& name = words[i];
    if (i + 1 == words.size()) throw std::invalid_argument(name + " needs a value");
    const auto& value = words[i + 1];
    if (name == "--program")
      it.bench.program = value;
    else if (name == "--shim")
      it.bench.shim = value;
    else if (name == "--folder")
      it.bench.folder = value;
    else if (name == "--seed")
      it.bench.seed = std::stoull(value);
    else if (name == "--rate")
      it.bench.rate = std::stod(value);
    else if (name == "--node-setting")
      it.bench.node_settings.push_back(value);
    else if (name == "--server-setting")
      it.bench.server_settings.push_back(value);
    else if (name == "--minutes")
      it.minutes = std::stod(value);
    else if (name == "--only")
      it.only = numbers_in(value);
    else
      throw std::invalid_argument("unknown switch " + name);
  }
  if (it.bench.program.empty() || it.bench.shim.empty())
    throw std::invalid_argument("usage: fault_rounds --program STELE --shim LIBRARY [--folder F] [--only F01,F02]"
                                " [--minutes N] [--seed N] [--rate R] [--node-setting --S.K=V] [--server-setting K=V]");
  return it;
}

std::vector<fault> chosen(const std::set<std::string>& only) {
  auto all = all_faults();
  if (only.empty()) {
    for (const auto& it : faults_elsewhere())
      std::erase_if(all, [&](const fault& one) { return one.number == it.number; });
    return all;
  }
  for (const auto& it : only)
    if (std::none_of(all.begin(), all.end(), [&](const fault& one) { return one.number == it; }))
      throw std::invalid_argument("--only " + it + ": no drill has that number; --list shows all");
  std::erase_if(all, [&](const fault& it) { return only.count(it.number) == 0; });
  return all;
}

void list() {
  for (const auto& it : all_faults())
    std::cout << it.number << " " << it.name << "\n    done: " << it.done << "\n    shown: " << it.shown << '\n';
  std::cout << "not drilled here:\n";
  for (const auto& it : faults_elsewhere()) std::cout << it.number << " " << it.name << ": " << it.where << '\n';
}

std::string seconds(clock::time_point from) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s", std::chrono::duration<double>(clock::now() - from).count());
  return text;
}

class rounds {
public:
  explicit rounds(options how)
      : how_(std::move(how)), faults_(chosen(how_.only)), on_(how_.bench), random_(how_.bench.seed) {}

  /// True when nothing was broken.
  bool run() {
    std::cout << "seed " << how_.bench.seed << ", logs and histories in " << how_.bench.folder << '\n'
              << "three nodes, PostgreSQL and two loads run (" << seconds(begin_) << ")" << std::endl;
    how_.minutes > 0 ? in_random_order() : each_once();
    finish();
    return broken_ == 0;
  }

private:
  void each_once() {
    for (const auto& it : faults_) one(it);
  }

  void in_random_order() {
    const auto until =
        begin_ + std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>(how_.minutes * 60));
    while (clock::now() < until && broken_ == 0) {
      one(faults_[random_() % faults_.size()]);
      bench::let_leases_end();
      on_.heal();
      on_.take_seen();
    }
  }

  void one(const fault& it) {
    const auto begin = clock::now();
    const auto from_us = history_now_us();
    std::cout << it.number << " " << it.name << "\n    done: " << it.done << std::endl;
    try {
      it.run(on_);
      ++done_;
    } catch (const not_possible_here& why) {
      ++skipped_;
      std::cout << "    skipped: " << why.what() << std::endl;
    } catch (const std::exception& e) { on_.broke(it.number + " could not go on: " + e.what()); }
    on_.heal();
    if (it.may_leave_unknown) may_be_unknown_.emplace_back(from_us, history_now_us());
    tell(it, begin);
  }

  void tell(const fault& it, clock::time_point begin) {
    told_in_a_time told;
    for (auto* load : on_.loads()) told.add(load->take());
    std::cout << "    seen: " << on_.take_seen() << "\n    the load: " << told.done << " done, p99 "
              << static_cast<long>(percentile(told.took_ms, 99)) << " ms, max "
              << static_cast<long>(percentile(told.took_ms, 100)) << " ms";
    for (const auto& [what, times] : told.refusals) std::cout << ", " << what << " " << times;
    std::cout << "\n    shown: " << it.shown << " (" << seconds(begin) << ")" << std::endl;
    complain();
  }

  void complain() {
    for (const auto& what : on_.broken()) std::cout << "    BROKEN: " << what << std::endl;
    broken_ += on_.broken().size();
    on_.broken().clear();
  }

  void finish() {
    std::vector<std::string> checked;
    const auto begin = clock::now();
    const auto operations = on_.check_everything(checked);
    for (const auto& it : checked) std::cout << it << '\n';
    explain_unknown();
    complain();
    for (const auto& it : faults_elsewhere())
      if (how_.only.empty()) std::cout << "not drilled: " << it.number << " " << it.name << ": " << it.where << '\n';
    if (skipped_ > 0) std::cout << "skipped: " << skipped_ << ", for the reasons above\n";
    std::cout << "checked in " << seconds(begin) << ", all in " << seconds(begin_) << '\n'
              << "drill: " << done_ << " faults, " << operations << " operations, " << broken_ << " violations"
              << std::endl;
  }

  // Nobody may be left without knowing while nothing was done that could explain it.
  void explain_unknown() {
    std::size_t explained = 0;
    for (auto* load : on_.loads())
      for (const auto& it : load->unknown()) {
        const bool known_why = std::any_of(may_be_unknown_.begin(), may_be_unknown_.end(), [&](const auto& time) {
          return it.from_us <= time.second && time.first <= it.to_us;
        });
        explained += known_why;
        on_.expect(known_why, "an outcome is unknown, and no fault explains it: " + it.line);
      }
    std::cout << "unknown outcomes explained by a fault: " << explained << '\n';
  }

  options how_;
  const clock::time_point begin_ = clock::now();
  std::vector<fault> faults_;
  bench on_;
  std::mt19937_64 random_;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> may_be_unknown_; ///< Times, as of histories.
  std::size_t done_ = 0, skipped_ = 0, broken_ = 0;
};

/// Kept where something was broken.
std::string make_folder() {
  auto form = (std::filesystem::temp_directory_path() / "stele-drill-XXXXXX").string();
  if (!::mkdtemp(form.data())) throw std::runtime_error("can't make a folder like " + form);
  std::filesystem::permissions(form, std::filesystem::perms(0711)); // The server's user passes through.
  return form;
}

int run(options how) {
  const bool own = how.bench.folder.empty();
  if (own) how.bench.folder = make_folder();
  std::filesystem::create_directories(how.bench.folder);
  const auto folder = how.bench.folder;
  const bool fine = rounds(std::move(how)).run();
  if (fine && own) std::filesystem::remove_all(folder);
  if (!fine) std::cerr << "what happened is in " << folder << '\n';
  return fine ? 0 : 1;
}

} // namespace
} // namespace drill

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  const std::vector<std::string> words(argv + 1, argv + argc);
  try {
    if (!words.empty() && words.back() == "--list") return drill::list(), 0;
    return drill::run(drill::read_options(words));
  } catch (const std::exception& e) {
    std::cerr << "fault_rounds: " << e.what() << '\n';
    return 2;
  }
}
