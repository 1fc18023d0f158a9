#include "sync/hub/watch/connection_watch.hpp"

namespace bianmin::hub {

bool ConnectionWatch::takes_turns(const std::string& terminal_id, std::uint64_t connection) {
  if (connection == 0) return false;
  if (seen_.size() >= watched_terminals_max) seen_.clear();
  Seen& seen = seen_[terminal_id];
  const bool returns = connection < seen.connection;
  seen.connection = connection;
  if (!returns || ++seen.return_count < returns_of_a_clone) return false;
  seen.return_count = 0;
  return true;
}

}  // namespace bianmin::hub
