#include "tests/kit/postgres_server.hpp"

#include "tests/kit/server_process.hpp"

#include <libpq-fe.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <poll.h>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

namespace stele::kit {

namespace {

namespace fs = std::filesystem;

/// The newest version that is installed.
fs::path programs() {
  fs::path found;
  for (const auto& it : fs::directory_iterator("/usr/lib/postgresql"))
    if (fs::exists(it.path() / "bin/initdb") && it.path() > found) found = it.path();
  if (found.empty()) throw std::runtime_error("PostgreSQL is not installed; run scripts/install-dependencies");
  return found / "bin";
}

/// State and parent of a process, as the kernel tells them; nothing when it is gone.
std::optional<std::pair<char, pid_t>> state_of(const std::string& process) {
  std::ifstream in("/proc/" + process + "/stat");
  std::string line;
  if (!std::getline(in, line)) return std::nullopt;
  std::istringstream rest(line.substr(line.rfind(')') + 1)); // The name before it may hold anything.
  char state = 0;
  pid_t parent = 0;
  rest >> state >> parent;
  return std::pair(state, parent);
}

bool runs(pid_t process) {
  const auto found = state_of(std::to_string(process));
  return found && found->first != 'Z';
}

std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> found;
  for (const auto& it : fs::directory_iterator("/proc")) {
    const std::string name = it.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (const auto state = state_of(name); state && state->second == parent) found.push_back(std::stoi(name));
  }
  return found;
}

std::string text_of(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace

postgres_server::postgres_server(std::vector<std::string> settings, std::vector<std::string> environment)
    : settings_(std::move(settings)), environment_(std::move(environment)) {
  make();
  start();
}

postgres_server::~postgres_server() { stop(SIGQUIT); }

postgres_server& postgres_server::shared() {
  static postgres_server one;
  return one;
}

void postgres_server::make() {
  fs::permissions(folder_ / "", fs::perms::all);
  const std::string log = folder_ / "initdb.log";
  const pid_t child = start_server({programs() / "initdb", "-D", folder_ / "data", "-U", "postgres", "-A", "trust",
                                    "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"},
                                   log);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (status != 0) throw std::runtime_error("initdb failed: " + text_of(log));
  port_ = free_port();
}

void postgres_server::start() {
  std::vector<std::string> words;
  if (!environment_.empty()) words.push_back("/usr/bin/env");
  words.insert(words.end(), environment_.begin(), environment_.end());
  words.insert(words.end(), {programs() / "postgres", "-D", folder_ / "data"});
  std::vector<std::string> settings{"port=" + std::to_string(port_),
                                    "listen_addresses=127.0.0.1",
                                    "unix_socket_directories=" + (folder_ / ""),
                                    "fsync=on",
                                    "max_connections=200",
                                    "shared_buffers=128MB"};
  settings.insert(settings.end(), settings_.begin(), settings_.end());
  for (const std::string& it : settings) words.insert(words.end(), {"-c", it});
  pid_ = start_server(std::move(words), folder_ / "server.log");
  wait_until_it_answers();
}

void postgres_server::start_if_ended() {
  if (!runs(pid_)) {
    stop(SIGKILL);
    start();
  }
  wait_until_it_answers();
}

void postgres_server::wait_until_it_answers() const {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (PQping(uri().c_str()) != PQPING_OK) {
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_ || std::chrono::steady_clock::now() > until)
      throw std::runtime_error("PostgreSQL did not start: " + text_of(folder_ / "server.log"));
    ::poll(nullptr, 0, 10); // There is no other sign than that it answers.
  }
}

std::string postgres_server::uri(const std::string& user, const std::string& database) const {
  std::string folder;
  for (char c : folder_ / "") folder += c == '/' ? std::string("%2F") : std::string(1, c);
  return "postgresql://" + user + "@" + folder + ":" + std::to_string(port_) + "/" + database;
}

/// First the parent, so that nobody starts anew; then whoever it leaves.
void postgres_server::kill() {
  const std::vector<pid_t> left = children_of(pid_);
  stop(SIGKILL);
  for (pid_t it : left) ::kill(it, SIGKILL);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  for (pid_t it : left)
    while (runs(it) && std::chrono::steady_clock::now() < until) ::poll(nullptr, 0, 1);
}

void postgres_server::stop(int signal) {
  if (pid_ == 0) return;
  ::kill(pid_, signal);
  ::waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

std::string postgres_server::run(const std::string& script) const {
  return postgres_session(uri() + "?options=-cclient_min_messages%3Dwarning").run(script);
}

postgres_session::postgres_session(const std::string& uri)
    : db_(PQconnectdb(uri.c_str()), [](void* it) { PQfinish(static_cast<PGconn*>(it)); }) {}

std::string postgres_session::run(const std::string& script) const {
  auto* db = static_cast<PGconn*>(db_.get());
  const std::unique_ptr<PGresult, decltype(&PQclear)> answer(PQexec(db, script.c_str()), &PQclear);
  const ExecStatusType status = PQresultStatus(answer.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) throw std::runtime_error(PQerrorMessage(db));
  const int rows = PQntuples(answer.get());
  return rows > 0 ? PQgetvalue(answer.get(), rows - 1, 0) : "";
}

} // namespace stele::kit
