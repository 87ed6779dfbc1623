import { PNG } from 'pngjs';

import { printQr, qrSvg, readQrPng, readQrSvg } from './qr';

const address = 'https://yoyaku.city.niigata.example.jp';

test.each([20, 40, 63.5, 100])('%d mm: both files say the address, at 300 dpi or more and exactly this wide', (mm) => {
  const { svg, png, pixels, dpi } = printQr(address, mm);
  expect(readQrPng(png)).toBe(address);
  expect(readQrSvg(svg)).toBe(address);
  expect(dpi).toBeGreaterThanOrEqual(300);
  expect(svg).toContain(`width="${String(mm)}mm" height="${String(mm)}mm"`);
  const phys = png.indexOf('pHYs');
  expect(pixels / png.readUInt32BE(phys + 4)).toBeCloseTo(mm / 1000, 5);
  expect(png.readUInt8(phys + 12)).toBe(1);
});

test('four modules of white on every side', () => {
  const { png, pixels } = printQr(address, 30);
  const image = PNG.sync.read(png);
  const isWhite = (x: number, y: number) => image.data[(y * pixels + x) * 4] === 255;
  const size = Number(/viewBox="0 0 (\d+)/.exec(printQr(address, 30).svg)?.[1]);
  const quiet = (pixels / size) * 4;
  const stained: number[] = [];
  for (let at = 0; at < pixels; at++) {
    for (const depth of [0, quiet - 1])
      if (!(
        isWhite(at, depth) &&
        isWhite(depth, at) &&
        isWhite(at, pixels - 1 - depth) &&
        isWhite(pixels - 1 - depth, at)
      ))
        stained.push(at);
  }
  expect(stained).toEqual([]);
  expect(isWhite(quiet, quiet)).toBe(false);
});

test('what was changed after drawing is noticed', () => {
  const svg = qrSvg(address);
  expect(readQrSvg(svg)).toBe(address);
  expect(readQrSvg(svg.replace(/M\d+ \d+h7v1h-7z/g, ''))).not.toBe(address);
  expect(readQrSvg('<svg viewBox="0 0 10 10"></svg>')).toBeUndefined();
  expect(readQrSvg('')).toBeUndefined();
});

test('an app link of the largest size is read too', () => {
  const uri = `otpauth://totp/Toki:${'a'.repeat(40)}?issuer=Toki&secret=${'A'.repeat(32)}&algorithm=SHA1&digits=6&period=30`;
  expect(readQrSvg(qrSvg(uri))).toBe(uri);
});
