#include "app/config.hpp"
#include "app/settings_list.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace stele {
namespace {

std::string error_of(std::string_view text) {
  config it;
  const auto error = read_ini(it, text, "config.ini");
  return error ? error->what : "";
}

std::string error_of_value(std::string_view name, std::string_view value) {
  config it;
  const auto error = set_setting(it, name, value, "--" + std::string(name));
  return error ? error->what : "";
}

// A folder of its own that goes away with the test.
class config_files : public testing::Test {
protected:
  config_files() { std::filesystem::create_directories(folder_); }
  ~config_files() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }

  std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("stele-config-" + std::to_string(::getpid()));
};

TEST(config, the_file_in_the_tree_is_what_the_table_of_settings_says) {
  const auto root = std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
  std::ifstream in(root / "config.ini");
  std::stringstream text;
  text << in.rdbuf();
  EXPECT_EQ(text.str(), config_ini_text()) << "write it anew: stele node --print-config > config.ini";
}

TEST(config, the_file_in_the_tree_is_read_back_as_the_built_in_values) {
  config it;
  const auto error = read_ini(it, config_ini_text(), "config.ini");
  ASSERT_FALSE(error) << error->what;
  for (const auto& setting : settings_list()) EXPECT_EQ(setting.show(it), setting.show(config{})) << setting.name();
}

TEST(config, every_setting_has_a_name_of_its_own_a_reason_and_a_default_in_its_range) {
  std::set<std::string> names;
  for (const auto& setting : settings_list()) {
    EXPECT_TRUE(names.insert(setting.name()).second) << setting.name();
    EXPECT_FALSE(setting.reason.empty()) << setting.name();
    config it;
    EXPECT_TRUE(setting.read(it, setting.show(config{}))) << setting.name();
  }
}

TEST(config, every_setting_has_a_field_of_its_own) {
  for (const auto& changed : settings_list()) {
    config it;
    for (const auto* value : {"7", "8", "200", "5000", "2000000", "error", "other", "memory:", "::1", "true", "warn",
                              "postgresql://other/db"})
      if (changed.show(it) == changed.show(config{})) changed.read(it, value);
    ASSERT_NE(changed.show(it), changed.show(config{})) << changed.name();
    for (const auto& other : settings_list()) {
      if (other.name() == changed.name()) continue;
      EXPECT_EQ(other.show(it), other.show(config{})) << changed.name() << " changed " << other.name();
    }
  }
}

TEST(config, comments_blanks_and_quotes_are_understood) {
  config it;
  const auto error = read_ini(it,
                              "; one\n# two\r\n\n [http] ; three\n  port = 81 # four\naddress=\"::1\"\r\n[store]\n"
                              "uri = sqlite:a#b;c.db\n",
                              "config.ini");
  ASSERT_FALSE(error) << error->what;
  EXPECT_EQ(it.http.port, 81);
  EXPECT_EQ(it.http.address, "::1");
  EXPECT_EQ(it.store.uri, "sqlite:a#b;c.db");
}

TEST(config, an_unknown_key_is_refused_with_file_line_and_what_there_is) {
  const auto error = error_of("[store]\nuri = memory:\nshard = 4\n");
  EXPECT_EQ(error, "config.ini:3: no setting is called 'store.shard'; section store has uri, shards, readers, lanes, "
                   "schema, read-uri, durability");
}

TEST(config, an_unknown_section_is_refused_with_file_and_line) {
  const auto error = error_of("\n[htp]\nport = 1\n");
  EXPECT_EQ(error.rfind("config.ini:2: no section is called 'htp'; wanted one of node, log,", 0), 0u) << error;
}

TEST(config, a_value_of_another_type_is_refused_with_what_was_wanted_and_found) {
  EXPECT_EQ(error_of("[http]\nport = abc\n"),
            "config.ini:2: http.port wants a whole number from 0 to 65535, found 'abc'");
  EXPECT_EQ(error_of("[log]\nlevel = loud\n"),
            "config.ini:2: log.level wants debug, info, warning or error, found 'loud'");
  EXPECT_EQ(error_of("[store]\nuri = mysql:x\n"),
            "config.ini:2: store.uri wants memory:, sqlite:FILE or postgresql://USER@HOST:PORT/DATABASE, found "
            "'mysql:x'");
}

