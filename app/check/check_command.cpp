#include "app/check/check_command.hpp"

#include "app/admin/progress.hpp"
#include "app/admin/table.hpp"
#include "app/check/check.hpp"
#include "app/check/history_reader.hpp"
#include "app/check/report.hpp"
#include "app/logging.hpp"

#include <cstdio>
#include <fstream>
#include <iostream>

namespace stele::check {

namespace {

using admin::grouped;

int fail(const std::string& why) {
  std::fprintf(stderr, "%s\n", escape_control_characters(why).c_str());
  return 2;
}

std::optional<std::string> read_file(const std::string& file, history& to, admin::progress_line& line) {
  std::ifstream from_file;
  if (file != "-") from_file.open(file, std::ios::binary);
  std::istream& in = file == "-" ? std::cin : from_file;
  if (!in) return file + ": can't be read; wanted what stele load --history wrote";
  const auto wrong = read_history(
      in, to, [&](std::uint64_t lines) { line.show("check: " + grouped(lines) + " lines of the history"); });
  if (wrong) return file + ", " + *wrong;
  return std::nullopt;
}

} // namespace

int check_history(const command_options& options, store_options store, const registry& hosted) {
  if (store.uri == "memory:") return fail("a store in memory lives in its node only; wanted --store sqlite:FILE");
  admin::progress_line line;
  history told;
  if (const auto why = read_file(options.history, told, line)) return fail(*why);
  if (options.only && told.cut_line != 0)
    return fail(options.history + ", line " + std::to_string(told.cut_line) +
                ": is cut short, so this history is not all there is; leave --only out");
  store.read_only = true;
  auto opened = open_store(store);
  if (!opened) return fail(opened.error().what);
  const auto log = log_of(**opened, hosted);
  if (!log) return fail("the store can't be read: " + log.error().what);
  const auto verdict =
      check(told, *log, {options.only, [&](std::uint64_t events) {
                           line.show("check: " + grouped(events) + " of " + grouped(log->events) + " events");
                         }});
  if (!verdict) return fail("the store can't be read: " + verdict.error().what);
  const report out{*verdict, options.history, store.uri, told.cut_line, line.seconds()};
  line.clear();
  std::fputs((options.json ? to_json(out) : to_text(out)).c_str(), stdout);
  return verdict->found.none() ? 0 : 1;
}

} // namespace stele::check
