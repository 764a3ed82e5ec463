#include "persistence/memory/memory_store.hpp"

#include "persistence/memory/memory_parts.hpp"

namespace stele {

namespace {

class memory_store final : public store {
public:
  explicit memory_store(memory_options options)
      : events_(open(std::move(options))), snapshots_(shared_), views_(shared_) {}
  ~memory_store() override { close(); }

  event_store& events() override { return events_; }
  snapshot_store& snapshots() override { return snapshots_; }
  view_store& views() override { return views_; }
  membership_store* membership() override { return nullptr; }

  void backup(std::string file, reply_to<done> reply) override {
    shared_.run<done>(
        [&](memory_disk&) -> stored<done> {
          return store_error{store_fault::refused, "backup to " + file + ": a store in memory has no file to copy"};
        },
        reply);
  }

  void close() override { shared_.closed = true; }

private:
  memory::shared_parts& open(memory_options options) {
    shared_.disk = options.disk ? options.disk : std::make_shared<memory_disk>(options.shards, options.lanes);
    shared_.reply_through = std::move(options.reply_through);
    std::lock_guard lock(shared_.disk->mutex);
    shared_.owner = ++shared_.disk->owner;
    return shared_;
  }

  memory::shared_parts shared_;
  memory::events events_;
  memory::snapshots snapshots_;
  memory::views views_;
};

} // namespace

std::unique_ptr<store> make_memory_store(memory_options options) {
  return std::make_unique<memory_store>(std::move(options));
}

} // namespace stele
