#include "ui/sheet/pdf_a.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <vector>

#include "terminal/base/text.hpp"

namespace bianmin::ui {

namespace {

constexpr std::string_view producer = "Bianmin";
constexpr std::size_t objects_max = 100'000;

Error unreadable(std::string_view why) { return {Remedy::refuse, "pdf.unreadable", std::string(why)}; }

// The number that follows `key`, after the place `from`.
std::optional<std::size_t> number_after(std::string_view text, std::string_view key, std::size_t from = 0) {
  const std::size_t at = text.find(key, from);
  if (at == std::string_view::npos) return std::nullopt;
  std::size_t start = at + key.size();
  while (start < text.size() && (text[start] == ' ' || text[start] == '\n' || text[start] == '\r')) ++start;
  std::size_t value = 0;
  const auto read = std::from_chars(text.data() + start, text.data() + text.size(), value);
  if (read.ec != std::errc()) return std::nullopt;
  return value;
}

// What the file says about its objects.
struct Table {
  std::size_t start = 0;            // of the table in the file
  std::vector<std::size_t> places;  // by the object's number; 0: none
  std::size_t root = 0;
};

Result<Table> read_table(std::string_view file) {
  constexpr std::size_t entry_byte_count = 20;
  const std::size_t end = file.rfind("startxref");
  const std::size_t trailer = file.rfind("trailer");
  if (end == std::string_view::npos || trailer == std::string_view::npos) return unreadable("no trailer");
  const auto start = number_after(file, "startxref", end);
  const auto root = number_after(file, "/Root", trailer);
  if (!start || !root || *start >= trailer || file.substr(*start, 7) != "xref\n0 ")
    return unreadable("no plain table");
  const auto count = number_after(file, "xref\n0 ", *start);
  const std::size_t first = file.find('\n', *start + 5) + 1;
  if (!count || *count > objects_max || *root >= *count || first + *count * entry_byte_count > trailer)
    return unreadable("a table that is none");
  Table table{*start, std::vector<std::size_t>(*count, 0), *root};
  for (std::size_t i = 1; i < *count; ++i) {
    const std::string_view entry = file.substr(first + i * entry_byte_count, entry_byte_count);
    std::size_t place = 0;
    const auto read = std::from_chars(entry.data(), entry.data() + 10, place);
    if (read.ec != std::errc() || (entry[17] != 'n' && entry[17] != 'f')) return unreadable("a bad entry");
    if (entry[17] == 'n') table.places[i] = place;
  }
  return table;
}

// Any text as a string of a PDF: UTF-16 with its mark, in hex digits.
Result<std::string> text_string(std::string_view utf8) {
  const auto units = utf16le_from_utf8(utf8);
  if (!units) return units.error();
  Bytes big_endian;
  for (std::size_t i = 0; i + 1 < units->size(); i += 2) {
    big_endian.push_back((*units)[i + 1]);
    big_endian.push_back((*units)[i]);
  }
  return "<feff" + to_hex(big_endian) + ">";
}

std::string xml_text(std::string_view utf8) {
  std::string out;
  for (const char each : utf8) {
    if (each == '&') out += "&amp;";
    if (each == '<') out += "&lt;";
    if (each == '>') out += "&gt;";
    if (each != '&' && each != '<' && each != '>') out += each;
  }
  return out;
}

std::string xmp(const PdfTexts& texts) {
  return fmt::format(
      "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
      "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "
      "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
      "<rdf:Description rdf:about=\"\" xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\" "
      "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" "
      "xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\">\n"
      "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>\n"
      "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">{0}</rdf:li></rdf:Alt></dc:title>\n"
      "<xmp:CreateDate>{1}</xmp:CreateDate><xmp:ModifyDate>{1}</xmp:ModifyDate>\n"
      "<pdf:Producer>{2}</pdf:Producer>\n"
      "</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>",
      xml_text(texts.title), texts.created, producer);
}

std::string pdf_date(std::string_view iso) {
  std::string digits;
  for (const char each : iso) {
    if (each >= '0' && each <= '9') digits += each;
  }
  return "(D:" + digits + "Z)";
}

// Sixteen bytes that other content would not have: an identifier, no protection.
std::string identifier(ByteView file) {
  constexpr std::uint64_t prime = 0x100000001B3;
  std::uint64_t one = 0xCBF29CE484222325;
  std::uint64_t two = 0x84222325CBF29CE4;
  for (const std::uint8_t byte : file) {
    one = (one ^ byte) * prime;
    two = (two ^ static_cast<std::uint8_t>(byte + 0x5AU)) * prime;
  }
  return fmt::format("<{:016X}{:016X}>", one, two);
}

class Writer {
 public:
  Writer(Bytes& out, Table& table) : out_(out), table_(table) {}

