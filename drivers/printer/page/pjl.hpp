// What a printer says in PJL: its state, the end of a job. Pure. Source: HP, Printer Job Language Technical
// Reference Manual, chapters 5 (JOB, EOJ) and 7 (INFO, USTATUS).
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "terminal/base/bytes.hpp"

namespace bianmin::printer {

struct PjlStatus {
  std::vector<int> codes;  // the first is the main one
};
struct PjlJobEnd {  // the last page is in the output bin, or the job was called off
  std::string name;
  int pages = 0;
  bool completed = true;
};
using PjlAnswer = std::variant<PjlStatus, PjlJobEnd>;

// Takes the printer's bytes apart: lines that end in a form feed. What is neither of the two is skipped.
class PjlReader {
 public:
  void push(ByteView bytes);
  std::optional<PjlAnswer> next();
  void clear() { buffer_.clear(); }

 private:
  std::string buffer_;
};

// Asks for the state, and to be told of each change of it and of the ends of jobs.
Bytes pjl_greeting();
Bytes pjl_ask_status();
Bytes pjl_job_start(std::string_view name);  // then PCL
Bytes pjl_job_end(std::string_view name);
inline constexpr std::string_view pjl_exit = "\x1b%-12345X";

}  // namespace bianmin::printer
