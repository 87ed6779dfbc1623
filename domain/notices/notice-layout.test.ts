import { layoutNotice } from './notice-layout';

const notice = {
  subject: '予約 <1>',
  text: '一段落 & "引用"\n二行目\n\n二段落 https://yoyaku.example.jp\n025-000-0000\n<script>alert(1)</script>\n',
  sender: '新潟市',
  siteUrl: 'https://yoyaku.example.jp',
  telephone: '025-000-0000',
};

test('words become paragraphs, the site and the telephone links, and nothing else becomes HTML', () => {
  const html = layoutNotice(notice);
  expect(html).toContain('一段落 &amp; &quot;引用&quot;<br>\n二行目</p>');
  expect(html).toContain('<a href="https://yoyaku.example.jp"');
  expect(html).toContain('<a href="tel:0250000000"');
  expect(html).toContain('&lt;script&gt;');
  expect(html).not.toContain('<script');
  expect(html).toContain('<title>予約 &lt;1&gt;</title>');
});

test('nothing is loaded from elsewhere', () => {
  expect(layoutNotice(notice)).not.toMatch(/\bsrc=|<link|@import|url\(/);
});
