// node check.js KIOSKCTL FOLDER: the slips in FOLDER (FILE.bin with its picture FILE.pbm) read by npos, and the
// streams of receiptline and receipt-printer-encoder read by KIOSKCTL.
'use strict';
const assert = require('assert');
const fs = require('fs');
const path = require('path');
const zlib = require('zlib');
const {execFileSync} = require('child_process');
const iconv = require('iconv-lite');
const npos = require('npos');
const raster = require('npos/lib/codecs/raster');
const rules = require('npos/lib/parser/rules');
const receiptline = require('receiptline');

const [kioskctl, folder] = process.argv.slice(2);
// npos knows everything that we send but GS ( k, which has the form of its neighbours.
rules[0x1d]['(k'] = rules[0x1d]['(L'];
const parser = npos.parser(rules);

function preview(file, ...options) {
  const out = execFileSync(kioskctl, ['print-preview', file, file + '.png', '--text', ...options]);
  return out.toString();
}

const letters = text => text.replace(/\s+/g, '');
const bytes_of = (ast, node) => ast.raw.subarray(node.offset, node.offset + node.length);

// The rows of a picture that are not white, as strings.
function rows_of_pbm(file) {
  const data = fs.readFileSync(file);
  const head = /^P4\n(\d+) (\d+)\n/.exec(data.toString('latin1', 0, 40));
  const row_bytes = Math.ceil(Number(head[1]) / 8);
  const rows = [];
  for (let at = head[0].length; at < data.length; at += row_bytes) {
    rows.push(data.toString('hex', at, at + row_bytes).replace(/0+$/, ''));
  }
  return rows.filter(row => row !== '');
}

function rows_of_npos(ast) {
  const rows = [];
  for (const node of ast.tree.filter(each => each.fn === 'v0')) {
    const image = raster.decode(ast.raw, [{offset: node.offset}]);
    for (let y = 0; y < image.height; ++y) {
      const row = Buffer.alloc(Math.ceil(image.width / 8));
      for (let x = 0; x < image.width; ++x) {
        if (image.getPixel(x, y) === 0) row[x >> 3] |= 0x80 >> (x & 7);
      }
      rows.push(row.toString('hex').replace(/0+$/, ''));
    }
  }
  return rows.filter(row => row !== '');
}

function check_ours(file) {
  const ast = parser.analyze(fs.readFileSync(file));
  assert(!ast.error, `${file}: ${ast.error}`);
  const paper = /-(58|80)\.bin$/.exec(file)[1];
  const ours = preview(file, '--paper', paper).split('\n').slice(0, -2);
  const texts = ast.tree.filter(node => node.ascii === 'STX').map(node => bytes_of(ast, node));
  const theirs = iconv.decode(Buffer.concat(texts), 'gb18030');
  assert.strictEqual(letters(ours.filter(line => !/^\[.*\]$/.test(line)).join('')), letters(theirs), file);
  const stored = ast.tree.filter(node => node.fn === '(k').map(node => bytes_of(ast, node))
      .filter(command => command[6] === 0x50).map(command => `[QR ${command.subarray(8)}]`);
  assert.deepStrictEqual(ours.filter(line => line.startsWith('[QR ')), stored, file);
  if (!file.includes('-drawn-') || file.includes('codes')) return 0;
  const rows = rows_of_npos(ast);
  assert.deepStrictEqual(rows, rows_of_pbm(file.replace(/bin$/, 'pbm')), file);
  return rows.length;
}

// A chessboard of 8 by 8 fields, as PNG.
function chessboard() {
  const crc = data => {
    let sum = ~0;
    for (const byte of data) {
      sum ^= byte;
      for (let bit = 0; bit < 8; ++bit) sum = sum >>> 1 ^ (sum & 1 ? 0xEDB88320 : 0);
    }
    return ~sum >>> 0;
  };
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const head = Buffer.from([0, 0, 0, 64, 0, 0, 0, 64, 8, 0, 0, 0, 0]);
  const rows = Buffer.alloc(64 * 65);
  for (let y = 0; y < 64; ++y) {
    for (let x = 0; x < 64; ++x) rows[y * 65 + 1 + x] = ((x >> 3) + (y >> 3)) % 2 ? 0 : 255;
  }
  const mark = Buffer.from([0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10]);
  return Buffer.concat([mark, chunk('IHDR', head), chunk('IDAT', zlib.deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

function check_theirs(name, stream, wanted) {
  const file = path.join(folder, name + '.stream');
  fs.writeFileSync(file, stream);
  const text = letters(preview(file));
  for (const piece of wanted) assert(text.includes(letters(piece)), `${name}: "${piece}" is not in\n${text}`);
  return wanted.length;
}

function receiptline_stream(encoding, title, label) {
  const text = `{image:${chessboard().toString('base64')}}
^^^${title}
"^^Bold and wide
_under_ \`reverse\`
-
|${label} |0721 3386 41|
{code:BM1:0721338641:ABCDEFGH; option:qrcode,6,m}
{code:0721338641; option:code128,2,72,hri}
{code:4006381333931; option:ean,hri}
=
`;
  return Buffer.from(receiptline.transform(text, {cpl: 48, encoding, command: 'escpos', cutting: true}), 'latin1');
}

async function encoder_stream() {
  const Encoder = (await import('@point-of-sale/receipt-printer-encoder')).default;
  return new Encoder({language: 'esc-pos', columns: 48}).initialize().codepage('cp437').align('center').bold(true)
      .line('Grüße').bold(false).underline(true).line('under').underline(false).invert(true).line('inverse')
      .invert(false).width(2).height(3).line('large').width(1).height(1).rule()
      .table([{width: 20, align: 'left'}, {width: 20, align: 'right'}], [['One', '1.00'], ['Two', '22.00']])
      .qrcode('https://example.org/1', {model: 2, size: 6, errorlevel: 'm'})
      .barcode('BM-072133', 'code128', {height: 60, width: 2}).barcode('4006381333931', 'ean13', 60)
      .pdf417('PDF417 here').newline().cut('partial').encode();
}

async function main() {
  const files = fs.readdirSync(folder).filter(name => name.endsWith('.bin'));
  assert(files.length > 0, 'no slips');
  let rows = 0;
  for (const name of files) rows += check_ours(path.join(folder, name));
  assert(rows > 0, 'no drawn slips');
  console.log(`slips: npos reads ${files.length} of ours alike: texts, QR codes, ${rows} rows of dots`);
  const line = '─'.repeat(48);
  let pieces = 0;
  pieces += check_theirs('receiptline-gb18030', receiptline_stream('gb18030', '便民服务', '办件号'),
                         ['[picture]', '便民服务', 'Bold and wide', 'under reverse', line, '办件号', '0721 3386 41',
                          '[bars 0721338641]', '[bars 400638133393']);
  pieces += check_theirs('receiptline-cp437', receiptline_stream('cp437', 'Größe éÑ', 'Nº'),
                         ['Größe éÑ', 'Nº', line, '[bars 0721338641]']);
  pieces += check_theirs('receipt-printer-encoder', Buffer.from(await encoder_stream()),
                         ['Grüße', 'under', 'inverse', 'large', 'One 1.00', 'Two 22.00', '[QR https://example.org/1]',
                          '[bars BM-072133]', '[bars 4006381333931]', '[PDF417 PDF417 here]']);
  console.log(`slips: three streams of receiptline and receipt-printer-encoder read, ${pieces} pieces found`);
}

main().catch(error => {
  console.error(`slips: ${error.message}`);
  process.exitCode = 1;
});
