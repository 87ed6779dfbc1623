// Files that take long begin first, so that a run does not end with one core waiting for the other. Jest knows how long
// a file took from its cache; on a fresh clone there is none, and what a file works with tells nearly as much.
const { readFileSync } = require('node:fs');

const Sequencer = require('@jest/test-sequencer').default;

/** The most expensive first: whole installations, many people's weeks, servers of a file's own, browsers. */
const kinds = [/running-toki/, /rehearsal-world/, /own-temporal|toki-process/, /browser/, /-world/, /-site|test-city/];

function kindOf(path) {
  const imports = readFileSync(path, 'utf8').match(/from '[^']+'/g) ?? [];
  const index = kinds.findIndex((kind) => imports.some((line) => kind.test(line)));
  return index < 0 ? kinds.length : index;
}

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const known = super.sort(tests);
    // Jest has put those it knows in order; without a cache it goes by size alone.
    if (known.some((test) => test.duration !== undefined)) return known;
    const kind = new Map(known.map((test) => [test, kindOf(test.path)]));
    return known.sort((a, b) => kind.get(a) - kind.get(b));
  }
};
