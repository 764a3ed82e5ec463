#include "app/check/json_reader.hpp"
#include "app/check/model.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace stele::check {

namespace {

constexpr std::int64_t quantity_max = 1'000'000, cents_max = 100'000'000'000, total_max = std::int64_t{1} << 53;

struct named_verb {
  std::string_view command, event;
  verb what;
};

constexpr std::array<named_verb, 7> verbs = {{{"create_order", "order_created", verb::create_order},
                                              {"add_order_item", "order_item_added", verb::add_item},
                                              {"cancel_order", "order_cancelled", verb::cancel_order},
                                              {"ship_order", "order_shipped", verb::ship_order},
                                              {"open_account", "account_opened", verb::open_account},
                                              {"deposit", "deposited", verb::deposit},
                                              {"withdraw", "withdrawn", verb::withdraw}}};

struct line {
  std::string product;
  std::int64_t quantity = 0, price = 0;

  std::string_view fault() const {
    if (product.empty()) return "empty_product_id";
    if (quantity < 1 || quantity > quantity_max) return "bad_quantity";
    return price < 0 || price > cents_max ? "bad_price" : "";
  }
  std::uint64_t digest() const {
    return hash_of(hash_of(product), hash_of(static_cast<std::uint64_t>(quantity), static_cast<std::uint64_t>(price)));
  }
};

class reader {
public:
  reader(verb what, std::string_view json) : in_(json) { out_.what = what; }

  deed read() {
    const bool good = in_.object([this](std::string_view name) { return member(name); }) && in_.at_end();
    if (!good)
      out_.fault = "unreadable";
    else
      finish();
    return out_;
  }

private:
  bool member(std::string_view name) {
    if (name == "customer_id" || name == "owner" || name == "reason") return in_.text(text_);
    if (name == "amount") return money(amount_);
    if (name == "shipping_address") return in_.meaning(address_);
    if (name == "items")
      return in_.array([this] {
        line one;
        if (!in_.object([&](std::string_view field) { return line_member(one, field); })) return false;
        add(one);
        return true;
      });
    return line_member(line_, name);
  }

  bool line_member(line& to, std::string_view name) {
    if (name == "product_id") return in_.text(to.product);
    if (name == "price") return money(to.price);
    return name == "quantity" && money(to.quantity) && (to.quantity % 100 == 0) && (to.quantity /= 100, true);
  }

  bool money(std::int64_t& out) {
    std::string_view digits;
    const auto cents = in_.number(digits) ? cents_of(digits) : std::nullopt;
    out = cents.value_or(0);
    return cents.has_value();
  }

  void add(const line& it) {
    ++out_.lines;
    out_.digest = hash_of(out_.digest, it.digest());
    if (line_fault_.empty()) line_fault_ = it.fault();
    if (!line_fault_.empty()) return;
    out_.cents += it.price * it.quantity; // At most 10^17, and the sum is given up above 2^53: no overflow.
    if (out_.cents > total_max) line_fault_ = "total_too_large";
  }

  void finish() {
    switch (out_.what) {
    case verb::create_order:
      out_.who = hash_of(text_);
      out_.digest = hash_of(hash_of(out_.digest, out_.who), address_);
      out_.fault = text_.empty() ? "empty_customer_id" : out_.lines == 0 ? "empty_order" : line_fault_;
      break;
    case verb::add_item:
      add(line_);
      out_.fault = line_fault_ == "total_too_large" ? "" : line_fault_; // That depends on the order, too.
      break;
    case verb::cancel_order:
      out_.digest = hash_of(text_);
      out_.fault = text_.empty() ? "empty_reason" : "";
      break;
    case verb::open_account:
      out_.digest = out_.who = hash_of(text_);
      out_.fault = text_.empty() ? "empty_owner" : "";
      break;
    case verb::deposit:
    case verb::withdraw:
      out_.cents = amount_;
      out_.digest = hash_of(static_cast<std::uint64_t>(amount_), 3);
      out_.fault = amount_ <= 0 || amount_ > cents_max ? "bad_amount" : "";
      break;
    case verb::ship_order:
    case verb::other:
      break;
    }
  }

  json_reader in_;
  deed out_;
  std::string text_;
  line line_;
  std::string_view line_fault_;
  std::int64_t amount_ = 0;
  std::uint64_t address_ = 0; ///< As of an empty object.
};

} // namespace

std::optional<std::int64_t> cents_of(std::string_view number) {
  const bool minus = number.substr(0, 1) == "-";
  if (minus) number.remove_prefix(1);
  const auto point = std::min(number.find('.'), number.size());
  auto digits = std::string(number.substr(0, point));
  auto rest = std::string(number.substr(std::min(point + 1, number.size())));
  while (rest.size() > 2 && rest.back() == '0') rest.pop_back();
  if (rest.size() > 2 || digits.size() > 16) return std::nullopt;
  rest.resize(2, '0');
  std::int64_t cents = 0;
  for (const char c : digits + rest) {
    if (c < '0' || c > '9') return std::nullopt;
    cents = cents * 10 + (c - '0');
  }
  return minus ? -cents : cents;
}

deed read_deed(std::string_view name, std::string_view json) {
  for (const auto& it : verbs)
    if (name == it.command || name == it.event) return reader(it.what, json).read();
  return {};
}

} // namespace stele::check
