import { marked, paragraphs } from './japanese-parts';

const shown = (tag: string, text: unknown): string => String(marked(tag, text));

test.each([
  ['en', 'Saturday 29 May 2021 (令和3年)', 'Saturday 29 May 2021 (<span lang="ja">令和3年</span>)'],
  ['en', '30歳以上の方', '<span lang="ja">30歳以上の方</span>'],
  ['en', 'JR新潟駅からバスで約15分', 'JR<span lang="ja">新潟駅からバスで約15分</span>'],
  ['en', '<b>桜木</b>', '&lt;b&gt;<span lang="ja">桜木</span>&lt;/b&gt;'],
  ['zh-Hans', '2021年5月29日 (令和3年)', '2021年5月29日 (令和3年)'],
  ['zh-Hans', '接種を受ける', '<span lang="ja">接種を受ける</span>'],
  ['ko', '토요일', '토요일'],
  ['ja', '桜木会場', '桜木会場'],
  ['en', undefined, ''],
])('on a page in %s: %s', (tag, text, expected) => {
  expect(shown(tag, text)).toBe(expected);
});

test('paragraphs say once that they are Japanese, and only where they are', () => {
  expect(String(paragraphs('en', '一つめ\n続き\n\n二つめ<script>'))).toBe(
    '<p lang="ja">一つめ<br>続き</p><p lang="ja">二つめ&lt;script&gt;</p>',
  );
  expect(String(paragraphs('en', 'Look for 券番号.\n\nThen call.'))).toBe(
    '<p>Look for <span lang="ja">券番号</span>.</p><p>Then call.</p>',
  );
  expect(String(paragraphs('ja', '一つめ'))).toBe('<p>一つめ</p>');
});
