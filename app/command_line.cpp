#include "app/command_line.hpp"

#include "app/admin/cluster_command.hpp"
#include "app/admin/node_address.hpp"
#include "app/admin/node_commands.hpp"
#include "app/admin/security_commands.hpp"
#include "app/admin/store_commands.hpp"
#include "app/check/check_command.hpp"
#include "app/folded_text.hpp"
#include "app/load/load_arguments.hpp"
#include "app/load/load_command.hpp"
#include "app/settings_list.hpp"
#include "app/version.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <memory>

namespace stele {

namespace {

using choice = std::function<command_line()>;

constexpr const char* config_help = "Settings are read from FILE; without it from ./config.ini, if it is there.";

// The program's commands. Options write to its members, which the chosen command reads after parsing.
class parser {
public:
  parser(const std::string& program, const registry& hosted)
      : app_("Commands and events on one node: an order service by default, any domain as a library.", program),
        hosted_(hosted) {
    app_.set_version_flag("--version", program + ' ' + std::string(program_version), "Print the version.");
    app_.set_help_flag("-h,--help", "Print this help and exit; each command has its own.");
    app_.get_formatter()->column_width(38);
    app_.require_subcommand(0, 1);
    app_.fallthrough(false);
    add_node();
    add_send();
    add_get();
    add_find();
    add_stream();
    add_views();
    add_cluster();
    add_verify();
    add_backup();
    add_export();
    add_import();
    add_load();
    add_check();
    add_keys();
    add_certs();
  }

  command_line parse(std::vector<std::string> arguments) {
    std::reverse(arguments.begin(), arguments.end()); // As CLI11 wants them.
    try {
      app_.parse(std::move(arguments));
    } catch (const CLI::CallForVersion& asked) {
      return print_text{std::string(asked.what()) + '\n'};
    } catch (const CLI::CallForHelp&) { return print_text{help()}; } catch (const CLI::ParseError& wrong) {
      return bad_usage{std::string(wrong.what()) + "; see " + used() + " --help"};
    }
    if (!chosen_) return bad_usage{"wanted a command; see " + used() + " --help"};
    return chosen_();
  }

private:
  CLI::App* command(const char* name, const char* what, choice does) {
    auto* added = app_.add_subcommand(name, what);
    added->callback([this, does = std::move(does)] { chosen_ = does; });
    return added;
  }

  // The deepest command the arguments named.
  const CLI::App* named() const {
    const CLI::App* at = &app_;
    while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
    return at;
  }

  std::string used() const { return named() == &app_ ? app_.get_name() : app_.get_name() + ' ' + named()->get_name(); }

  std::string help() const { return named() == &app_ ? app_.help() : named()->help(app_.get_name()); }

  void add_config(CLI::App* to) { to->add_option("--config", file_, config_help)->type_name("FILE"); }

  // `--section.key=value` for each setting `wanted` is true for.
  void add_settings(CLI::App* to, bool (*wanted)(const setting&)) {
    for (const auto& it : settings_list()) {
      if (!wanted(it)) continue;
      const auto keep = [this, name = it.name()](const std::string& value) { overrides_.emplace_back(name, value); };
      to->add_option_function<std::string>("--" + it.name(), keep, folded(describe(it)))
          ->type_name("")
          ->expected(0, 1) // So that a list can be emptied: --http.allowed-hosts=
          ->group('[' + it.section + ']')
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    }
    const auto keep = [this](const std::string& value) { overrides_.emplace_back("store.uri", value); };
    to->add_option_function<std::string>("--store", keep, "The same as --store.uri.")->type_name("URI");
  }

  void add_node_options(CLI::App* to) {
    add_config(to);
    add_access(to, "The node asked; without it the HTTP door the settings speak of.");
    to->add_flag("--json", json_, "The node's answer as it is, for programs.");
  }

