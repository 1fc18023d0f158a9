#include "tests/e2e/issued.hpp"

#include "drivers/scanner/code_writer.hpp"
#include "sync/custody/sealer.hpp"
#include "sync/hub/store/hub_store.hpp"
#include "ui/sheet/sheet_output.hpp"

namespace bianmin::e2e {

Result<Bytes> specimen_certificate() {
  const auto code = scanner::encode_qr(std::string(specimen_certificate_code), scanner::QrCorrection::m);
  if (!code) return code.error();
  ui::Sheet sheet;
  sheet.site = "柳溪镇人民政府（样本）";
  sheet.title = "养老待遇资格认证证明";
  sheet.paragraphs = {"兹证明本证明持有人已完成二〇二六年度养老待遇资格认证。此为演示样本，不具效力。"};
  sheet.rows = {
      {"证明编号", "LX-2026-000001"}, {"有效期至", "2027 年 11 月 30 日"}, {"发证机关", "柳溪镇社会保障所"}};
  sheet.code = ui::SheetCode{code->width, code->modules, "扫码核验"};
  ui::Typesetter typesetter;
  const auto pages = ui::lay_out_sheet(typesetter, sheet);
  if (!pages) return pages.error();
  return ui::sheet_pdf(typesetter, *pages, sheet.title, 0);
}

Result<void> issue_certificate(const std::filesystem::path& hub_folder, const std::string& case_no,
                               ByteView pdf, std::int64_t now_utc_ms) {
  auto database = hub::open_hub_database(hub_folder);
  if (!database) return database.error();
  auto file = (*database)->prepare("SELECT token_digest FROM case_file WHERE case_no = ?");
  auto row = file.bind(std::string_view(case_no)).step();
  if (!row) return row.error();
  if (!*row) return Error{Remedy::refuse, "e2e.no_case", case_no};
  const custody::Sealer sealer(hub_folder);
  auto sealed =
      sealer.seal(seal::Purpose::certificate, custody::certificate_aad(case_no, file.bytes(0)), pdf);
  if (!sealed) return sealed.error();
  auto state = (*database)->prepare(
      "UPDATE case_file SET department_state = 'issued', department_utc_ms = ? WHERE case_no = ?");
  if (auto done = state.bind(now_utc_ms).bind(std::string_view(case_no)).run(); !done) return done;
  auto insert = (*database)->prepare(
      "INSERT INTO certificate (case_no, department, received_utc_ms, bytes, sealed) VALUES (?, 'pensions', "
      "?, "
      "?, 2)");
  return insert.bind(std::string_view(case_no)).bind(now_utc_ms).bind(ByteView(*sealed)).run();
}

}  // namespace bianmin::e2e