TEST(config, numbers_are_whole_and_complete) {
  for (const auto* value : {"", "-1", "1.5", "1e3", "80x", " 80", "0x50", "+1", "99999999999999999999999"})
    EXPECT_NE(error_of_value("http.port", value), "") << value;
}

TEST(config, a_value_out_of_range_is_refused_with_the_range) {
  EXPECT_EQ(error_of("[http]\nport = 65536\n"),
            "config.ini:2: http.port wants a whole number from 0 to 65535, found '65536'");
  EXPECT_EQ(error_of_value("store.shards", "0"),
            "--store.shards: store.shards wants a whole number from 1 to 4096, found '0'");
}

TEST(config, a_key_that_is_set_twice_is_refused) {
  EXPECT_EQ(error_of("[http]\nport = 1\n[store]\n[http]\nport = 1\n"),
            "config.ini:5: http.port is set a second time; keep one");
}

TEST(config, a_line_that_is_no_setting_is_refused) {
  EXPECT_EQ(error_of("[http]\nport 80\n"), "config.ini:2: wanted 'key = value', found 'port 80'");
  EXPECT_EQ(error_of("[http\nport = 80\n"), "config.ini:1: wanted [section], found '[http'");
  EXPECT_EQ(error_of("port = 80\n").rfind("config.ini:1: 'port' stands before the first [section]", 0), 0u);
}

TEST(config, names_in_a_list_are_told_apart_by_commas) {
  config it;
  ASSERT_FALSE(set_setting(it, "http.allowed-hosts", "shop.local, b.example", "x"));
  EXPECT_EQ(it.http.allowed_hosts, (std::vector<std::string>{"shop.local", "b.example"}));
  ASSERT_FALSE(set_setting(it, "http.allowed-hosts", "", "x"));
  EXPECT_TRUE(it.http.allowed_hosts.empty());
  for (const auto* wrong : {",", "a,,b", "a b", " ,a"})
    EXPECT_NE(error_of_value("http.allowed-hosts", wrong), "") << wrong;
}

TEST_F(config_files, the_command_line_wins_over_the_file_and_the_file_over_built_in_values) {
  const auto file = write("a.ini", "[http]\nport = 81\nthreads = 3\n");
  const auto it = read_config({file, {{"http.port", "82"}}});
  ASSERT_TRUE(it) << it.error().what;
  EXPECT_EQ(it->http.port, 82);
  EXPECT_EQ(it->http.threads, 3u);
  EXPECT_EQ(it->gateway.port, config{}.gateway.port);
}

TEST_F(config_files, a_relative_store_counts_from_the_folder_of_the_file_that_names_it) {
  const auto file = write("a.ini", "[store]\nuri = sqlite:b.db\n");
  EXPECT_EQ(read_config({file, {}})->store.uri, "sqlite:" + (folder_ / "b.db").string());
  EXPECT_EQ(read_config({file, {{"store.uri", "sqlite:c.db"}}})->store.uri, "sqlite:c.db");
  EXPECT_EQ(read_config({write("c.ini", "[store]\nuri = sqlite:/x/d.db\n"), {}})->store.uri, "sqlite:/x/d.db");
}

TEST_F(config_files, a_file_that_is_named_must_be_there) {
  const auto missing = (folder_ / "none.ini").string();
  const auto it = read_config({missing, {}});
  ASSERT_FALSE(it);
  EXPECT_EQ(it.error().what, missing + ": can't be read; wanted an INI file, see --config");
}

TEST_F(config_files, an_error_names_the_file_it_is_in) {
  const auto file = write("a.ini", "[http]\nport = x\n");
  EXPECT_EQ(read_config({file, {}}).error().what,
            file + ":2: http.port wants a whole number from 0 to 65535, found 'x'");
}

} // namespace
} // namespace stele