  // The way to a node and what is shown there.
  void add_access(CLI::App* to, const char* node) {
    to->add_option("--node", way_.node, node)->type_name("[https://]HOST:PORT");
    to->add_option("--ca", way_.authority,
                   "With TLS: whose certificates are believed; with https else those the system does.")
        ->type_name("FILE");
    to->add_option("--certificate", way_.certificate, "With TLS: what is shown to a node that asks for one.")
        ->type_name("FILE");
    to->add_option("--private-key", way_.private_key, "Of that certificate.")->type_name("FILE");
    to->add_option("--key-file", way_.key_file, "Holds a key of 'stele keys create'; else STELE_KEY is used.")
        ->type_name("FILE");
  }

  void add_store_options(CLI::App* to) {
    add_config(to);
    add_settings(to, [](const setting& it) { return it.section == "store"; });
  }

  // A command that asks a node.
  choice asks(std::function<int(const admin::node_options&)> does) {
    return [this, does = std::move(does)]() -> command_line {
      auto settings = read_config({file_, {}});
      if (!settings) return bad_usage{settings.error().what};
      auto way = admin::find_node(way_, settings->http);
      if (!way) return bad_usage{way.error().what};
      return run_command([does, node = admin::node_options{*way, json_}] { return does(node); });
    };
  }

  // A command that opens the store itself.
  choice opens(std::function<int(const store_options&)> does) {
    return [this, does = std::move(does)]() -> command_line {
      auto settings = read_config({file_, overrides_});
      if (!settings) return bad_usage{settings.error().what};
      return run_command([does, store = settings->store] { return does(store); });
    };
  }

  void add_node() {
    auto* it =
        command("node",
                "Run a node: prints 'ready http=H:P gateway=H:P' when it takes requests. SIGTERM and SIGINT end it "
                "after what it accepted is finished, a second one at once; SIGHUP is ignored.",
                [this]() -> command_line {
                  if (print_config_) return print_text{config_ini_text()};
                  auto settings = read_config({file_, overrides_});
                  if (!settings) return bad_usage{settings.error().what};
                  return run_node{std::move(*settings)};
                });
    add_config(it);
    it->add_flag("--print-config", print_config_, "Print a config.ini with every setting at its built-in value.");
    add_settings(it, [](const setting&) { return true; });
  }

  void add_send() {
    auto* it = command("send", "Send a command: stele send order 7 cancel '{\"reason\":\"late\"}'",
                       asks([this](const admin::node_options& node) { return admin::send(node, hosted_, send_); }));
    it->add_option("AGGREGATE", send_.aggregate, "Kind of aggregate, as order.")->required();
    it->add_option("ID", send_.id, "Its id; 'new' has the node make one.")->required();
    it->add_option("COMMAND", send_.command, "Name of the command; the part before _<aggregate> will do.")->required();
    it->add_option("JSON", send_.body, "Its fields; without it {}.");
    it->add_option("--key", send_.key, "Idempotency key: sent again with the same key it has one effect.");
    add_node_options(it);
  }

  void add_get() {
    auto* it = command("get", "Look one row up: stele get order 7", asks([this](const admin::node_options& node) {
                         return admin::get(node, hosted_, name_, key_, after_);
                       }));
    it->add_option("VIEW", name_, "A view, or an aggregate, which stands for its view.")->required();
    it->add_option("KEY", key_, "The row's key.")->required();
    it->add_option("--after", after_, "Wait until all of this token is in the answer.")->type_name("TOKEN");
    add_node_options(it);
  }

  void add_find() {
    auto* it = command(
        "find", "List rows: stele find orders_of_customer customer_id=ada status=shipped",
        asks([this](const admin::node_options& node) { return admin::find(node, hosted_, name_, parameters_); }));
    it->add_option("QUERY", name_, "A registered query, or a view.")->required();
    it->add_option("PARAMETERS", parameters_, "As name=value; page and page_size among them.")
        ->check([](const std::string& value) {
          return value.find('=') == std::string::npos ? "wanted name=value, found '" + value + "'" : std::string();
        });
    add_node_options(it);
  }

