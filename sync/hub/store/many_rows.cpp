#include "sync/hub/store/many_rows.hpp"

namespace bianmin::hub {

std::string value_list(std::size_t rows, std::size_t columns) {
  std::string row = "(?";
  for (std::size_t column = 1; column < columns; ++column) row += ",?";
  row += ')';
  std::string list = row;
  for (std::size_t count = 1; count < rows; ++count) list += "," + row;
  return list;
}

std::size_t rows_of_next_statement(std::size_t left) {
  for (const std::size_t count : {rows_in_a_statement_max, std::size_t{16}, std::size_t{4}}) {
    if (left >= count) return count;
  }
  return 1;
}

}  // namespace bianmin::hub
