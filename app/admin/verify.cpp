#include "app/admin/verify.hpp"

#include "app/admin/ask.hpp"
#include "app/admin/event_check.hpp"
#include "app/admin/extra_rows.hpp"
#include "app/admin/keyed_replay.hpp"
#include "app/admin/shard_replay.hpp"
#include "app/admin/snapshot_check.hpp"

#include <numeric>

namespace stele::admin {

namespace {

constexpr std::size_t events_in_a_read = 1000;

class verification {
public:
  verification(store& storage, const registry& hosted, const std::function<void(const verify_progress&)>& progress)
      : storage_(storage), hosted_(hosted), progress_(progress) {}

  stored<verify_report> run() {
    auto heads = ask<std::vector<shard_position>>([&](auto reply) { storage_.events().heads(reply); });
    if (!heads) return heads.error();
    so_far_.events_total = std::accumulate(heads->begin(), heads->end(), std::uint64_t{0});
    report_.shards = heads->size();
    for (const auto& view : hosted_.views)
      if (auto opened = open(*view, *heads); !opened) return opened.error();
    for (shard_number shard = 0; shard < heads->size(); ++shard)
      if (auto checked = check_shard(shard, (*heads)[shard]); !checked) return checked.error();
    if (auto checked = finish_views(); !checked) return checked.error();
    if (auto checked = check_keyed_views(storage_, keyed_views_, report_.found); !checked) return checked.error();
    for (const auto& view : keyed_views_) report_.views.push_back({std::string(view.type->name()), view.rows, {}});
    if (auto checked = check_snapshots(storage_, hosted_, report_); !checked) return checked.error();
    return std::move(report_);
  }

private:
  // Takes a view into the check, or notes why not.
  stored<done> open(const view_type& type, const std::vector<shard_position>& heads) {
    const std::string name(type.name());
    auto status = ask<view_status>([&](auto reply) { storage_.views().open_view(type.definition(), reply); });
    if (!status && status.error().fault != store_fault::refused) return status.error();
    if (!status) return skip(name, status.error().what);
    if (!status->current) return skip(name, "made from another description; a node rebuilds it when it starts");
    checked_view view{&type, {name, status->serving}, {}, 0};
    auto points =
        ask<std::vector<shard_position>>([&](auto reply) { storage_.views().checkpoints(view.table, reply); });
    if (!points) return points.error();
    view.checkpoints = std::move(*points);
    view.checkpoints.resize(heads.size());
    for (shard_number shard = 0; shard < heads.size(); ++shard)
      if (view.checkpoints[shard] > heads[shard])
        report_.found.add("checkpoint_ahead", "view " + name + ", shard " + std::to_string(shard) +
                                                  ": folded up to position " + std::to_string(view.checkpoints[shard]) +
                                                  ", but the shard ends at " + std::to_string(heads[shard]));
    (type.keys() != nullptr ? keyed_views_ : views_).push_back(std::move(view));
    return done{};
  }

  stored<done> skip(const std::string& view, std::string why) {
    report_.views.push_back({view, 0, std::move(why)});
    return done{};
  }

  stored<done> check_shard(shard_number shard, shard_position head) {
    event_check order(shard, static_cast<std::uint32_t>(report_.shards), report_.found);
    shard_replay replay(shard, hosted_, views_, report_.found);
    if (auto read = read_shard(shard, order, replay); !read) return read;
    order.end();
    if (order.position() != head)
      report_.found.add("shard_end", "shard " + std::to_string(shard) + ": its events end at position " +
                                         std::to_string(order.position()) + ", its head says " + std::to_string(head));
    report_.events += order.events();
    report_.commands += order.commands();
    report_.streams += order.streams();
    return replay.compare_rows(storage_.views());
  }

  stored<done> read_shard(shard_number shard, event_check& order, shard_replay& replay) {
    for (;;) {
      auto page = ask<std::vector<recorded_event>>(
          [&](auto reply) { storage_.events().read_shard(shard, order.position(), events_in_a_read, reply); });
      if (!page) return page.error();
      if (page->empty()) return done{};
      for (const auto& it : *page) {
        order.take(it);
        replay.take(it);
      }
      so_far_.events_done += page->size();
      if (progress_) progress_(so_far_);
    }
  }

  stored<done> finish_views() {
    for (auto& view : views_) {
      auto rows = ask<view_store::checksum>([&](auto reply) { storage_.views().table_checksum(view.table, reply); });
      if (!rows) return rows.error();
      report_.views.push_back({std::string(view.type->name()), rows->rows, {}});
      if (rows->rows <= view.rows) continue;
      if (auto found = find_extra_rows(storage_, view, report_.found); !found) return found;
    }
    return done{};
  }

  store& storage_;
  const registry& hosted_;
  const std::function<void(const verify_progress&)>& progress_;
  verify_progress so_far_;
  verify_report report_;
  std::vector<checked_view> views_;       ///< Whose key is the stream id.
  std::vector<checked_view> keyed_views_; ///< With a key of their own.
};

} // namespace

stored<verify_report> verify(store& storage, const registry& hosted,
                             const std::function<void(const verify_progress&)>& progress) {
  return verification(storage, hosted, progress).run();
}

} // namespace stele::admin