  void add_stream() {
    auto* it = command("stream", "Show the history of a stream, or its state at a version or a time.",
                       asks([this](const admin::node_options& node) { return admin::stream(node, stream_); }));
    it->add_option("AGGREGATE", stream_.aggregate, "Kind of aggregate, as order.")->required();
    it->add_option("ID", stream_.id, "Its id.")->required();
    auto* version = it->add_option("--at-version", stream_.at_version, "The state after this version.")->type_name("N");
    it->add_option("--at", stream_.at, "The state at this time, as 2024-05-01T12:00:00Z.")
        ->type_name("TIME")
        ->excludes(version);
    add_node_options(it);
  }

  void add_views() {
    auto asked = asks([this](const admin::node_options& node) {
      return action_ == "list" ? admin::list_views(node) : admin::change_view(node, action_, name_);
    });
    auto* it = command("views", "List the views with their lag, or rebuild, pause or resume one.",
                       [this, asked]() -> command_line {
                         if (action_ == "list" && !name_.empty()) return bad_usage{"views list takes no view"};
                         if (action_ != "list" && name_.empty()) return bad_usage{"views " + action_ + " needs a view"};
                         return asked();
                       });
    it->add_option("ACTION", action_, "list (default), rebuild, pause or resume.")
        ->check(CLI::IsMember({"list", "rebuild", "pause", "resume"}));
    it->add_option("VIEW", name_, "The view to rebuild, pause or resume.");
    add_node_options(it);
  }

  void add_cluster() {
    auto* it = command("cluster", "Show the nodes of the store, who owns which shard and how far behind views are.",
                       asks([this](const admin::node_options& node) { return admin::show_cluster(node, watch_); }));
    it->add_flag("--watch", watch_, "Again every second, until interrupted or the node is not heard of.");
    add_node_options(it);
  }

  void add_backup() {
    auto* it = command("backup", "Write a copy of the store of a running node to a file on the node's machine.",
                       asks([this](const admin::node_options& node) { return admin::backup(node, path_); }));
    it->add_option("FILE", path_, "Must not exist.")->required();
    add_node_options(it);
  }

  void add_verify() {
    auto* it =
        command("verify", "Read a whole store and check it; the node must not run.",
                opens([this](const store_options& store) { return admin::verify_store(store, hosted_, json_); }));
    it->add_flag("--json", json_, "One JSON object, for programs.");
    add_store_options(it);
  }

  void add_export() {
    auto* it = command("export", "Write all events as JSON lines; the node must not run.",
                       opens([this](const store_options& store) { return admin::export_store(store, path_); }));
    it->add_option("FILE", path_, "Must not exist; - is stdout.")->required();
    add_store_options(it);
  }

  void add_import() {
    auto* it = command("import", "Read an export into an empty store; versions, positions and ids are kept.",
                       opens([this](const store_options& store) { return admin::import_store(store, path_); }));
    it->add_option("FILE", path_, "An export; - is stdin.")->required();
    add_store_options(it);
  }

  // A command that runs a node of its own, or loads another.
  choice loads() {
    return [this]() -> command_line {
      auto settings = read_config({file_, overrides_});
      if (!settings) return bad_usage{settings.error().what};
      if (auto wrong = load::find_target({way_, gateway_, gateway_names_}, settings->http, load_))
        return bad_usage{*wrong};
      if (const auto wrong = load::complete(load_)) return bad_usage{*wrong};
      load_.json = json_;
      return run_command(
          [this, settings = std::move(*settings)] { return run_load_command(load_, settings, hosted_); });
    };
  }

  void add_load() {
    auto* it = command("load",
                       "Put a load on a node and check every answer: stele load --actors 1000 --rate 5000 --duration "
                       "20s --report load.html. Exits 1 when an answer was wrong, not when it was slow.",
                       loads());
    add_config(it);
    add_access(it,
               "A node, over HTTP, or several: HOST:PORT,HOST:PORT. Without it and --gateway: one in this process.");
    it->add_option("--gateway", gateway_, "A node, or several, over CAF; --node is asked for the lag of views then.")
        ->type_name("HOST:PORT,…");
    it->add_option("--gateway-name", gateway_names_, "They speak TLS, and their certificates have this name.");
    load::add_load_arguments(*it, load_);
    it->add_option("--report", load_.report, "Write a page with charts, which opens offline.")->type_name("FILE");
    it->add_option("--history", load_.history,
                   "Write what each client did and was told, as JSON lines; must not exist.")
        ->type_name("FILE");
    it->add_flag("--json", json_, "The outcome as one JSON object, for programs.");
    add_settings(it, [](const setting& s) { return s.section != "http" && s.section != "gateway"; });
  }

