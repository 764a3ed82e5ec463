#include "tests/drills/told_check.hpp"

namespace drill {

namespace {

void expect_none(const stele::kit::postgres_session& db, const std::string& what, const std::string& query,
                 std::vector<std::string>& broken) {
  const auto count = db.run("SELECT count(*) FROM (" + query + ") found");
  if (count != "0") broken.push_back(count + " " + what + ", as " + db.run(query + " LIMIT 1"));
}

} // namespace

std::string check_told(const stele::kit::postgres_server& store, const std::vector<told_command>& told,
                       bool nobody_else, std::vector<std::string>& broken) {
  const stele::kit::postgres_session db(store.uri());
  db.run("CREATE TEMP TABLE told (command_id uuid, stream_id text COLLATE \"C\", version int)");
  std::string values;
  for (const auto& it : told)
    values += (values.empty() ? "('" : ",('") + it.key + "','" + it.stream_id + "'," + std::to_string(it.version) + ")";
  if (!values.empty()) db.run("INSERT INTO told VALUES " + values);
  const auto events = db.run("SELECT count(*) FROM stele.es_events");
  expect_none(db, "commands were acknowledged and are not in the log exactly once, at that version",
              "SELECT t.command_id FROM told t LEFT JOIN (SELECT command_id, stream_id, count(*) AS times,"
              " max(version) AS version FROM stele.es_events GROUP BY 1, 2) e USING (command_id, stream_id)"
              " WHERE e.times IS DISTINCT FROM 1 OR e.version <> t.version",
              broken);
  expect_none(db, "commands are in the log more than once",
              "SELECT command_id FROM stele.es_events GROUP BY 1 HAVING count(*) > max(parts)", broken);
  if (nobody_else && std::to_string(told.size()) != events)
    broken.push_back("the log has " + events + " events of " + std::to_string(told.size()) + " commands");
  return events;
}

} // namespace drill
