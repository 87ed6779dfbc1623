/** Which folder may import which: the last section of README, "Find your way around", in force. */

/** The bench measures with the tests' tools, so it counts as one of them. */
const tests = '\\.(test|spec)\\.ts$|^test/|^runtime/commands/bench/|^admin-ui/zone-environment\\.cjs$';

/** What threads of imports load, with the narrow memory that they have: an index would bring the driver of PostgreSQL along. */
const byFile =
  '^activities/imports/import-(sealer|search-keys|indexer|reader|records|reading-thread|sealing-thread)\\.ts$';

/** How a programme's document is put together: everybody else takes `document.ts`. */
const insideOfTheDomain =
  '^domain/programmes/(age|contradictions|document-shape|editing/reachable-seats|parts/(?!basics|broadcasts|template)[^/]+)\\.ts$';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'Two files that need each other, be it for a type, are one file, or three.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'domain-stands-alone',
      comment: 'The rules know nothing of databases, servers or the web.',
      severity: 'error',
      from: { path: '^domain/', pathNot: tests },
      to: { path: '^(workflows|activities|engine|api|database|migrations|runtime|test)/' },
    },
    {
      name: 'domain-does-no-io',
      comment: 'No input or output in the domain; plain libraries only.',
      severity: 'error',
      from: { path: '^domain/', pathNot: tests },
      to: {
        dependencyTypes: ['core', 'npm'],
        pathNot: '^node_modules/(zod|handlebars|luxon|@holiday-jp)/',
      },
    },
    {
      name: 'workflows-only-say-when',
      comment: 'Workflows take values from the domain and the workflow SDK alone; of activities they know the types.',
      severity: 'error',
      from: { path: '^workflows/', pathNot: tests },
      to: {
        dependencyTypesNot: ['type-only'],
        pathNot: '^(workflows|domain)/|^node_modules/@temporalio/(workflow|common)/',
      },
    },
    {
      name: 'activities-know-no-web',
      severity: 'error',
      comment: 'Activities are what Temporal calls; requests are what other processes ask of Temporal.',
      from: { path: '^activities/', pathNot: tests },
      to: { path: '^(api|workflows|engine/requests/|runtime/(?!root\\.ts))' },
    },
    {
      name: 'engine-knows-no-web',
      comment: 'The engine carries things to and from Temporal, and knows nobody who asks.',
      severity: 'error',
      from: { path: '^engine/', pathNot: tests },
      to: { path: '^(api|workflows|runtime/(?!root\\.ts))' },
    },
    {
      name: 'engine-below-activities',
      comment:
        'Activities use the client, the hand-over and the loops; those know no more of activities than their types.',
      severity: 'error',
      from: { path: '^engine/(temporal|hand-over|loops)/', pathNot: tests },
      to: { path: '^(activities|engine/requests)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'database-below-everything',
      comment: 'Queries know the rules, and nobody who asks.',
      severity: 'error',
      from: { path: '^database/', pathNot: tests },
      to: { path: '^(api|activities|engine|workflows|runtime/(?!root\\.ts))' },
    },
    {
      name: 'front-doors-inside-the-database',
      comment: 'A noun talks to another noun through its index.ts. foundation/ is no noun.',
      severity: 'error',
      from: { path: '^database/([^/]+)/', pathNot: tests },
      to: { path: '^database/[^/]+/', pathNot: '^database/($1|foundation)/|^database/[^/]+/index\\.ts$' },
    },
    {
      name: 'front-doors-of-the-database',
      comment: 'Other layers take of a noun what its index.ts shows.',
      severity: 'error',
      from: { pathNot: `^database/[^/]+/|${tests}|${byFile}` },
      to: { path: '^database/[^/]+/', pathNot: '^database/foundation/|^database/[^/]+/index\\.ts$' },
    },
    {
      name: 'front-doors-of-the-domain',
      comment:
        'Nearly every file of the domain is a door: small, pure, taken by name. What only its own noun may take is listed here (ADR 33).',
      severity: 'error',
      from: { pathNot: `^domain/programmes/|${tests}` },
      to: { path: insideOfTheDomain },
    },
    {
      name: 'models-stay-in-the-database-folder',
      comment: 'Objection and SQL live in database/ and nowhere else.',
      severity: 'error',
      from: { pathNot: `^(database|migrations|runtime)/|${tests}` },
      to: {
        path: '^(database/models/|node_modules/(objection|pg|pg-copy-streams)/)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'api-never-runs-workflows',
      comment: 'Names and messages of workflows are in the domain; what is asked of Temporal is in engine/requests.',
      severity: 'error',
      from: { path: '^api/', pathNot: tests },
      to: {
        path: '^(workflows|activities|engine/(?!requests/)|runtime/(?!root\\.ts)|node_modules/@temporalio/(worker|workflow)/)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'two-doors',
      comment: 'The citizen app and the staff app share api/shared, not each other.',
      severity: 'error',
      from: { path: '^api/(citizen|staff)/', pathNot: tests },
      to: { path: '^api/(citizen|staff)/', pathNot: '^api/$1/' },
    },
    {
      name: 'nothing-leans-on-tests',
      severity: 'error',
      from: { pathNot: tests },
      // The bench is a command of the command line tool.
      to: { path: tests, pathNot: '^runtime/commands/bench/' },
    },
    {
      name: 'only-declared-packages',
      comment:
        'What runs in production is in dependencies, not in devDependencies or by chance in node_modules. The admin is built beforehand.',
      severity: 'error',
      from: {
        path: '^(domain|workflows|activities|engine|api|database|migrations|runtime)/',
        pathNot: `${tests}|^runtime/build/(build-admin|check-sources)\\.mjs$`,
      },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['node', 'require', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
};
