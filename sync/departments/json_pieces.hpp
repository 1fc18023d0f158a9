// Cuts the text of a JSON object or list into its members, as they stand there, so that one of them that is
// damaged does not take the others with it: a number nobody can hold, bytes that are no UTF-8, a repeated
// key. Everything in it is hostile. Pure.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace bianmin::departments {

// What stands between the outer brackets of `text`, `open` and `close`, cut at the commas that are in no
// string and in no inner bracket. A piece need not be JSON. Nothing: strings or brackets do not end,
// something stands behind them, or there are more than `count_max`.
std::optional<std::vector<std::string_view>> json_pieces(std::string_view text, char open, char close,
                                                         std::size_t count_max);

struct JsonMember {
  std::string_view key;  // with its quotation marks
  std::string_view value;
};
// A piece of an object. Nothing: it has no key.
std::optional<JsonMember> json_member(std::string_view piece);

}  // namespace bianmin::departments
