#include "terminal/services/package.hpp"

#include <algorithm>

namespace bianmin::services {

const Option* Field::find_option(std::string_view option_id) const {
  const auto found =
      std::find_if(options.begin(), options.end(), [&](const Option& o) { return o.id == option_id; });
  return found == options.end() ? nullptr : &*found;
}

const Field* Package::find_field(std::string_view field_id) const {
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.id == field_id; });
  return found == fields.end() ? nullptr : &*found;
}

const ProgressResult* Package::find_result(std::string_view state) const {
  const auto found =
      std::find_if(results.begin(), results.end(), [&](const ProgressResult& r) { return r.state == state; });
  return found == results.end() ? nullptr : &*found;
}

const std::string& Package::text(std::string_view language, std::string_view key) const {
  static const std::string nothing;
  auto table = strings.find(language);
  if (table == strings.end()) table = strings.find(fallback_language);
  if (table == strings.end()) return nothing;
  const auto found = table->second.find(key);
  return found == table->second.end() ? nothing : found->second;
}

bool Package::takes_card(std::string_view kind) const {
  return std::find(cards.begin(), cards.end(), kind) != cards.end();
}

bool Package::takes_id_cards() const {
  return std::any_of(cards.begin(), cards.end(),
                     [](const std::string& kind) { return kind != electronic_id; });
}

bool Package::reads_from_card(std::string_view what) const {
  return std::find(reads.begin(), reads.end(), what) != reads.end();
}

}  // namespace bianmin::services