  void add_check() {
    auto* it =
        command("check",
                "Hold a history that stele load wrote against the store: what clients were told, and in which "
                "order, must fit what is stored. Exits 1 when a promise was broken, 2 when something can't be "
                "read; the node must not run.",
                opens([this](const store_options& store) { return check::check_history(check_, store, hosted_); }));
    it->add_option("HISTORY", check_.history, "What stele load --history wrote; - is stdin.")->required();
    it->add_flag("--only", check_.only, "Nothing else ever wrote to the store: an effect nobody sent is a violation.");
    it->add_flag("--json", check_.json, "One JSON object, for programs.");
    add_store_options(it);
  }

  void add_keys() {
    auto* it = command("keys", "Make, list and revoke the keys that callers of the HTTP door carry.",
                       [this]() -> command_line {
                         auto settings = read_config({file_, {}});
                         if (!settings) return bad_usage{settings.error().what};
                         if (keys_.file.empty()) keys_.file = settings->http.keys;
                         if (auto wrong = wrong_with(keys_); !wrong.empty()) return bad_usage{std::move(wrong)};
                         return run_command([this] { return admin::change_keys(keys_); });
                       });
    it->add_option("ACTION", keys_.action, "create, list or revoke.")
        ->required()
        ->check(CLI::IsMember({"create", "list", "revoke"}));
    it->add_option("ID", keys_.id, "The key to revoke.");
    it->add_option("--name", keys_.name, "Who a new key is for.");
    it->add_option("--role", keys_.role, "query, command or admin; each may do what those before it may.");
    it->add_option("--expires", keys_.expires, "When a new key ends, as 90d or 12h; without it never.");
    it->add_option("--file", keys_.file, "The file of the keys; without it http.keys of the settings.")
        ->type_name("FILE");
    add_config(it);
  }

  void add_certs() {
    auto* it = command("certs",
                       "Make a private authority for nodes, one for clients, and their certificates: stele certs tls "
                       "--node shop.example,10.0.0.7 --client ada",
                       [this] { return run_command([this] { return admin::make_certificates(certs_); }); });
    it->add_option("FOLDER", certs_.folder, "Authorities that are in it are used; no file is overwritten.")->required();
    it->add_option("--node", certs_.nodes, "A node's name, and what else its certificate is valid for.")
        ->type_name("NAME[,ADDRESS...]");
    it->add_option("--client", certs_.clients, "A client's name.")->type_name("NAME");
    it->add_option("--days", certs_.days, "How long the certificates are valid; built-in 365.")
        ->check(CLI::Range(1, 3650));
  }

  CLI::App app_;
  const registry& hosted_;
  choice chosen_;
  std::optional<std::string> file_;
  std::vector<std::pair<std::string, std::string>> overrides_;
  bool print_config_ = false, json_ = false, watch_ = false;
  std::string gateway_, name_, key_, after_, path_, action_ = "list";
  std::vector<std::string> parameters_, gateway_names_;
  admin::send_request send_{{}, {}, {}, "{}", {}};
  admin::stream_request stream_;
  load::load_options load_;
  check::command_options check_;
  admin::node_words way_;
  admin::keys_request keys_;
  security::wanted_certificates certs_;
};

} // namespace

command_line parse_command_line(const std::string& program, const std::vector<std::string>& arguments,
                                const registry& hosted) {
  auto parsing = std::make_shared<parser>(program, hosted);
  auto parsed = parsing->parse(arguments);
  // What a command was told lives in the parser.
  if (auto* does = std::get_if<run_command>(&parsed))
    return run_command([parsing, does = std::move(*does)] { return does(); });
  return parsed;
}

} // namespace stele
