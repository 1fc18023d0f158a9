#include "drivers/printer/code_page.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "terminal/base/gb18030.hpp"
#include "terminal/base/text.hpp"

namespace bianmin::printer {

namespace {

struct Page {
  int number;
  const char* charset;
};
constexpr Page pages[] = {
    {0, "CP437"},   {2, "CP850"},   {3, "CP860"},       {4, "CP863"},        {5, "CP865"},   {11, "CP851"},
    {13, "CP857"},  {14, "CP737"},  {15, "ISO-8859-7"}, {16, "CP1252"},      {17, "CP866"},  {18, "CP852"},
    {19, "CP858"},  {21, "CP874"},  {33, "CP775"},      {34, "CP855"},       {35, "CP861"},  {36, "CP862"},
    {37, "CP864"},  {38, "CP869"},  {39, "ISO-8859-2"}, {40, "ISO-8859-15"}, {44, "CP1125"}, {45, "CP1250"},
    {46, "CP1251"}, {47, "CP1253"}, {48, "CP1254"},     {49, "CP1255"},      {50, "CP1256"}, {51, "CP1257"},
    {52, "CP1258"}, {53, "RK1048"},
};

// Epson's page 1, 80 to FF: half-width katakana among signs of its own. Spaces: nothing there.
constexpr std::u32string_view katakana =
    U"▁▂▃▄▅▆▇█▏▎▍▌▋▊▉┼┴┬┤├¯─│▕┌┐└┘╭╮╰╯ ｡｢｣､･ｦｧｨｩｪｫｬｭｮｯｰｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿ"
    U"ﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝﾞﾟ═╞╪╡◢◣◥◤♠♥♦♣●○╱╲╳円年月日時分秒〒市区町村人▓ ";
constexpr int katakana_page = 1;
static_assert(katakana.size() == 128);

constexpr std::string_view replaced = "#$@[\\]^`{|}~";
// What each country has for them.
constexpr std::array<std::u32string_view, 16> countries = {
    U"#$@[\\]^`{|}~",  // USA
    U"#$à°ç§^`éùè¨",   // France
    U"#$§ÄÖÜ^`äöüß",   // Germany
    U"£$@[\\]^`{|}~",  // United Kingdom
    U"#$@ÆØÅ^`æøå~",   // Denmark I
    U"#¤ÉÄÖÅÜéäöåü",   // Sweden
    U"#$@°\\é^ùàòèì",  // Italy
    U"₧$@¡Ñ¿^`¨ñ}~",   // Spain I
    U"#$@[¥]^`{|}~",   // Japan
    U"#¤ÉÆØÅÜéæøåü",   // Norway
    U"#$ÉÆØÅÜéæøåü",   // Denmark II
    U"#$á¡Ñ¿é`íñóú",   // Spain II
    U"#$á¡Ñ¿éüíñóú",   // Latin America
    U"#$@[₩]^`{|}~",   // Korea
    U"#$ŽŠĐĆČžšđćč",   // Slovenia and Croatia
    U"#¥@[\\]^`{|}~",  // China
};

}  // namespace

std::string character_of(std::uint8_t byte, int page, int country) {
  if (byte < 0x80) {
    const std::size_t at = replaced.find(static_cast<char>(byte));
    if (at == std::string_view::npos || country < 0 || country >= static_cast<int>(countries.size())) {
      return std::string(1, static_cast<char>(byte));
    }
    return encode_utf8(countries[static_cast<std::size_t>(country)].substr(at, 1));
  }
  if (page == katakana_page) return encode_utf8(katakana.substr(byte - 0x80U, 1));
  const auto* const known = std::find_if(std::begin(pages), std::end(pages),
                                         [page](const Page& each) { return each.number == page; });
  if (known == std::end(pages)) return "\uFFFD";
  return utf8_from_charset({&byte, 1}, known->charset);
}

}  // namespace bianmin::printer
