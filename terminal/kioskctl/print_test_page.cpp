#include "terminal/kioskctl/print_test_page.hpp"

#include "drivers/scanner/code_writer.hpp"
#include "terminal/session/sheet_job.hpp"

namespace bianmin::kioskctl {

Result<printer::PageJob> test_page(const Clock& clock) {
  ui::Sheet sheet;
  sheet.site = "Print test";
  sheet.title = "打印测试";
  sheet.paragraphs = {"便民服务，一次办好。四边的线要直，字要清楚，黑要黑透，不能有横道和斑点。",
                      "0123456789 ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz"};
  sheet.rows = {{"时间", local_stamp(clock.utc_ms())}, {"纸", "A4，单面"}, {"分辨率", "300 dpi"}};
  sheet.closing = {"二维码能扫，就是好的。"};
  const auto code = scanner::encode_qr("BIANMIN PRINT TEST", scanner::QrCorrection::m);
  if (!code) return code.error();
  sheet.code = ui::SheetCode{code->width, code->modules, "BIANMIN PRINT TEST"};
  ui::Typesetter typesetter;
  const auto pages = lay_out_sheet(typesetter, sheet);
  if (!pages) return pages.error();
  return session::sheet_job(typesetter, *pages);
}

}  // namespace bianmin::kioskctl
