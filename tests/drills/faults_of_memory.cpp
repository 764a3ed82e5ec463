#include "tests/drills/faults.hpp"
#include "tests/drills/stranger.hpp"

#include <sys/resource.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

namespace drill {

namespace {

/// Takes room from a running process, and gives it back.
class narrow {
public:
  narrow(pid_t process, __rlimit_resource what, rlim_t to) : process_(process), what_(what) {
    if (::prlimit(process, what, nullptr, &before_) != 0) throw std::runtime_error(std::strerror(errno));
    const rlimit now{to, before_.rlim_max};
    ::prlimit(process, what, &now, nullptr);
  }
  ~narrow() { ::prlimit(process_, what_, &before_, nullptr); } // It may be gone.
  narrow(const narrow&) = delete;
  narrow& operator=(const narrow&) = delete;

private:
  pid_t process_;
  __rlimit_resource what_;
  rlimit before_{};
};

std::size_t open_files(pid_t process) {
  const std::filesystem::directory_iterator all("/proc/" + std::to_string(process) + "/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

std::size_t address_space(pid_t process) {
  std::ifstream in("/proc/" + std::to_string(process) + "/statm");
  std::size_t pages = 0;
  in >> pages;
  return pages * 4096;
}

void no_descriptors(bench& on) {
  constexpr std::size_t room = 10, callers = 100;
  const auto node = on.any_node();
  {
    const auto process = on.nodes().process(node);
    const narrow few(process, RLIMIT_NOFILE, open_files(process) + room);
    std::vector<stranger> all;
    for (std::size_t i = 0; i < callers; ++i) all.emplace_back(on.nodes().http_port(node), "127.0.0.8");
    bench::pass(1000);
    on.expect(!on.nodes().ended_by_itself(node), cluster_nodes::name(node) + " ended for want of descriptors");
  }
  std::string said;
  on.expect(bench::wait_until([&] { return (said = on.try_command(node, 0)) == "200"; }, 15'000),
            "with descriptors again " + cluster_nodes::name(node) + " answered " + said);
  on.saw(std::to_string(callers) + " connections, " + std::to_string(room) + " descriptors left; then served again");
}

// It sheds, or ends and is replaced; either way what it said is so.
void no_memory(bench& on) {
  constexpr std::size_t room = 24 << 20, callers = 64;
  const auto node = on.any_node();
  on.allow_end(node);
  const narrow little(on.nodes().process(node), RLIMIT_AS, address_space(on.nodes().process(node)) + room);
  const std::string body = R"({"customer_id":")" + std::string(900'000, 'x') + R"(","items":[],"shipping_address":{}})";
  std::vector<std::thread> all;
  for (std::size_t i = 0; i < callers; ++i)
    all.emplace_back([&] {
      on.http(node).request("POST", "/order/big-" + new_key() + "/create_order", body,
                            {{"Idempotency-Key", new_key()}});
    });
  for (auto& it : all) it.join();
  on.saw(on.nodes().ended_by_itself(node) ? "it ended" : "it lives");
}

} // namespace

std::vector<fault> faults_of_memory() {
  return {{"F25", "memory runs out", "a node may take 24 MB more, and 64 callers send bodies of 0.9 MB at a time",
           "it sheds, or ends and is replaced; never half of it", true, no_memory},
          {"F29", "descriptors run out", "a node may open ten files more, and 100 callers connect",
           "it does not end, and serves when there is room again", true, no_descriptors}};
}

} // namespace drill
