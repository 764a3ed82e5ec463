// Reads JSON value by value, numbers as they are written: of its own, so that a check shares no reader with what it
// checks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stele::check {

/// Goes through one text. Each reader takes the value that comes next and answers false when it is of another form;
/// then the text is given up.
class json_reader {
public:
  explicit json_reader(std::string_view text) : rest_(text) {}

  /// `member(name)` takes the value of each member.
  template <class Member>
  bool object(Member&& member) {
    if (!take('{')) return false;
    if (take('}')) return true;
    std::string name;
    do {
      if (!text(name) || !take(':') || !member(std::string_view(name))) return false;
    } while (take(','));
    return take('}');
  }

  /// `item()` takes each item.
  template <class Item>
  bool array(Item&& item) {
    if (!take('[')) return false;
    if (take(']')) return true;
    do {
      if (!item()) return false;
    } while (take(','));
    return take(']');
  }

  bool text(std::string& out);
  bool number(std::string_view& out); ///< As it is written.
  bool whole(std::uint64_t& out);
  bool truth(bool& out);
  bool skip();                     ///< Any value.
  bool raw(std::string_view& out); ///< Any value, as it is written.
  bool at_end();

  /// A hash of any value: the same for what means the same, in whatever order its members stand.
  bool meaning(std::uint64_t& out);

private:
  char next(); ///< After blanks; 0 at the end.
  bool take(char wanted);
  bool word(std::string_view wanted);
  bool escape(std::string& out);
  bool hex(std::uint32_t& out);

  std::string_view rest_;
  int depth_ = 0;
};

/// Of text, and of two hashes in order.
std::uint64_t hash_of(std::string_view text);
std::uint64_t hash_of(std::uint64_t first, std::uint64_t second);

} // namespace stele::check
