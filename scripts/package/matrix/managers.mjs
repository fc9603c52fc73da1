/**
 * The package managers that matrix.mjs tries: how each adds a tarball, runs a program, and is told to allow
 * node-libcurl's install script. Does not run anything.
 */

const allowed = { dependenciesMeta: { 'node-libcurl': { built: true } } }
const nodeModules = 'nodeLinker: node-modules\n'
/** Yarn 4 refuses to make a lockfile where the variable CI is set. */
const lockfile = 'enableImmutableInstalls: false\n'
const addNpm = (tarball) => ['install', '--no-audit', '--no-fund', `./${tarball}`]
const addYarn = (tarball) => ['add', `parallelcurl@file:./${tarball}`]

/**
 * Of each: the package and command that it is; `add`, the arguments that add a tarball; `files` of an empty
 * project; `lines`, what the documentation says to add, for both legs or for Node 20 only.
 */
export const managers = {
  'npm 10': { tool: 'npm', command: 'npm', add: addNpm, files: {}, lines: {} },
  'npm 11': {
    tool: 'npm',
    command: 'npm',
    add: addNpm,
    files: {},
    lines: { 'package.json': { allowScripts: { 'node-libcurl': true } } },
  },
  'npm 12': {
    tool: 'npm',
    command: 'npm',
    add: addNpm,
    files: {},
    lines: { 'package.json': { allowScripts: { 'node-libcurl': true } } },
  },
  pnpm: {
    tool: 'pnpm',
    command: 'pnpm',
    add: (tarball) => ['add', `./${tarball}`],
    files: {},
    lines: { 'pnpm-workspace.yaml': 'allowBuilds:\n  node-libcurl: true\n' },
    lines20: {
      'pnpm-workspace.yaml': 'allowBuilds:\n  node-libcurl: true\noverrides:\n  node-libcurl: 4.0.0\n',
    },
  },
  'Yarn 1': {
    tool: 'yarn',
    command: 'yarn',
    add: (tarball) => ['add', '--non-interactive', `file:./${tarball}`],
    files: {},
    lines: {},
    lines20: { 'package.json': { resolutions: { 'node-libcurl': '4.0.0' } } },
  },
  'Yarn 4': {
    tool: '@yarnpkg/cli-dist',
    command: 'yarn',
    add: addYarn,
    files: { '.yarnrc.yml': nodeModules + lockfile, 'yarn.lock': '' },
    lines: { 'package.json': allowed },
    lines20: { 'package.json': { ...allowed, resolutions: { 'node-libcurl': '4.0.0' } } },
  },
  "Yarn 4, Plug'n'Play": {
    tool: '@yarnpkg/cli-dist',
    command: 'yarn',
    add: addYarn,
    files: { '.yarnrc.yml': lockfile, 'yarn.lock': '' },
    lines: { 'package.json': allowed },
    lines20: { 'package.json': { ...allowed, resolutions: { 'node-libcurl': '4.0.0' } } },
    node: ['yarn', 'node'],
    bin: ['yarn', 'parallelcurl'],
  },
  Bun: {
    tool: 'bun',
    command: 'bun',
    add: (tarball) => ['add', `./${tarball}`],
    files: {},
    lines: {},
    lines20: { 'package.json': { overrides: { 'node-libcurl': '4.0.0' } } },
  },
}
