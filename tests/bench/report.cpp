#include "tests/bench/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <numeric>

namespace bianmin::bench {

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double mean(const std::vector<double>& values) {
  if (values.empty()) return 0;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double since_us(Steady::time_point start) {
  return std::chrono::duration<double, std::micro>(Steady::now() - start).count();
}

void print(const Row& row) {
  const char* met = !row.met ? "-" : *row.met ? "yes" : "NO";
  const auto or_dash = [](const std::string& text) { return text.empty() ? std::string("-") : text; };
  fmt::print("{}\t{}\t{}\t{}\t{}\t{}\n", row.what, or_dash(row.ours), or_dash(row.peer), or_dash(row.ratio),
             or_dash(row.target), met);
  std::fflush(stdout);
}

std::string microseconds(double value) {
  if (value < 1'000) return fmt::format("{:.0f} us", value);
  if (value < 1'000'000) return fmt::format("{:.2f} ms", value / 1'000);
  return fmt::format("{:.2f} s", value / 1'000'000);
}

std::string times(double ratio) { return fmt::format("{:.2f}", ratio); }

WorkFolder::WorkFolder() {
  std::filesystem::create_directories("build");
  std::string name = (std::filesystem::current_path() / "build" / "bench-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    std::perror("bench: build/");
    std::exit(1);
  }
  path_ = name;
}

WorkFolder::~WorkFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

bool has_flag(int argc, char** argv, std::string_view flag) {
  return std::any_of(argv + 1, argv + argc, [&](const char* word) { return flag == word; });
}

void print_rate(const std::string& what, double ours_per_s, double theirs_per_s, double ratio_least) {
  const double ratio = ours_per_s / theirs_per_s;
  Row row{what, fmt::format("{:.0f}/s", ours_per_s),
          fmt::format("{:.{}f}/s", theirs_per_s, theirs_per_s < 100 ? 1 : 0), times(ratio)};
  if (ratio_least > 0) {
    row.target = fmt::format(">= {:.2f}", ratio_least);
    row.met = ratio >= ratio_least;
  }
  print(row);
}

}  // namespace bianmin::bench
