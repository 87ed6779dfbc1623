/** Which folder may import which: section 2 of the design, in force. */
const TESTS = '\\.test\\.ts$|^test/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'Two files that need each other are one file, or three.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'domain-stands-alone',
      comment: 'The rules know nothing of databases, servers or the web.',
      severity: 'error',
      from: { path: '^domain/', pathNot: TESTS },
      to: { path: '^(workflows|activities|api|database|migrations|runtime|test)/' },
    },
    {
      name: 'domain-does-no-io',
      comment: 'No input or output in the domain; plain libraries only.',
      severity: 'error',
      from: { path: '^domain/', pathNot: TESTS },
      to: {
        dependencyTypes: ['core', 'npm'],
        pathNot: '^node_modules/(zod|handlebars|luxon|@holiday-jp)/',
      },
    },
    {
      name: 'workflows-only-say-when',
      comment: 'Workflows take values from the domain and the workflow SDK alone; of activities they know the types.',
      severity: 'error',
      from: { path: '^workflows/', pathNot: TESTS },
      to: {
        dependencyTypesNot: ['type-only'],
        pathNot: '^(workflows|domain)/|^node_modules/@temporalio/(workflow|common)/',
      },
    },
    {
      name: 'activities-know-no-web',
      severity: 'error',
      from: { path: '^activities/', pathNot: TESTS },
      to: { path: '^(api|workflows|runtime/(?!root\\.ts))' },
    },
    {
      name: 'database-below-everything',
      comment: 'Queries know the rules, and nobody who asks.',
      severity: 'error',
      from: { path: '^database/', pathNot: TESTS },
      to: { path: '^(api|activities|workflows|runtime/(?!root\\.ts))' },
    },
    {
      name: 'models-stay-in-the-database-folder',
      comment: 'Objection and SQL live in database/ and nowhere else.',
      severity: 'error',
      from: { pathNot: `^(database|migrations|runtime)/|${TESTS}` },
      to: {
        path: '^(database/models/|node_modules/(objection|pg|pg-copy-streams)/)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'api-never-runs-workflows',
      comment: 'Names and messages of workflows are in domain/contracts.',
      severity: 'error',
      from: { path: '^api/', pathNot: TESTS },
      to: {
        path: '^(workflows|runtime/(?!root\\.ts)|node_modules/@temporalio/(worker|workflow)/)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'two-doors',
      comment: 'The citizen app and the staff app share api/shared, not each other.',
      severity: 'error',
      from: { path: '^api/(citizen|staff)/', pathNot: TESTS },
      to: { path: '^api/(citizen|staff)/', pathNot: '^api/$1/' },
    },
    {
      name: 'nothing-leans-on-tests',
      severity: 'error',
      from: { pathNot: TESTS },
      // The bench is a command of the command line tool.
      to: { path: TESTS, pathNot: '^test/bench/' },
    },
    {
      name: 'only-declared-packages',
      comment:
        'What runs in production is in dependencies, not in devDependencies or by chance in node_modules. The admin is built beforehand.',
      severity: 'error',
      from: {
        path: '^(domain|workflows|activities|api|database|migrations|runtime)/',
        pathNot: `${TESTS}|^runtime/build-admin\\.mjs$`,
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
    exclude: { path: '^(dist|admin-ui)/' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['node', 'require', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
};
