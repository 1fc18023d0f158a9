#include "sync/database/placeholders.hpp"

namespace bianmin::database {

std::string numbered_placeholders(std::string_view sql) {
  std::string out;
  int count = 0;
  char quote = 0;
  for (std::size_t at = 0; at < sql.size(); ++at) {
    const char letter = sql[at];
    if (quote != 0) {
      if (letter == quote) quote = 0;  // a doubled one opens again at once
    } else if (letter == '\'' || letter == '"') {
      quote = letter;
    } else if (letter == '?') {
      const bool numbered = at + 1 < sql.size() && sql[at + 1] >= '0' && sql[at + 1] <= '9';
      out += numbered ? "$" : "$" + std::to_string(++count);
      continue;
    }
    out += letter;
  }
  return out;
}

}  // namespace bianmin::database
