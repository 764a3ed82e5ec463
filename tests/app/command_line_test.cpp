#include "app/admin/node_commands.hpp"
#include "app/command_line.hpp"
#include "app/settings_list.hpp"
#include "tests/app/order_shop.hpp"

#include <fstream>

namespace stele {
namespace {

const registry& reference() {
  static order_shop shop(in_memory());
  return shop.hosted();
}

command_line parse(const std::vector<std::string>& arguments) {
  return parse_command_line("stele", arguments, reference());
}

config node_config(const std::vector<std::string>& arguments) {
  auto asked = parse(arguments);
  if (auto* wrong = std::get_if<bad_usage>(&asked)) ADD_FAILURE() << wrong->why;
  auto* node = std::get_if<run_node>(&asked);
  return node != nullptr ? node->settings : config{};
}

std::string wrong_with(const std::vector<std::string>& arguments) {
  const auto asked = parse(arguments);
  const auto* wrong = std::get_if<bad_usage>(&asked);
  return wrong != nullptr ? wrong->why : "";
}

std::string printed(const std::vector<std::string>& arguments) {
  const auto asked = parse(arguments);
  const auto* text = std::get_if<print_text>(&asked);
  return text != nullptr ? text->text : "";
}

TEST(command_line, every_setting_can_be_given) {
  for (const auto& it : settings_list()) {
    const auto settings = node_config({"node", "--" + it.name() + "=" + it.show(config{})});
    EXPECT_EQ(it.show(settings), it.show(config{})) << it.name();
  }
  EXPECT_EQ(node_config({"node", "--http.port=81", "--node.name", "east"}).http.port, 81);
}

TEST(command_line, store_is_short_for_store_uri) {
  EXPECT_EQ(node_config({"node", "--store", "memory:"}).store.uri, "memory:");
  EXPECT_EQ(node_config({"node", "--store=sqlite:x.db"}).store.uri, "sqlite:x.db");
}

TEST(command_line, the_file_is_read_and_the_command_line_wins) {
  const temporary_folder folder;
  std::ofstream(folder.file("a.ini")) << "[http]\nport = 81\nthreads = 2\n";
  const auto settings = node_config({"node", "--config", folder.file("a.ini"), "--http.port=82"});
  EXPECT_EQ(settings.http.port, 82);
  EXPECT_EQ(settings.http.threads, 2u);
}

TEST(command_line, help_shows_every_setting_with_its_reason) {
  auto help = printed({"node", "--help"});
  for (auto& c : help)
    if (c == '\n') c = ' ';
  for (const auto& it : settings_list()) {
    EXPECT_NE(help.find("--" + it.name()), std::string::npos) << it.name();
    EXPECT_NE(help.find(it.reason.substr(0, 20)), std::string::npos) << it.name();
  }
}

TEST(command_line, help_and_version_are_answers_not_errors) {
  EXPECT_EQ(printed({"--version"}), "stele 0.1.0\n");
  for (const auto* name : {"node", "send", "get", "find", "stream", "views", "cluster", "verify", "backup", "export",
                           "import", "load", "check", "keys", "certs"}) {
    EXPECT_NE(printed({"--help"}).find(name), std::string::npos) << name;
    EXPECT_NE(printed({name, "--help"}).find(std::string("stele ") + name), std::string::npos) << name;
  }
}

TEST(command_line, print_config_is_the_file_in_the_tree) {
  EXPECT_EQ(printed({"node", "--print-config"}), config_ini_text());
}

TEST(command_line, wrong_values_are_refused_as_in_the_file) {
  EXPECT_EQ(wrong_with({"node", "--http.port=x"}),
            "--http.port: http.port wants a whole number from 0 to 65535, found 'x'");
  EXPECT_EQ(
      wrong_with({"verify", "--store=oracle:x"}),
      "--store.uri: store.uri wants memory:, sqlite:FILE or postgresql://USER@HOST:PORT/DATABASE, found 'oracle:x'");
}

TEST(command_line, bad_usage_says_what_was_wrong) {
  EXPECT_NE(wrong_with({}).find("wanted a command"), std::string::npos);
  EXPECT_NE(wrong_with({"nope"}).find("nope"), std::string::npos);
  EXPECT_NE(wrong_with({"node", "--http.prot=1"}).find("--http.prot"), std::string::npos);
  EXPECT_NE(wrong_with({"send", "order"}).find("ID"), std::string::npos);
  EXPECT_NE(wrong_with({"find", "order_views", "page"}).find("name=value"), std::string::npos);
  EXPECT_NE(wrong_with({"get", "order", "7", "--node", "nowhere"}).find("HOST:PORT"), std::string::npos);
  EXPECT_NE(wrong_with({"stream", "order", "7", "--at-version=x"}), "");
  EXPECT_NE(wrong_with({"stream", "order", "7", "--at-version=1", "--at=2020-01-01T00:00:00Z"}), "");
  EXPECT_NE(wrong_with({"views", "burn", "order_views"}), "");
  EXPECT_EQ(wrong_with({"views", "rebuild"}), "views rebuild needs a view");
  EXPECT_EQ(wrong_with({"views", "list", "order_views"}), "views list takes no view");
}

TEST(command_line, a_command_is_found_by_the_part_before_its_aggregate) {
  EXPECT_EQ(admin::command_named(reference(), "order", "create"), "create_order");
  EXPECT_EQ(admin::command_named(reference(), "order", "create_order"), "create_order");
  EXPECT_EQ(admin::command_named(reference(), "order", "add"), "add_order_item");
  EXPECT_EQ(admin::command_named(reference(), "account", "open"), "open_account");
  EXPECT_EQ(admin::command_named(reference(), "account", "deposit"), "deposit");
  EXPECT_EQ(admin::command_named(reference(), "order", "burn"), "burn");
  EXPECT_EQ(admin::command_named(reference(), "stock", "create"), "create");
}

} // namespace
} // namespace stele
