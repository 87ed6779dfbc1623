/**
 * How many newcomers have the kana and birth date of a resident by chance: `node dist/runtime/commands/bench/namesakes.js`.
 *
 * 240,000 invented residents of 65 to 100 years. The shares of frequent names are rounded from widely published rankings
 * (kana alone, so 伊藤 and 伊東 are one); the other names share what is left, each rarer than the one before it. Birth
 * days are even over the year. Always the same figures: nothing here depends on the machine or the time.
 */
const residents = 240_000;
const newcomers = 1_000;
const rounds = 200;

/** Per ten thousand of the population. */
const surnames =
  'サトウ149 スズキ143 タカハシ113 タナカ106 ワタナベ99 イトウ95 サイトウ87 ヤマモト84 ナカムラ83 コバヤシ82 カトウ71 ヨシダ66 ヤマダ65 ササキ54 ヤマグチ51 マツモト50 イノウエ49 キムラ46 アベ44 ハヤシ43 シミズ42 ヤマザキ38 モリ37 イケダ36 ハシモト35 ヤマシタ34 イシカワ34 ナカジマ32 マエダ31 フジタ30 オガワ30 ゴトウ30 オカダ30 ハセガワ30 ムラカミ29 コンドウ29 イシイ28 サカモト28 オオタ28 エンドウ26 アオキ26 フジイ25 ニシムラ25 フクダ24 フジワラ24 ウエダ24 ミウラ23 オカモト23 マツダ23 ナカガワ22 ナカノ22 ハラダ21 オノ21 タムラ20 タケウチ20 カネコ20 ワダ20 ナカヤマ20 イシダ19 モリタ19';
/** Per ten thousand of each sex of these years. */
const women =
  'カズコ350 ヨシコ340 トシコ250 マサコ250 ケイコ240 フミコ220 ミチコ220 セツコ210 キヨコ200 サチコ200 ヒロコ200 ヨウコ180 ヤスコ160 ヒサコ150 ノリコ150 シズコ150 キミコ150 スミコ120 タカコ120 アキコ120 ミツコ120 チエコ110 ハルコ100 テルコ100 レイコ100 トミコ100 エミコ90 ミエコ80 チヨコ80 ハツエ50';
const men =
  'ヒロシ200 カズオ160 キヨシ150 ヨシオ150 タカシ140 ミノル130 マサオ130 シゲル120 アキラ120 トシオ120 イサム110 マサル100 イサオ100 ススム90 ツトム90 タケシ90 マコト90 ヒデオ90 ミツオ80 フミオ80 ヤスオ80 ハルオ70 ノボル70 シゲオ70 イチロウ60 サブロウ60 テルオ60 カツミ50';
/** Thousands of people of 65 to 69 years, 70 to 74 … as in 2021. */
const ages = [8_200, 9_700, 6_700, 5_600, 4_000, 2_000, 650];
const womenShare = 0.56;

/** Draws a position by its weight. */
type Draw = (random: number) => number;

function draws(weights: readonly number[]): Draw {
  const sums: number[] = [];
  let sum = 0;
  for (const weight of weights) sums.push((sum += weight));
  return (random) => {
    const wanted = random * sum;
    let [low, high] = [0, sums.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

/** The frequent names as listed, then `others` rarer ones that share what is left of ten thousand. */
function namesOf(list: string, others: number): Draw {
  const frequent = list.split(' ').map((name) => Number(/[0-9]+$/.exec(name)?.[0]));
  const tail = Array.from({ length: others }, (_, index) => 1 / (frequent.length + index + 1));
  const left = 10_000 - frequent.reduce((sum, weight) => sum + weight, 0);
  const scale = left / tail.reduce((sum, weight) => sum + weight, 0);
  return draws([...frequent, ...tail.map((weight) => weight * scale)]);
}

/** Mulberry32: the same numbers every time. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const random = randomFrom(2021);
const surname = namesOf(surnames, 30_000);
const [woman, man] = [namesOf(women, 3_000), namesOf(men, 3_000)];
const ageGroup = draws(ages);

/** A person's kana and birth date, as a comparison sees them. */
function somebody(): string {
  const isWoman = random() < womenShare;
  const given = (isWoman ? woman : man)(random());
  const day = ageGroup(random()) * 1_826 + Math.floor(random() * 1_826);
  return `${String(surname(random()))} ${isWoman ? 'f' : 'm'}${String(given)} ${String(day)}`;
}

const people = new Map<string, number>();
for (let count = 0; count < residents; count++) {
  const person = somebody();
  people.set(person, (people.get(person) ?? 0) + 1);
}
let shared = 0;
for (const count of people.values()) if (count > 1) shared += count;
const found = Array.from({ length: rounds }, () => {
  let pairs = 0;
  for (let count = 0; count < newcomers; count++) if (people.has(somebody())) pairs++;
  return pairs;
});
const mean = found.reduce((sum, pairs) => sum + pairs, 0) / rounds;
process.stdout.write(
  [
    `residents: ${String(residents)}, of whom ${String(shared)} share kana and birth date with another`,
    `of ${String(newcomers)} newcomers so many have a namesake: ${mean.toFixed(2)} on average, ${String(Math.max(...found))} at most (${String(rounds)} rounds)`,
    '',
  ].join('\n'),
);
