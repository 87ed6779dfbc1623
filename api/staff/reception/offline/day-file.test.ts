import { createHash, randomBytes } from 'node:crypto';

import { projectRoot } from '../../../../runtime/root';
import { createDayFileWriter } from './day-file';

test('the page of a day allows exactly the script and the style that stand in it', async () => {
  const page = await createDayFileWriter(projectRoot)(
    {
      fileId: 'file',
      tickKey: randomBytes(32),
      venueName: '桜木会場',
      day: '2021-06-01',
      madeAt: new Date('2021-05-31T18:00:00+09:00'),
      entries: [],
      seatIdOf: (id) => id,
    },
    'とき 朱鷺 さど 2021',
  );
  const hash = (text = '') => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const csp = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1];
  const script = /<script>([\s\S]*?)<\/script>/.exec(page)?.[1];
  const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1];
  expect(csp).toBe(
    `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; base-uri 'none'; form-action 'none'`,
  );
  expect(page).toContain('<title>受付名簿 2021-06-01 桜木会場</title>');
});
