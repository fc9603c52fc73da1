/**
 * How the parts of src may import each other: downwards only, types counted. Does not know what they do.
 *
 *   fetch -> undici -> parallel-curl
 *   crawlee -> parallel-curl
 *   testing -> {parallel-curl, stand-in}
 *   {cli, report, php, bullmq} -> index -> parallel-curl -> crawling -> running
 *     -> {scheduling, engine, options, sessions, bodies, caching} -> transfer -> errors
 */
const middle = ['scheduling', 'engine', 'options', 'sessions', 'bodies', 'caching']

/** What nothing of src stands below. Grows only by what has no place in a folder. */
const ground =
  '^src/((curl-codes|errors|http-semantics|missing-folder|own-require|redaction|shown-proxy|wrong-value)\\.ts$|memory/|url/|journals/)'
/** A transfer and what it is made of. */
const transfer = '^src/transfer/'
const below = [`^src/(${middle.join('|')})/`, transfer, ground]

/** `from` may import `allowed` (patterns) and itself, nothing else of src. */
const layer = (name, comment, from, allowed) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: '^src/', pathNot: [from, ...allowed] },
})

/** The rooms of each folder, from the lowest up: what stands in one may import those before it, not those after it. */
const rooms = {
  engine: [
    'node-libcurl',
    'request',
    'connections',
    'outcome',
    'installed',
    'callbacks',
    'bodies',
    'handle',
    'watchdogs',
    '[^/]*$',
  ],
  crawling: ['rules', 'options', 'frontier', 'robots', 'sitemaps', '[^/]*$'],
  running: ['options', 'record', 'access', 'dispatch', 'make', 'entry'],
  'running/dispatch': ['attempts', 'delivery', '[^/]*$'],
  options: ['values', 'catalog', '[^/]*$'],
  bodies: ['streams', 'uploads', 'files', 'segments', 'sockets'],
  sessions: ['proxies', 'cookies', '[^/]*$'],
  php: ['values', 'handles', 'functions', 'options', 'easy', 'multi', 'share', 'originals', '[^/]*$'],
  bullmq: ['jobs', 'queues', '[^/]*$'],
  scheduling: ['time', 'gates', '[^/]*$'],
  cli: [
    'errors',
    'files',
    'arguments',
    'curl/operation-settings\\.ts$',
    'curl/invocation\\.ts$',
    'curl/arguments',
    'curl/request',
    'curl/shell',
    'input',
    'requests',
    'settings',
    'curl/output/[^/]*$',
    'curl/output/write-out',
    'output',
    'curl/program',
    'curl/run',
    'curl/(?!invocation|operation-settings)[^/]*$',
    '[^/]*$',
  ],
}
const roomPath = (folder, room) => `^src/${folder}/${room.endsWith('$') ? room : `${room}/`}`

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Types counted: two files that need each other are one, or need a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    layer('ground', 'The ground knows nothing else of src.', ground, []),
    layer('transfer', 'A transfer knows the errors only.', transfer, [ground]),
    ...middle.map((name) =>
      layer(
        name,
        'The middle row: each part knows the transfer and the errors, and not its neighbours.',
        `^src/${name}/`,
        [
          transfer,
          ground,
          // The engine applies what the options compile to: the form of it, not how it came about.
          ...(name === 'engine'
            ? ['^src/options/values/(compiled-options|post-fields|socket-event)\\.ts$']
            : []),
          // A copy of a body is written as a download is.
          ...(name === 'caching' ? ['^src/bodies/files/file-writer\\.ts$'] : []),
          // A cookie jar is made by whoever calls, and its cookies are libcurl's: the one file that holds them.
          // A proxy has the same kinds of limits as a host: the parts that they are made of.
          ...(name === 'sessions'
            ? [
                '^src/engine/node-libcurl/(cookie-share|header-cookie)\\.ts$',
                '^src/scheduling/(gates/limits|time/rate-window|time/time-heap)\\.ts$',
              ]
            : []),
        ],
      ),
    ),
    {
      name: 'engine-takes-types',
      comment:
        'What options compile to is data: the engine needs its types, and runs nothing of src/options.',
      severity: 'error',
      from: { path: '^src/engine/' },
      to: { path: '^src/options/', dependencyTypesNot: ['type-only'] },
    },
    ...Object.entries(rooms).flatMap(([folder, names]) =>
      names.slice(0, -1).map((room, at) => ({
        name: `${folder}-${room}`,
        comment: 'Inside of a folder, too, imports lead downwards only (see `rooms`).',
        severity: 'error',
        from: { path: roomPath(folder, room) },
        to: { path: names.slice(at + 1).map((above) => roomPath(folder, above)) },
      })),
    ),
    ...Object.entries(rooms).map(([folder, names]) => ({
      name: `${folder}-placed`,
      comment: 'A room that `rooms` does not name would escape the rule above.',
      severity: 'error',
      from: { path: `^src/${folder}/`, pathNot: names.map((room) => roomPath(folder, room)) },
      to: {},
    })),
    layer(
      'stand-in',
      'What stands in for the network meets the engine at one seam, and knows no run.',
      '^src/stand-in/',
      below,
    ),
    layer('running', 'What runs the requests of one instance wires the middle row.', '^src/running/', below),
    layer('crawling', 'A crawl is a use of what runs requests.', '^src/crawling/', [
      '^src/running/',
      ...below,
    ]),
    layer('recordings', 'A recording listens at the seam, a replay stands in there.', '^src/recordings/', [
      '^src/stand-in/',
      ...below,
    ]),
    layer('parallel-curl', 'The class wires the parts, and nothing above it.', '^src/parallel-curl\\.ts$', [
      '^src/(crawling|recordings|running)/',
      ...below,
    ]),
    {
      name: 'subpaths',
      comment: 'bullmq, crawlee, report, php, testing and undici stand on top, beside each other.',
      severity: 'error',
      from: { path: '^src/(bullmq|crawlee|report|php|testing|undici)/' },
      to: { path: '^src/(bullmq|cli|crawlee|fetch|report|php|testing|undici)/', pathNot: '^src/$1/' },
    },
    {
      name: 'fetch',
      comment: 'fetch is a use of the dispatcher.',
      severity: 'error',
      from: { path: '^src/fetch/' },
      to: { path: '^src/(bullmq|cli|crawlee|report|php|testing)/' },
    },
    {
      name: 'cli',
      comment: 'The command draws with what report has, and needs nothing of php.',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: { path: '^src/(crawlee|fetch|php|testing|undici)/' },
    },
    {
      name: 'index-is-the-face',
      comment: 'The index exports what is below it; the subpaths above it have entries of their own.',
      severity: 'error',
      from: { path: '^src/index\\.ts$' },
      to: { path: '^src/(bullmq|cli|crawlee|fetch|report|php|testing|undici)/' },
    },
    {
      name: 'native-wall',
      comment: 'One folder of the engine imports node-libcurl: all that differs between its majors is there.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/engine/node-libcurl/' },
      to: { path: 'node-libcurl', pathNot: '^src/' },
    },
    {
      name: 'placed',
      comment: 'What no layer knows would escape the rules above.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [
          ...below,
          '^src/(index|parallel-curl)\\.ts$',
          '^src/(running|crawling|bullmq|cli|crawlee|fetch|report|php|recordings|stand-in|testing|undici)/',
        ],
      },
      to: {},
    },
    {
      name: 'src-stands-alone',
      comment: 'What is published needs neither tests nor scripts, nor what only developing installs.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: ['^test/', '^scripts/'] },
    },
    {
      name: 'only-dependencies',
      comment: 'What is published is installed with what package.json names.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['npm-peer'] },
    },
    {
      name: 'resolvable',
      comment:
        'An import that leads nowhere. The name of this package leads to what a build has made, if one was.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^parallelcurl$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
}
