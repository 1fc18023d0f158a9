#include "drivers/hid/report_descriptor.hpp"

#include <algorithm>
#include <map>

namespace bianmin::hid {

namespace {

constexpr std::size_t descriptor_byte_max = 8'192;
constexpr std::size_t field_count_max = 1'024;
constexpr std::size_t usage_count_max = 512;  // of one main item
constexpr std::size_t depth_max = 16;
constexpr std::size_t report_bit_max = 8 * 4'096;
constexpr std::size_t value_bit_max = 32;

struct Item {
  unsigned type = 0;  // 0 main, 1 global, 2 local
  unsigned tag = 0;
  ByteView data;

  std::uint32_t value() const {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < data.size(); ++i) value |= std::uint32_t{data[i]} << (8 * i);
    return value;
  }
  std::int32_t signed_value() const {
    const std::uint32_t raw = value();
    if (data.size() == 1) return static_cast<std::int8_t>(raw);
    if (data.size() == 2) return static_cast<std::int16_t>(raw);
    return static_cast<std::int32_t>(raw);
  }
};

struct Globals {
  std::uint16_t usage_page = 0;
  std::int32_t logical_min = 0;
  std::int32_t logical_max = 0;
  std::uint32_t bit_count = 0;
  std::uint32_t count = 0;
  std::uint8_t report_id = 0;
};

class Parser {
 public:
  bool take(const Item& item) {
    if (item.type == 0) return main_item(item);
    if (item.type == 1) return global_item(item);
    if (item.type == 2) return local_item(item);
    return true;  // reserved
  }
  ReportDescriptor& result() { return result_; }
  bool closed() const { return collections_.empty(); }

 private:
  bool main_item(const Item& item) {
    constexpr unsigned input = 8;
    constexpr unsigned output = 9;
    constexpr unsigned collection = 10;
    constexpr unsigned feature = 11;
    constexpr unsigned end_collection = 12;
    bool good = true;
    if (item.tag == input) good = add_fields(ReportKind::input, item.value());
    if (item.tag == output) good = add_fields(ReportKind::output, item.value());
    if (item.tag == feature) good = add_fields(ReportKind::feature, item.value());
    if (item.tag == collection) good = open_collection(item.value());
    if (item.tag == end_collection) {
      good = !collections_.empty();
      if (good) collections_.pop_back();
    }
    usages_.clear();
    usage_min_.reset();
    return good;
  }

  bool open_collection(std::uint32_t kind) {
    constexpr std::uint32_t application = 1;
    if (collections_.size() >= depth_max) return false;
    const std::uint32_t named = usages_.empty() ? 0 : usages_.front();
    if (kind == application && result_.application == 0) result_.application = named;
    collections_.push_back(named);
    return true;
  }

  bool add_fields(ReportKind kind, std::uint32_t flags) {
    constexpr std::uint32_t variable = 2;
    const std::size_t bit_count = globals_.bit_count;
    const std::size_t count = globals_.count;
    std::size_t& bit = next_bit_[{kind, globals_.report_id}];
    // Each factor first: their product could not be told from a small one.
    if (bit_count > report_bit_max || count > report_bit_max) return false;
    const std::size_t all = bit_count * count;
    if (all > report_bit_max || bit + all > report_bit_max) return false;
    const std::size_t start = bit;
    bit += all;
    // Padding names no usage. What is constant and has one can only be read, and counts.
    if (usages_.empty() || all == 0) return true;
    if (bit_count > value_bit_max) return true;  // a blob: nothing that a number could hold
    if ((flags & variable) == 0) return add(field(kind, usages_, true, start, count));
    for (std::size_t i = 0; i < count && i < usages_.size(); ++i) {
      // The last usage counts for all values that are left.
      const std::size_t same = i + 1 == usages_.size() ? count - i : 1;
      if (!add(field(kind, {usages_[i]}, false, start + i * bit_count, same))) return false;
    }
    return true;
  }

  Field field(ReportKind kind, std::vector<std::uint32_t> usages, bool array, std::size_t bit,
              std::size_t count) const {
    return {kind,  globals_.report_id,   std::move(usages),    array,       bit, globals_.bit_count,
            count, globals_.logical_min, globals_.logical_max, collections_};
  }

  bool add(Field field) {
    if (result_.fields.size() >= field_count_max) return false;
    result_.fields.push_back(std::move(field));
    return true;
  }

  bool global_item(const Item& item) {
    switch (item.tag) {
      case 0:
        globals_.usage_page = static_cast<std::uint16_t>(item.value());
        return true;
      case 1:
        globals_.logical_min = item.signed_value();
        return true;
      case 2:
        // Many devices write 255 into one byte where the minimum is not negative.
        globals_.logical_max =
            globals_.logical_min >= 0 ? static_cast<std::int32_t>(item.value()) : item.signed_value();
        return true;
      case 7:
        globals_.bit_count = item.value();
        return true;
      case 8:
        globals_.report_id = static_cast<std::uint8_t>(item.value());
        return globals_.report_id != 0;
      case 9:
        globals_.count = item.value();
        return true;
      case 10:
        if (pushed_.size() >= depth_max) return false;
        pushed_.push_back(globals_);
        return true;
      case 11:
        if (pushed_.empty()) return false;
        globals_ = pushed_.back();
        pushed_.pop_back();
        return true;
      default:
        return true;
    }
  }

