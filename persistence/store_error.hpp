// What can go wrong in a store, as a value.
#pragma once

#include <boost/system/result.hpp>

#include <functional>
#include <string>

namespace stele {

/// Why a store did not do what it was asked.
///
/// `conflict`    the write contradicts what is stored; nothing was written. Under the rules of the write
///               path it means that memory is wrong: load again. Of rows, that their table does not take one.
/// `fenced`      this node no longer owns what it writes to; nothing was written, nothing ever will be.
/// `refused`     the store said no and wrote nothing (disk full, read-only, bad argument); may work later.
/// `unknown`     nobody can tell whether it was written; `resolve` it before answering anyone.
/// `unavailable` the store can't be reached or is closed; nothing was sent.
/// `corrupt`     what was read is not what can have been written.
enum class store_fault { conflict, fenced, refused, unknown, unavailable, corrupt };

/// A fault with a sentence: what was wanted, what was found, what to do.
struct store_error {
  store_fault fault = store_fault::refused;
  std::string what;
};

/// A value, or why there is none.
template <class T>
using stored = boost::system::result<T, store_error>;

/// Where a store puts its answer. Called once, from any thread, perhaps before the call that asked
/// returns; it must not block and must not throw. Actors send themselves a message here.
template <class T>
using reply_to = std::function<void(stored<T>)>;

/// The answer that has nothing to say but "done".
struct done {};

} // namespace stele
