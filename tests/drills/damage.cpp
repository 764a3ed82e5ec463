#include "tests/drills/damage.hpp"

#include <sqlite3.h>

#include <memory>
#include <stdexcept>

namespace drill {

namespace fs = std::filesystem;

std::vector<damage> all_damages() {
  return {{"one row of the view changed",
           "UPDATE order_views SET item_count = item_count + 1 WHERE order_id = 'shared'", "shared"},
          {"one row of the view deleted", "DELETE FROM order_views WHERE order_id = 'shared'", "shared"},
          {"one position skipped",
           "UPDATE events SET position = position + 1 WHERE global_position ="
           " (SELECT global_position FROM events WHERE shard ="
           "   (SELECT shard FROM events WHERE stream_id = 'order-shared' LIMIT 1) ORDER BY position DESC LIMIT 1)",
           "position_gap"}};
}

fs::path damaged_copy(const fs::path& file, const damage& how) {
  const fs::path copy = file.string() + ".damaged";
  for (const auto* end : {"", "-wal", "-shm"}) {
    fs::remove(copy.string() + end);
    if (fs::exists(file.string() + end)) fs::copy_file(file.string() + end, copy.string() + end);
  }
  sqlite3* opened = nullptr;
  const int code = sqlite3_open(copy.c_str(), &opened);
  const std::unique_ptr<sqlite3, int (*)(sqlite3*)> db(opened, sqlite3_close);
  if (code != SQLITE_OK || sqlite3_exec(opened, how.sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    throw std::runtime_error(how.what + ": " + sqlite3_errmsg(opened));
  if (sqlite3_changes(opened) != 1) throw std::runtime_error(how.what + ": there was nothing to damage");
  return copy;
}

} // namespace drill
