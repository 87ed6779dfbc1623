import { childLine, tokiLine } from './log-line';

const at = new Date('2026-04-01T00:05:07Z');

test('a line of pino becomes time, child, message and fields', () => {
  const time = Date.parse('2026-04-01T00:05:06Z');
  const line = JSON.stringify({
    level: 30,
    time,
    pid: 1,
    hostname: 'h',
    msg: 'listening',
    port: 3000,
    why: 'because of it',
  });
  expect(childLine('citizen', line, at)).toBe('09:05:06 citizen | listening port=3000 why="because of it"');
});

test('what is worse than information says so, errors by their message', () => {
  const line = JSON.stringify({
    level: 50,
    time: at.getTime(),
    msg: 'not sent',
    err: { type: 'Error', message: 'no route', stack: '…' },
  });
  expect(childLine('worker', line, at)).toBe('09:05:07 worker  | error: not sent err="no route"');
});

test.each(['plain words', '{not json', '{"broken": '])('%s is kept as it is', (line) => {
  expect(childLine('staff', line, at)).toBe(`09:05:07 staff   | ${line}`);
});

test('our own lines stand in the same columns, and in city time as everything that staff see', () => {
  expect(tokiLine('Starting PostgreSQL', at)).toBe('09:05:07 toki    | Starting PostgreSQL');
});
