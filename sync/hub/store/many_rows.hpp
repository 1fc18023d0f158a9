// One statement for many rows: on a server each statement is a journey there and back.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "sync/database/database.hpp"

namespace bianmin::hub {

constexpr std::size_t rows_in_a_statement_max = 64;

// "(?, ?), (?, ?)": `rows` times `columns` parameters.
std::string value_list(std::size_t rows, std::size_t columns);

// How many of `left` rows the next statement takes: few different numbers, so that it is compiled once.
std::size_t rows_of_next_statement(std::size_t left);

// To be run together: `into`: "INSERT INTO record (terminal_id, …)". `bind` gives the parameters of one row.
// A row whose key is taken is an error: "store.taken".
template <class Row>
void add_rows(std::vector<database::Statement>& statements, database::Database& database,
              std::string_view into, std::size_t columns, std::span<const Row> rows,
              const std::function<void(database::Statement&, const Row&)>& bind) {
  while (!rows.empty()) {
    const std::size_t count = rows_of_next_statement(rows.size());
    statements.push_back(database.prepare(std::string(into) + " VALUES " + value_list(count, columns)));
    for (const Row& row : rows.first(count)) bind(statements.back(), row);
    rows = rows.subspan(count);
  }
}

// `into`, `bind`: as above. A row whose key is taken is left out. Returns how many were inserted.
template <class Row>
Result<std::int64_t> insert_rows(database::Database& database, std::string_view into, std::size_t columns,
                                 std::span<const Row> rows,
                                 const std::function<void(database::Statement&, const Row&)>& bind) {
  std::int64_t inserted = 0;
  while (!rows.empty()) {
    const std::size_t count = rows_of_next_statement(rows.size());
    auto insert = database.prepare(std::string(into) + " VALUES " + value_list(count, columns) +
                                   " ON CONFLICT DO NOTHING");
    for (const Row& row : rows.first(count)) bind(insert, row);
    if (auto done = insert.run(); !done) return done.error();
    inserted += database.changes();
    rows = rows.subspan(count);
  }
  return inserted;
}

}  // namespace bianmin::hub
