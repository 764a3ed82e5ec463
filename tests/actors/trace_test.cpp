// A command's trace is found again in its events and in what the log says of it.
#include "actors/trace.hpp"
#include "tests/kit/write_world.hpp"

namespace stele::kit {

namespace {

constexpr const char* trace = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr const char* traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// Sends a command of `counter-1` with metadata and waits for its answer.
void send_traced(write_world& world, const std::string& type, std::string metadata) {
  bool answered = false;
  command_ptr it(new command);
  it->stream_id = "counter-1";
  it->type = type;
  it->body = "1";
  it->metadata = std::move(metadata);
  it->command_id = world.make_id();
  it->answer = [&answered](const command_outcome&) { answered = true; };
  world.side->submit(std::move(it));
  world.sim.run();
  EXPECT_TRUE(answered);
}

} // namespace

TEST(trace, events_keep_the_trace_of_their_command) {
  write_world world(1);
  world.start();
  send_traced(world, "add", trace_metadata(traceparent));
  ASSERT_EQ(world.store.streams["counter-1"].size(), 1u);
  EXPECT_EQ(world.store.streams["counter-1"].front().metadata,
            R"({"traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"})");
}

TEST(trace, a_log_line_about_a_command_names_its_trace) {
  write_world world(1);
  world.start();
  send_traced(world, "fail", trace_metadata(traceparent));
  ASSERT_FALSE(world.log_lines.empty());
  EXPECT_NE(world.log_lines.back().find(std::string(" (trace ") + trace + ')'), std::string::npos)
      << world.log_lines.back();
  send_traced(world, "fail", {});
  EXPECT_EQ(world.log_lines.back().find("trace"), std::string::npos) << world.log_lines.back();
}

TEST(trace, only_what_w3c_calls_a_traceparent_is_one) {
  const std::string good = traceparent;
  EXPECT_TRUE(is_traceparent(good));
  for (const auto& wrong : {good + '0', good.substr(1), "01" + good.substr(2), std::string(55, '0'),
                            "00-4BF92F3577B34DA6A3CE929D0E0E4736" + good.substr(35),
                            "00-00000000000000000000000000000000" + good.substr(35),
                            good.substr(0, 36) + "0000000000000000-01", std::string()}) {
    EXPECT_FALSE(is_traceparent(wrong)) << wrong;
    EXPECT_EQ(trace_metadata(wrong), "") << wrong;
    EXPECT_EQ(trace_note(R"({"traceparent":")" + wrong + "\"}"), "") << wrong;
  }
  EXPECT_EQ(trace_note(R"({"by":"ada","traceparent":")" + good + "\"}"), std::string(" (trace ") + trace + ')');
  EXPECT_EQ(trace_note(R"({"by":"ada"})"), "");
}

} // namespace stele::kit
