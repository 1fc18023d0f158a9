// What the benches share: medians, a folder to work in, and rows for the table that ./bench prints.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace bianmin::bench {

using Steady = std::chrono::steady_clock;

double median(std::vector<double> values);  // 0 for none
double mean(const std::vector<double>& values);
double since_us(Steady::time_point start);

// How long `work` takes, in microseconds.
template <typename Work>
double time_us(Work work) {
  const auto start = Steady::now();
  work();
  return since_us(start);
}

struct Row {
  std::string what;
  std::string ours;
  std::string peer;              // or the limit; empty: none
  std::string ratio = {};        // empty: none
  std::string target = {};       // empty: none
  std::optional<bool> met = {};  // empty: there is no target
};
// One line of tab-separated columns on stdout, at once, so that nothing is lost when a later measure fails.
void print(const Row& row);

// `ratio_least`: the target, if there is one.
void print_rate(const std::string& what, double ours_per_s, double theirs_per_s, double ratio_least = 0);

std::string microseconds(double value);  // "812 us", "3.41 ms", "1.20 s"
std::string times(double ratio);         // "0.73"

// A fresh folder below the working directory's build/, on the disk and not in memory; removed at the end.
class WorkFolder {
 public:
  WorkFolder();
  ~WorkFolder();
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

// True when the command line has this flag.
bool has_flag(int argc, char** argv, std::string_view flag);

}  // namespace bianmin::bench
