// The outcome of a load as text: a table for people, JSON for programs.
#pragma once

#include "app/load/load_run.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace stele::load {

/// `1.25 ms` and the like: three digits.
std::string in_time(std::int64_t nanoseconds);

/// `12,345`.
std::string in_count(double number);

/// Rows of text, the first being the head: one for each kind that was there, then the sums.
std::vector<std::vector<std::string>> kind_rows(const load_result& it);

/// What else there is to say, a sentence each: refusals, what was not sent, what was checked, what was wrong.
std::vector<std::string> notes(const load_result& it);

/// True when nothing that was answered was wrong and everything was answered.
bool is_clean(const load_result& it);

std::string progress_text(const load_progress& it, const load_settings& settings);

boost::json::object to_json(const load_result& it, const load_settings& settings, const std::string& where);

} // namespace stele::load
