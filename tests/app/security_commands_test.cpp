// `stele keys`, `stele certs` and the words by which a command reaches a locked node.
#include "app/admin/node_address.hpp"
#include "app/admin/security_commands.hpp"
#include "app/cluster/cluster_tls.hpp"
#include "app/command_line.hpp"
#include "app/security/key_file.hpp"
#include "tests/app/order_shop.hpp"

#include <fstream>

namespace stele {
namespace {

using testing::internal::CaptureStdout;
using testing::internal::GetCapturedStdout;

const registry& reference() {
  static order_shop shop(in_memory());
  return shop.hosted();
}

struct outcome {
  int code = -1;
  std::string printed, wrong;
};

outcome run(const std::vector<std::string>& arguments) {
  auto asked = parse_command_line("stele", arguments, reference());
  if (const auto* wrong = std::get_if<bad_usage>(&asked)) return {2, {}, wrong->why};
  auto* command = std::get_if<run_command>(&asked);
  if (command == nullptr) return {};
  CaptureStdout();
  const int code = (*command)();
  return {code, GetCapturedStdout(), {}};
}

bool is_private(const std::string& file) {
  return std::filesystem::status(file).permissions() ==
         (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST(keys_command, makes_a_key_shows_it_once_and_ends_it) {
  const temporary_folder folder;
  const auto file = folder.file("keys");
  const auto made = run({"keys", "create", "--file", file, "--name", "ada", "--role", "command", "--expires", "90d"});
  ASSERT_EQ(made.code, 0) << made.wrong;
  EXPECT_EQ(made.printed.substr(0, 6), "stele_");
  EXPECT_EQ(made.printed.size(), 6u + 12 + 1 + 64 + 1) << "the key and the end of its line, nothing else";
  const auto id = made.printed.substr(6, 12);
  const auto before = run({"keys", "list", "--file", file});
  EXPECT_NE(before.printed.find(id), std::string::npos) << before.printed;
  EXPECT_NE(before.printed.find("command"), std::string::npos) << before.printed;
  EXPECT_EQ(before.printed.find(made.printed.substr(19, 64)), std::string::npos) << "a secret is shown once";
  EXPECT_EQ(run({"keys", "revoke", id, "--file", file}).code, 0);
  const auto keys = security::read_keys(file);
  ASSERT_TRUE(keys) << keys.error().what;
  EXPECT_TRUE(keys->front().revoked.has_value());
  EXPECT_EQ(*keys->front().expires - keys->front().created, 90LL * 24 * 3'600'000);
  EXPECT_EQ(run({"keys", "revoke", "000000000000", "--file", file}).code, 1);
  EXPECT_TRUE(is_private(file));
}

TEST(keys_command, takes_the_file_from_the_settings) {
  const temporary_folder folder;
  std::ofstream(folder.file("a.ini")) << "[http]\nkeys = mine\n";
  const auto made = run({"keys", "create", "--config", folder.file("a.ini"), "--name", "x", "--role", "query"});
  EXPECT_EQ(made.code, 0) << made.wrong;
  EXPECT_TRUE(std::filesystem::exists(folder.file("mine"))) << "a relative path counts from the file of the settings";
}

TEST(keys_command, refuses_a_file_that_others_may_read) {
  const temporary_folder folder;
  const auto file = folder.file("keys");
  run({"keys", "create", "--file", file, "--name", "ada", "--role", "query"});
  std::filesystem::permissions(file, std::filesystem::perms::others_read, std::filesystem::perm_options::add);
  EXPECT_EQ(run({"keys", "list", "--file", file}).code, 1);
  EXPECT_EQ(run({"keys", "create", "--file", file, "--name", "bob", "--role", "query"}).code, 1);
}

TEST(keys_command, bad_usage_says_what_was_wrong) {
  EXPECT_NE(run({"keys", "list"}).wrong.find("--file"), std::string::npos);
  EXPECT_NE(run({"keys", "create", "--file", "x", "--role", "query"}).wrong.find("--name"), std::string::npos);
  EXPECT_NE(
      run({"keys", "create", "--file", "x", "--name", "a", "--role", "king"}).wrong.find("query, command or admin"),
      std::string::npos);
  for (const auto* time : {"90", "d", "0d", "-1d", "99999999999999999999d", "9999999d", "1w"})
    EXPECT_NE(
        run({"keys", "create", "--file", "x", "--name", "a", "--role", "query", "--expires", time}).wrong.find("90d"),
        std::string::npos)
        << time;
  EXPECT_NE(run({"keys", "revoke", "--file", "x"}).wrong.find("needs an id"), std::string::npos);
  EXPECT_NE(run({"keys", "burn", "--file", "x"}).wrong, "");
}

TEST(certs_command, makes_authorities_and_certificates_and_overwrites_nothing) {
  const temporary_folder folder;
  const auto tls = folder.file("tls");
  const auto at = [&](const std::string& name) { return tls + '/' + name; };
  const auto made = run({"certs", tls, "--node", "east.example,10.0.0.7,::1", "--node", "west", "--client", "ada"});
  ASSERT_EQ(made.code, 0) << made.wrong;
  for (const auto* name : {"nodes-authority", "clients-authority", "east.example", "west", "ada"})
    for (const auto* end : {".pem", ".key"}) {
      EXPECT_NE(made.printed.find(at(std::string(name) + end) + '\n'), std::string::npos) << name << end;
      EXPECT_TRUE(is_private(at(std::string(name) + end))) << name << end;
    }
  EXPECT_TRUE(security::make_server_tls({at("east.example.pem"), at("east.example.key"), at("clients-authority.pem")}));
  const auto before = *security::read_file(at("west.key"));
  EXPECT_EQ(run({"certs", tls, "--node", "north", "--client", "ada"}).code, 1);
  EXPECT_FALSE(std::filesystem::exists(at("north.pem"))) << "nothing is made when a part can't be";
  EXPECT_EQ(*security::read_file(at("west.key")), before);
  const auto authority = *security::read_file(at("nodes-authority.pem"));
  EXPECT_EQ(run({"certs", tls, "--node", "north"}).code, 0);
  EXPECT_EQ(*security::read_file(at("nodes-authority.pem")), authority)
      << "the authority of the folder signs later ones";
}

TEST(certs_command, makes_all_that_nodes_and_their_clients_need_at_once) {
  const temporary_folder folder;
  const auto at = [&](const std::string& name) { return folder.file("tls/" + name); };
  ASSERT_EQ(run({"certs", folder.file("tls"), "--node", "east,east.example", "--node", "west", "--client", "ada"}).code,
            0);
  auto settings = in_memory();
  settings.cluster.enabled = true;
  for (const std::string name : {"east", "west"}) {
    settings.cluster.tls = {at(name + ".pem"), at(name + ".key"), at("nodes-authority.pem"), {"stele://cluster/west"}};
    EXPECT_TRUE(cluster::read_tls(settings.cluster)) << name;
  }
  settings.gateway.tls.authority = at("clients-authority.pem");
  EXPECT_EQ(order_shop(settings).start().value_or("").find("authority"), std::string::npos);
  settings.gateway.tls.authority = at("nodes-authority.pem");
  const auto why = order_shop(settings).start().value_or("");
  EXPECT_NE(why.find("gateway.client-authority"), std::string::npos) << why;
  settings.gateway.tls.authority.clear();
  settings.http.client_authority = at("nodes-authority.pem");
  EXPECT_NE(order_shop(settings).start().value_or("").find("http.client-authority"), std::string::npos);
}

TEST(certs_command, names_that_could_be_paths_are_refused) {
  const temporary_folder folder;
  for (const auto* name : {"../x", "a/b", "", ".x", "a,b c", "a,,b", "a,DNS:evil/x"})
    EXPECT_EQ(run({"certs", folder.file("tls"), "--node", name}).code == 0, false) << name;
  EXPECT_EQ(run({"certs", folder.file("tls")}).code, 1) << "nothing wanted";
  EXPECT_FALSE(std::filesystem::exists(folder.file("tls")));
}

TEST(node_address, a_key_does_not_travel_unencrypted_to_another_machine) {
  const temporary_folder folder;
  const auto file = folder.file("key");
  ASSERT_FALSE(security::write_new(file, "stele_0123456789ab_00\n"));
  const auto find = [&](const std::string& node) { return admin::find_node({node, {}, {}, {}, file}, {}); };
  EXPECT_EQ(find("localhost:80")->key, "stele_0123456789ab_00");
  EXPECT_TRUE(find("127.0.0.1:80"));
  const auto refused = find("shop.example:80");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().what.find("https://shop.example:80"), std::string::npos) << refused.error().what;
  const auto secure = find("https://shop.example:80");
  ASSERT_TRUE(secure) << secure.error().what;
  EXPECT_NE(secure->tls, nullptr);
  std::filesystem::permissions(file, std::filesystem::perms::others_read, std::filesystem::perm_options::add);
  EXPECT_FALSE(find("localhost:80")) << "a key that others may read";
}

TEST(node_address, words_that_do_not_fit_together_are_refused) {
  EXPECT_FALSE(admin::find_node({"localhost:80", "x.pem", {}, {}, {}}, {}));
  EXPECT_FALSE(admin::find_node({"https://localhost:80", {}, "x.pem", {}, {}}, {}));
  EXPECT_FALSE(admin::find_node({"https://localhost", {}, {}, {}, {}}, {}));
  EXPECT_FALSE(admin::find_node({"ftp://localhost:80", {}, {}, {}, {}}, {}));
}

} // namespace
} // namespace stele
