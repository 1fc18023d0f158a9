// Numbers for operators, as Prometheus reads them (text format 0.0.4).
//
// No label's values are the world's to choose: paths are those the hub knows, codes the hub's own; no
// terminal, no person, no case. What would be one series too many of a family counts as label "other".
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bianmin::hub {

constexpr std::size_t series_per_family_max = 200;
constexpr std::size_t buckets_max = 12;  // of a histogram
// Upper ends of the buckets of a histogram of times, and of one of what went into a commit.
constexpr std::array<double, 12> duration_buckets_s = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                       0.1,   0.25,   0.5,   1.0,  2.5,   10.0};
constexpr std::array<double, 7> commit_buckets = {1, 2, 4, 8, 16, 32, 64};

enum class MetricType { counter, gauge, histogram };

struct MetricFamily {
  std::string_view name;
  std::string_view help;
  MetricType type = MetricType::counter;
  std::array<std::string_view, 2> labels = {};           // "" : none
  std::span<const double> buckets = duration_buckets_s;  // of a histogram, rising
};

namespace metric {
using enum MetricType;
inline constexpr MetricFamily requests{
    "bianmin_hub_requests_total", "Requests answered, by path and status.", counter, {"path", "status"}};
inline constexpr MetricFamily request_seconds{"bianmin_hub_request_duration_seconds",
                                              "From the whole request to its answer, by path.",
                                              histogram,
                                              {"path"}};
inline constexpr MetricFamily http_refusals{"bianmin_hub_http_refusals_total",
                                            "Requests that were refused before they were one, by code.",
                                            counter,
                                            {"code"}};
inline constexpr MetricFamily records{"bianmin_hub_records_total",
                                      "Uploads of records by what came of them, repetitions included.",
                                      counter,
                                      {"outcome", "code"}};
inline constexpr MetricFamily commit_records{"bianmin_hub_commit_records",
                                             "Uploads of records that were taken in together.",
                                             histogram,
                                             {},
                                             commit_buckets};
inline constexpr MetricFamily connections_open{"bianmin_hub_connections_open",
                                               "Connections of terminals that are open.", gauge};
inline constexpr MetricFamily connections_accepted{"bianmin_hub_connections_accepted_total",
                                                   "Connections that were let in, by listener.",
                                                   counter,
                                                   {"listener"}};
inline constexpr MetricFamily connections_refused{"bianmin_hub_connections_refused_total",
                                                  "Connections that were closed at once, by reason.",
                                                  counter,
                                                  {"reason"}};
inline constexpr MetricFamily connections_cut{
    "bianmin_hub_connections_cut_total", "Connections that the hub ended, by reason.", counter, {"reason"}};
inline constexpr MetricFamily handshake_failures{"bianmin_hub_tls_handshake_failures_total",
                                                 "TLS handshakes that failed, by reason.",
                                                 counter,
                                                 {"reason"}};
inline constexpr MetricFamily received_bytes{"bianmin_hub_received_bytes_total",
                                             "Bytes that came over connections of terminals.", counter};
inline constexpr MetricFamily sent_bytes{"bianmin_hub_sent_bytes_total",
                                         "Bytes that went over connections of terminals.", counter};
inline constexpr MetricFamily filing_waiting{
    "bianmin_hub_filing_waiting",
    "Records that wait for their department, of the oldest open ones that are counted.",
    gauge,
    {"department"}};
inline constexpr MetricFamily filing_dead{"bianmin_hub_filing_dead",
                                          "Records that their department refuses, of the oldest open ones.",
                                          gauge,
                                          {"department"}};
inline constexpr MetricFamily filing_oldest_seconds{"bianmin_hub_filing_oldest_waiting_seconds",
                                                    "Age of the record that has waited longest.",
                                                    gauge,
                                                    {"department"}};
inline constexpr MetricFamily gaps{"bianmin_hub_chain_gaps",
                                   "Places in terminals' chains whose records have not come.", gauge};
inline constexpr MetricFamily events{"bianmin_hub_operator_events",
                                     "Operator events of the last day, of the newest ones that are counted.",
                                     gauge,
                                     {"kind"}};
inline constexpr MetricFamily draining{"bianmin_hub_draining", "1 while the hub finishes before its end.",
                                       gauge};
inline constexpr MetricFamily scrape_failed{"bianmin_hub_scrape_failed",
                                            "1 when the database did not answer to this scrape.", gauge};
inline constexpr MetricFamily build_info{
    "bianmin_hub_build_info", "Which program this is.", gauge, {"version"}};
inline constexpr MetricFamily resident_bytes{"process_resident_memory_bytes", "Memory in use.", gauge};
inline constexpr MetricFamily start_seconds{"process_start_time_seconds",
                                            "When the process began, since 1970.", gauge};
}  // namespace metric

// Thread-safe.
class Metrics {
 public:
  using Values = std::initializer_list<std::string_view>;  // one for each label of the family

  void add(const MetricFamily& counter, Values values = {}, double by = 1);
  void set(const MetricFamily& gauge, Values values, double value);
  void observe(const MetricFamily& histogram, Values values, double value);
  void clear(const MetricFamily& gauge);                               // before its series are set anew
  double value(const MetricFamily& family, Values values = {}) const;  // 0: no such series
  std::string text() const;

 private:
  struct Series {
    double value = 0;  // of a histogram: the sum
    std::uint64_t count = 0;
    std::array<std::uint64_t, buckets_max> buckets{};  // each with what is below it
  };
  struct Family {
    const MetricFamily* about = nullptr;
    std::map<std::vector<std::string>, Series> series;
  };
  Series& series_of(const MetricFamily& family, Values values);
  mutable std::mutex mutex_;
  std::map<std::string_view, Family> families_;
};

}  // namespace bianmin::hub
