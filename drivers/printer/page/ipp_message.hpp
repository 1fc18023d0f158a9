// IPP messages as bytes: the few operations that printing takes, and answers. Pure. Source: RFC 8010
// (encoding), RFC 8011 (operations and attributes).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "terminal/base/bytes.hpp"
#include "terminal/base/result.hpp"

namespace bianmin::printer {

enum class IppOperation : std::uint16_t {
  print_job = 0x0002,
  cancel_job = 0x0008,
  get_job_attributes = 0x0009,
  get_printer_attributes = 0x000B,
};

enum class IppTag : std::uint8_t {  // those that are written
  operation_group = 0x01,
  job_group = 0x02,
  end = 0x03,
  integer = 0x21,
  keyword = 0x44,
  uri = 0x45,
  charset = 0x47,
  natural_language = 0x48,
  mime_type = 0x49,
  name = 0x42,
};

class IppWriter {
 public:
  // With what each request begins with: character set, language, the printer's address.
  IppWriter(IppOperation operation, std::uint32_t request_id);

  IppWriter& group(IppTag tag);
  IppWriter& text(IppTag tag, std::string_view name, std::string_view value);
  IppWriter& texts(IppTag tag, std::string_view name, const std::vector<std::string_view>& values);
  IppWriter& integer(std::string_view name, std::int32_t value);
  Bytes take();

 private:
  ByteWriter writer_;
};

struct IppAttribute {
  std::uint8_t tag = 0;  // of the first value
  std::string name;
  std::vector<std::string> values;  // as they were sent
};

struct IppMessage {
  std::uint16_t code = 0;  // the operation, or the status of an answer
  std::uint32_t request_id = 0;
  std::vector<IppAttribute> attributes;  // of all groups; collections only as their begin
  std::size_t byte_count = 0;            // data may follow

  bool succeeded() const { return code < 0x0100; }
  const IppAttribute* find(std::string_view name) const;             // null: it has none
  std::optional<std::int64_t> integer(std::string_view name) const;  // also of an enum
  bool has(std::string_view name, std::string_view value) const;
};

inline constexpr std::size_t ipp_attributes_max = 2'000;

// Error "ipp.bad_message".
Result<IppMessage> read_ipp(ByteView bytes);

}  // namespace bianmin::printer
