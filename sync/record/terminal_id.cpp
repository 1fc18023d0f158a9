#include "sync/record/terminal_id.hpp"

namespace bianmin::record {

bool valid_terminal_id(std::string_view id) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
  return !id.empty() && id.size() <= terminal_id_size_max &&
         id.find_first_not_of(allowed) == std::string_view::npos;
}

}  // namespace bianmin::record
