#include "app/load/history_file.hpp"

#include "app/admin/raw_json.hpp"

#include <array>
#include <cerrno>
#include <cstring>

namespace stele::load {

namespace {

constexpr std::array<std::string_view, 3> status_names = {"pending", "shipped", "cancelled"};

class line {
public:
  line& text(const char* name, std::string_view value) { return raw(name, admin::json_text(value)); }
  line& number(const char* name, std::uint64_t value) { return raw(name, std::to_string(value)); }
  line& raw(const char* name, const std::string& json) {
    out_.append(out_.empty() ? "{\"" : ",\"").append(name).append("\":").append(json);
    return *this;
  }
  std::string finish() const { return out_ + "}\n"; }

private:
  std::string out_;
};

void add_request(line& out, const operation& it) {
  if (!it.order_id.empty()) out.text("stream", "order-" + it.order_id);
  if (!it.command.empty()) out.text("command", it.command).text("key", to_string(it.key)).raw("body", it.body);
  if (it.command.empty() && !it.customer_id.empty()) out.text("customer", it.customer_id);
  if (!it.text.empty()) out.text("q", it.text);
  if (!it.after.empty()) out.text("after", to_text(it.after));
}

std::string rows_json(const answer& how) {
  std::string out = "[";
  for (const auto& row : how.rows) {
    line one;
    one.text("order_id", row.order_id).text("customer_id", row.customer_id).number("version", row.version);
    one.number("item_count", static_cast<std::uint64_t>(row.item_count));
    one.number("total_cents", static_cast<std::uint64_t>(row.total_amount.minor_units()));
    one.text("status", status_names[static_cast<std::size_t>(row.status)]);
    auto text = one.finish();
    text.pop_back();
    out += (out.size() > 1 ? "," : "") + text;
  }
  return out + ']';
}

void add_answer(line& out, const operation& it, const answer& how) {
  if (how.refused) {
    out.text("outcome", to_string(how.refused->kind)).text("code", how.refused->code);
    return;
  }
  out.text("outcome", how.stale ? "stale" : "ok");
  if (!it.command.empty()) {
    out.number("version", how.version).number("shard", how.shard).number("position", how.position);
    if (how.repeated) out.raw("repeated", *how.repeated ? "true" : "false");
  } else {
    out.raw("rows", rows_json(how)).number("total", how.total);
  }
  if (!how.at.empty()) out.text("token", to_text(how.at));
}

} // namespace

std::string history_line(std::uint32_t client, const operation& it, const answer& how, std::int64_t completed_ns) {
  line out;
  out.number("client", client).number("op", it.number).text("kind", to_string(it.kind));
  add_request(out, it);
  out.number("intended_us", static_cast<std::uint64_t>(it.intended_ns / 1000));
  out.number("invoked_us", static_cast<std::uint64_t>(it.sent_ns / 1000));
  if (completed_ns == 0) return out.text("outcome", "unanswered").finish();
  out.number("completed_us", static_cast<std::uint64_t>(completed_ns / 1000));
  add_answer(out, it, how);
  return out.finish();
}

std::optional<std::string> history_file::open(const std::string& path) {
  file_.reset(std::fopen(path.c_str(), "wx"));
  if (file_) path_ = path;
  if (file_) return std::nullopt;
  return path + ": can't be written: " + std::strerror(errno) + (errno == EEXIST ? "; choose another file" : "");
}

void history_file::add(std::uint32_t client, const operation& it, const answer& how, std::int64_t completed_ns) {
  if (path_.empty()) return;
  const auto text = history_line(client, it, how, completed_ns);
  const std::lock_guard lock(mutex_);
  if (file_) std::fwrite(text.data(), 1, text.size(), file_.get());
}

std::optional<std::string> history_file::close() {
  const std::lock_guard lock(mutex_);
  if (!file_) return std::nullopt;
  const bool failed = std::ferror(file_.get()) != 0;
  if (std::fclose(file_.release()) == 0 && !failed) return std::nullopt;
  return path_ + ": the history could not be written whole; is the disk full?";
}

} // namespace stele::load
