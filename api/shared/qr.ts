import { crc32, deflateSync } from 'node:zlib';

import jsQR from 'jsqr';
import { PNG } from 'pngjs';
import { create } from 'qrcode';

/** Modules of white around the code: the standard asks for four. */
const quietModules = 4;
/** Dots per inch of the printer: what is printed has at least these. */
const printDpi = 300;
const mmPerInch = 25.4;
/** Modules smaller than this are not read reliably from paper, mm. */
export const smallestModuleMm = 0.4;

/** Along one side: some pixels for each module of the largest code that an address makes. */
const enoughPixels = 300;

interface Grid {
  /** Modules along one side, the quiet zone included. */
  readonly size: number;
  readonly isDark: (x: number, y: number) => boolean;
}

export interface PrintQr {
  readonly svg: string;
  readonly png: Buffer;
  readonly pixels: number;
  readonly dpi: number;
  readonly moduleMm: number;
}

/** What came back does not say what went in. */
export class QrReadBackError extends Error {
  override name = 'QrReadBackError';
}

/** A QR code for a page, one unit per module: its size is the page's to say. */
export function qrSvg(text: string): string {
  return svgOf(gridOf(text, 'M'), '');
}

/**
 * A QR code for the printer, `widthMm` wide with its quiet zone, as SVG and as PNG of at least 300 dpi. Both are read again from the
 * very bytes that are handed out: a flyer cannot be called back.
 *
 * @throws QrReadBackError when either does not say `text`
 */
export function printQr(text: string, widthMm: number): PrintQr {
  const grid = gridOf(text, 'Q');
  // Whole pixels per module: anything else blurs the edges.
  const scale = Math.ceil((widthMm / mmPerInch) * (printDpi / grid.size));
  const pixels = grid.size * scale;
  const svg = svgOf(grid, ` width="${String(widthMm)}mm" height="${String(widthMm)}mm"`);
  const png = pngOf(grid, scale, widthMm);
  if (readQrPng(png) !== text) throw new QrReadBackError('the PNG does not read as it should');
  if (readQrSvg(svg) !== text) throw new QrReadBackError('the SVG does not read as it should');
  return { svg, png, pixels, dpi: Math.round((pixels / widthMm) * mmPerInch), moduleMm: widthMm / grid.size };
}

/** The text of a QR code in a PNG; undefined when there is none. */
export function readQrPng(png: Buffer): string | undefined {
  const { data, width, height } = PNG.sync.read(png);
  // The reader's time grows with the pixels: of a poster every so many-th pixel says the same.
  const step = Math.max(1, Math.floor(Math.min(width, height) / enoughPixels));
  const [columns, rows] = [Math.floor(width / step), Math.floor(height / step)];
  const pixels = new Uint8ClampedArray(columns * rows * 4);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const from = (row * step * width + column * step) * 4;
      pixels.set(data.subarray(from, from + 4), (row * columns + column) * 4);
    }
  }
  return jsQR(pixels, columns, rows)?.data;
}

/** The text of a QR code in an SVG as `printQr` and `qrSvg` draw it: its path is painted into pixels and read. */
export function readQrSvg(svg: string): string | undefined {
  const size = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)?.[1]);
  const path = /<path[^>]* d="([^"]*)"/.exec(svg)?.[1];
  if (!(size > 0 && size < 200) || path === undefined) return undefined;
  const scale = 4;
  const side = size * scale;
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255);
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let row = Number(y) * scale; row < (Number(y) + 1) * scale; row++) {
      for (let column = Number(x) * scale; column < (Number(x) + Number(width)) * scale; column++)
        pixels.fill(0, (row * side + column) * 4, (row * side + column) * 4 + 3);
    }
  }
  return jsQR(pixels, side, side)?.data;
}

function gridOf(text: string, errorCorrectionLevel: 'M' | 'Q'): Grid {
  const { modules } = create(text, { errorCorrectionLevel });
  const inside = modules.size;
  return {
    size: inside + 2 * quietModules,
    isDark: (x, y) => {
      const [column, row] = [x - quietModules, y - quietModules];
      return column >= 0 && row >= 0 && column < inside && row < inside && modules.get(row, column) === 1;
    },
  };
}

function svgOf({ size, isDark }: Grid, attributes: string): string {
  let path = '';
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if (!isDark(x, y)) continue;
      let width = 1;
      while (isDark(x + width, y)) width++;
      path += `M${String(x)} ${String(y)}h${String(width)}v1h-${String(width)}z`;
      x += width;
    }
  }
  const box = String(size);
  return `<svg xmlns="http://www.w3.org/2000/svg"${attributes} viewBox="0 0 ${box} ${box}" shape-rendering="crispEdges"><rect width="${box}" height="${box}" fill="#fff"/><path fill="#000" d="${path}"/></svg>`;
}

/** Black and white, one bit per pixel: what a printer prints. The size on paper is in the file (pHYs), so that no layout program has to guess. */
function pngOf({ size, isDark }: Grid, scale: number, widthMm: number): Buffer {
  const side = size * scale;
  const bytesPerLine = 1 + Math.ceil(side / 8);
  const lines = Buffer.alloc(bytesPerLine * side);
  for (let y = 0; y < size; y++) {
    const line = Buffer.alloc(bytesPerLine, 0xff);
    // In front of each line stands its filter: none.
    line[0] = 0;
    for (let x = 0; x < side; x++) {
      if (isDark(Math.floor(x / scale), y)) line[1 + (x >> 3)] = (line[1 + (x >> 3)] ?? 0) & ~(0x80 >> (x & 7));
    }
    for (let copy = 0; copy < scale; copy++) line.copy(lines, (y * scale + copy) * bytesPerLine);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.writeUInt8(1, 8);
  const physical = Buffer.alloc(9);
  const pixelsPerMetre = Math.round((side / widthMm) * 1000);
  physical.writeUInt32BE(pixelsPerMetre, 0);
  physical.writeUInt32BE(pixelsPerMetre, 4);
  physical.writeUInt8(1, 8);
  return Buffer.concat([
    pngSignature,
    chunkOf('IHDR', header),
    chunkOf('pHYs', physical),
    chunkOf('IDAT', deflateSync(lines)),
    chunkOf('IEND', Buffer.alloc(0)),
  ]);
}

const pngSignature = Buffer.from('89504e470d0a1a0a', 'hex');

function chunkOf(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
