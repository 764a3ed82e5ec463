#include "tests/drills/recorded_load.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>

#include <csignal>
#include <filesystem>
#include <limits>
#include <poll.h>
#include <stdexcept>

namespace drill {

namespace json = boost::json;

namespace {

constexpr std::uint64_t end_ms_max = 180'000;
constexpr std::size_t done_kept_every = 20;

std::vector<std::string> load_command(const std::string& program, const std::vector<std::string>& where, double rate,
                                      const std::string& history) {
  // Loads of one seed begin with the same command ids when they begin in the same millisecond.
  const auto seed = std::to_string(std::hash<std::string>()(history) % 1'000'000);
  // Only questions whose answer is promised: without a token a row may be behind, and so may a list after a crash of
  // the server (docs/guarantees.md, not promised).
  const std::string mix = "create=8,add=40,cancel=2,ship=5,look-up-token=35,retry=10";
  std::vector<std::string> words{program, "load"};
  words.insert(words.end(), where.begin(), where.end());
  words.insert(words.end(), {"--history", history, "--rate", std::to_string(rate), "--duration", "360m", "--warm-up",
                             "0s", "--actors", "24", "--hot", "10", "--mix", mix, "--seed", seed, "--json"});
  return words;
}

std::string text_of(const json::object& in, std::string_view field) {
  const auto* found = in.if_contains(field);
  return found && found->is_string() ? std::string(found->as_string()) : std::string();
}

std::uint64_t number_of(const json::object& in, std::string_view field) {
  const auto* found = in.if_contains(field);
  return found ? found->to_number<std::uint64_t>() : 0;
}

/// As it was sent, to the letter: a repeat with another text is another command.
std::string body_of(const std::string& line) {
  const std::string_view before = ",\"body\":", behind = ",\"intended_us\":";
  const auto begin = line.find(before) + before.size();
  return line.substr(begin, line.find(behind) - begin);
}

bool is_unknown(const std::string& outcome) { return outcome == "unanswered" || outcome == "outcome_unknown"; }

} // namespace

std::uint64_t history_now_us() {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch())
          .count());
}

void told_in_a_time::add(const told_in_a_time& it) {
  done += it.done;
  commands += it.commands;
  for (const auto& [what, times] : it.refusals) refusals[what] += times;
  took_ms.insert(took_ms.end(), it.took_ms.begin(), it.took_ms.end());
}

recorded_load::recorded_load(const std::string& program, const std::string& name, std::vector<std::string> where,
                             double rate, const std::string& folder)
    : program_(program), name_(name), history_(folder + "/" + name + ".jsonl"),
      child_(load_command(program, where, rate, history_), folder + "/" + name + ".log") {}

told_in_a_time recorded_load::take() {
  told_in_a_time found;
  if (!in_.is_open()) in_.open(history_);
  in_.clear();
  for (std::string part; std::getline(in_, part);) {
    begun_ += part;
    if (in_.eof()) break; // The rest of the line is still to be written.
    read(begun_, found);
    begun_.clear();
  }
  return found;
}

void recorded_load::read(const std::string& line, told_in_a_time& to) {
  const auto it = json::parse(line).as_object();
  const auto outcome = text_of(it, "outcome");
  const auto from = number_of(it, "invoked_us"), until = number_of(it, "completed_us");
  const auto command = text_of(it, "command");
  if (is_unknown(outcome))
    unknown_.push_back({line, from, until == 0 ? std::numeric_limits<std::uint64_t>::max() : until});
  if (outcome != "ok" && outcome != "stale") {
    const auto code = text_of(it, "code");
    ++to.refusals[outcome + (code.empty() || code == outcome ? "" : " " + code)];
    return;
  }
  ++to.done;
  to.took_ms.push_back(static_cast<double>(until - from) / 1000);
  if (command.empty()) return;
  if (++to.commands % done_kept_every != 0) return;
  done_.push_back({text_of(it, "key"), text_of(it, "stream").substr(std::string_view("order-").size()), command,
                   body_of(line), number_of(it, "version")});
}

void recorded_load::end(std::vector<std::string>& broken) {
  child_.signal(SIGINT);
  if (!child_.wait_for_output(end_ms_max)) { // It prints when all is over.
    broken.push_back("the load " + name_ + " did not end; its clients still wait for answers");
    return;
  }
  std::string said;
  for (std::string line; child_.read_line(line);) said += line;
  const int status = child_.wait();
  const auto found = json::parse(said.empty() ? "{}" : said).as_object();
  if (status == 0 && number_of(found, "unresolved") == 0) return;
  std::string why;
  for (const auto* field : {"unanswered", "unresolved", "wrong"})
    if (const auto* it = found.if_contains(field)) why += std::string(" ") + field + ": " + json::serialize(*it);
  broken.push_back("the load " + name_ + " ended with " + std::to_string(status) + ";" + why);
}

checked_history recorded_load::check(const std::string& store, std::vector<std::string>& broken) {
  child_process checker({program_, "check", history_, "--store", store, "--json"});
  std::string said;
  for (std::string line; checker.read_line(line);) said += line;
  const int status = checker.wait();
  checked_history found;
  if (!said.empty()) {
    const auto it = json::parse(said).as_object();
    found.operations = number_of(it, "operations");
    found.unknown = number_of(it, "unknown");
    for (const auto& each : it.at("violations").as_array())
      broken.push_back("stele check of " + name_ + ": " + text_of(each.as_object(), "promise") + " (" +
                       text_of(each.as_object(), "means") + "), " +
                       std::to_string(number_of(each.as_object(), "count")) +
                       " times, first: " + text_of(each.as_object(), "first"));
  }
  found.clean = status == 0;
  if (status != 0 && said.empty())
    broken.push_back("stele check of " + name_ + " ended with " + std::to_string(status));
  return found;
}

} // namespace drill
