// Every page of the terminal in its states, with data as a resident would see it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ui/pages/page_context.hpp"

namespace bianmin::ui {

struct Sample {
  std::string name;
  std::function<NodePtr(const PageContext&)> make;
};

enum class SampleLanguage { chinese, english };

// `word` gives the view's own words; the default is the language's. Intents do nothing.
std::vector<Sample> page_samples(SampleLanguage language);

// The same pages with every word of their views replaced by `word`, numbers kept.
std::vector<Sample> masked_samples(const std::string& word);

Strings sample_strings(SampleLanguage language);
PageContext sample_context(const Strings& strings, ThemeName name, const Metrics& metrics);

}  // namespace bianmin::ui