  bool local_item(const Item& item) {
    constexpr std::size_t with_page_byte_count = 4;
    const std::uint32_t named = item.data.size() == with_page_byte_count
                                    ? item.value()
                                    : usage(globals_.usage_page, static_cast<std::uint16_t>(item.value()));
    if (item.tag == 0) return name(named);
    if (item.tag == 1) usage_min_ = named;
    if (item.tag == 2 && usage_min_) {
      // Keyboards name a range far longer than what they send; what is past the limit is never chosen.
      const std::uint32_t end =
          std::min(named, *usage_min_ + static_cast<std::uint32_t>(usage_count_max) - 1);
      for (std::uint32_t each = *usage_min_; each <= end && each >= *usage_min_; ++each) {
        if (!name(each)) break;
      }
      usage_min_.reset();
    }
    return true;
  }

  bool name(std::uint32_t named) {
    if (usages_.size() >= usage_count_max) return false;
    usages_.push_back(named);
    return true;
  }

  ReportDescriptor result_;
  Globals globals_;
  std::vector<Globals> pushed_;
  std::vector<std::uint32_t> usages_;
  std::optional<std::uint32_t> usage_min_;
  std::vector<std::uint32_t> collections_;
  std::map<std::pair<ReportKind, std::uint8_t>, std::size_t> next_bit_;
};

Error bad(std::string_view why) { return {Remedy::refuse, "hid.bad_descriptor", std::string(why)}; }

bool fits(const Field& field, std::size_t index, std::size_t byte_count) {
  return index < field.count && field.bit + (index + 1) * field.bit_count <= 8 * byte_count;
}

}  // namespace

bool Field::inside(std::uint32_t collection) const {
  return std::find(collections.begin(), collections.end(), collection) != collections.end();
}

const Field* ReportDescriptor::find(ReportKind kind, std::uint32_t wanted) const {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const Field& field) { return field.kind == kind && field.is(wanted); });
  return found == fields.end() ? nullptr : &*found;
}

bool ReportDescriptor::numbered() const {
  return std::any_of(fields.begin(), fields.end(), [](const Field& field) { return field.report_id != 0; });
}

std::size_t ReportDescriptor::report_byte_count(ReportKind kind, std::uint8_t report_id) const {
  std::size_t bits = 0;
  for (const Field& field : fields) {
    if (field.kind != kind || field.report_id != report_id) continue;
    bits = std::max(bits, field.bit + field.bit_count * field.count);
  }
  return bits == 0 ? 0 : (bits + 7) / 8 + (report_id != 0 ? 1 : 0);
}

Result<ReportDescriptor> parse_report_descriptor(ByteView bytes) {
  if (bytes.size() > descriptor_byte_max) return bad("too long");
  ByteReader reader(bytes);
  Parser parser;
  while (reader.left() > 0) {
    constexpr std::uint8_t long_item = 0xFE;
    const std::uint8_t prefix = reader.u8();
    if (prefix == long_item) {
      const std::size_t size = reader.u8();
      reader.skip(1 + size);
      continue;
    }
    const std::size_t size = (prefix & 3U) == 3 ? 4 : prefix & 3U;
    const Item item{(prefix >> 2U) & 3U, unsigned{prefix} >> 4U, reader.take(size)};
    if (reader.failed()) break;
    if (!parser.take(item)) return bad("beyond the limits, or not nested right");
  }
  if (reader.failed()) return bad("ends in the middle of an item");
  return std::move(parser.result());
}

std::optional<ByteView> report_body(const ReportDescriptor& descriptor, std::uint8_t report_id,
                                    ByteView report) {
  if (report.empty()) return std::nullopt;
  if (!descriptor.numbered()) return report;
  if (report[0] != report_id) return std::nullopt;
  return report.subspan(1);
}

std::optional<std::int64_t> read_value(const Field& field, std::size_t index, ByteView body) {
  if (!fits(field, index, body.size())) return std::nullopt;
  const std::size_t start = field.bit + index * field.bit_count;
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < field.bit_count; ++i) {
    const std::size_t bit = start + i;
    value |= std::uint32_t{(unsigned{body[bit / 8]} >> (bit % 8)) & 1U} << i;
  }
  if (field.logical_min >= 0) return std::int64_t{value};
  const std::uint32_t sign = 1U << (field.bit_count - 1);
  return std::int64_t{value ^ sign} - std::int64_t{sign};
}

std::vector<std::uint32_t> usages_on(const Field& field, ByteView body) {
  std::vector<std::uint32_t> on;
  for (std::size_t i = 0; i < field.count; ++i) {
    const auto value = read_value(field, i, body);
    if (!value) break;
    if (!field.array) {
      if (*value != 0) on.push_back(field.usages.front());
      continue;
    }
    const std::int64_t index = *value - field.logical_min;
    const bool named = index >= 0 && index < static_cast<std::int64_t>(field.usages.size());
    if (named) on.push_back(field.usages[static_cast<std::size_t>(index)]);
  }
  return on;
}

void write_value(const Field& field, std::size_t index, std::uint32_t value, Bytes& body) {
  if (!fits(field, index, body.size())) return;
  const std::size_t start = field.bit + index * field.bit_count;
  for (std::size_t i = 0; i < field.bit_count; ++i) {
    const std::size_t bit = start + i;
    const auto mask = static_cast<std::uint8_t>(1U << (bit % 8));
    const bool on = ((value >> i) & 1U) != 0;
    body[bit / 8] = static_cast<std::uint8_t>(on ? body[bit / 8] | mask : body[bit / 8] & ~unsigned{mask});
  }
}

}  // namespace bianmin::hid
