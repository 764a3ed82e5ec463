// What many threads leave for one actor.
#include "actors/inbox.hpp"

#include <boost/smart_ptr/intrusive_ref_counter.hpp>
#include <gtest/gtest.h>

#include <thread>

namespace stele {

namespace {

struct letter : boost::intrusive_ref_counter<letter>, inbox_item<letter> {
  letter(int sender, int nth) : from(sender), number(nth) {}
  const int from, number;
};

using letter_ptr = boost::intrusive_ptr<letter>;

letter_ptr write_letter(int number, int from = 0) { return letter_ptr(new letter(from, number)); }

} // namespace

TEST(inbox, its_owner_is_woken_once_for_all_that_came) {
  inbox<letter> box;
  EXPECT_TRUE(box.push(write_letter(1)));
  EXPECT_FALSE(box.push(write_letter(2)));
  std::vector<letter_ptr> come;
  box.take(come);
  ASSERT_EQ(2u, come.size());
  EXPECT_EQ(1, come[0]->number);
  EXPECT_EQ(2, come[1]->number);
  EXPECT_TRUE(box.push(write_letter(3)));
  box.take(come);
  ASSERT_EQ(3u, come.size()) << "behind what was taken before";
  EXPECT_EQ(3, come[2]->number);
}

TEST(inbox, what_lies_in_it_or_comes_later_falls_when_it_closes) {
  const letter_ptr before = write_letter(1), after = write_letter(2);
  inbox<letter> box;
  box.push(before);
  EXPECT_EQ(2u, before->use_count());
  box.close();
  EXPECT_EQ(1u, before->use_count());
  EXPECT_FALSE(box.push(after));
  EXPECT_EQ(1u, after->use_count());
  std::vector<letter_ptr> come;
  box.take(come);
  EXPECT_TRUE(come.empty());
}

TEST(inbox, letters_of_one_thread_keep_their_order_and_none_is_lost) {
  constexpr int threads = 3, each = 20'000;
  inbox<letter> box;
  std::atomic<int> wakes{0};
  std::vector<std::thread> senders;
  for (int from = 0; from < threads; ++from)
    senders.emplace_back([&, from] {
      for (int i = 0; i < each; ++i)
        if (box.push(write_letter(i, from))) ++wakes;
    });
  std::vector<letter_ptr> come;
  std::vector<int> next(threads);
  for (int found = 0; found < threads * each; come.clear()) {
    box.take(come);
    for (const letter_ptr& it : come) EXPECT_EQ(next[static_cast<std::size_t>(it->from)]++, it->number);
    found += static_cast<int>(come.size());
  }
  for (std::thread& it : senders) it.join();
  EXPECT_GE(wakes, 1);
}

} // namespace stele