  std::size_t add(std::string_view body) {
    table_.places.push_back(0);
    replace(table_.places.size() - 1, body);
    return table_.places.size() - 1;
  }
  std::size_t add_stream(std::string_view entries, ByteView data) {
    return add(
        fmt::format("<< {} /Length {} >>\nstream\n{}\nendstream", entries, data.size(), text_of(data)));
  }
  void replace(std::size_t number, std::string_view body) {
    table_.places[number] = out_.size();
    append(out_, view_of(fmt::format("{} 0 obj\n{}\nendobj\n", number, body)));
  }
  void end(std::size_t info) {
    const std::string id = identifier(out_);
    const std::size_t start = out_.size();
    std::string text = fmt::format("xref\n0 {}\n0000000000 65535 f \n", table_.places.size());
    for (std::size_t i = 1; i < table_.places.size(); ++i) {
      const bool used = table_.places[i] != 0;
      text += fmt::format("{:010} {} {} \n", table_.places[i], used ? "00000" : "65535", used ? 'n' : 'f');
    }
    text +=
        fmt::format("trailer\n<< /Size {} /Root {} 0 R /Info {} 0 R /ID [{}{}] >>\nstartxref\n{}\n%%EOF\n",
                    table_.places.size(), table_.root, info, id, id, start);
    append(out_, view_of(text));
  }

 private:
  Bytes& out_;
  Table& table_;
};

}  // namespace

Result<Bytes> as_pdf_a(ByteView pdf, const PdfTexts& texts) {
  const std::string_view file(reinterpret_cast<const char*>(pdf.data()), pdf.size());  // NOLINT
  const auto title = text_string(texts.title);
  if (!title) return title.error();
  auto table = read_table(file);
  if (!table) return table.error();
  const std::size_t root = table->places[table->root];
  const std::size_t root_end = file.find("endobj", root);
  const std::size_t open = file.find("<<", root);
  if (root == 0 || root_end == std::string_view::npos || open > root_end) return unreadable("no catalogue");
  const std::size_t close = file.substr(0, root_end).rfind(">>");
  if (close == std::string_view::npos || close < open + 2) return unreadable("no catalogue");
  const std::string catalogue(file.substr(open + 2, close - open - 2));

  Bytes out(pdf.begin(), pdf.begin() + static_cast<std::ptrdiff_t>(table->start));
  Writer writer(out, *table);
  const std::string packet = xmp(texts);
  const std::size_t metadata = writer.add_stream("/Type /Metadata /Subtype /XML", view_of(packet));
  const std::size_t profile = writer.add_stream("/N 3", srgb_profile());
  const std::size_t intent = writer.add(
      fmt::format("<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB IEC61966-2.1) "
                  "/Info (sRGB IEC61966-2.1) /DestOutputProfile {} 0 R >>",
                  profile));
  const std::size_t info =
      writer.add(fmt::format("<< /Title {} /Producer ({}) /CreationDate {} /ModDate {} >>", *title, producer,
                             pdf_date(texts.created), pdf_date(texts.created)));
  writer.replace(table->root, fmt::format("<< {} /Metadata {} 0 R /OutputIntents [{} 0 R] /Lang (zh-CN) >>",
                                          catalogue, metadata, intent));
  writer.end(info);
  return out;
}

}  // namespace bianmin::ui
