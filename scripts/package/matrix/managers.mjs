/**
 * The package managers that matrix.mjs tries: how each adds a tarball, installs by its lock file and runs a
 * program, and the lines of docs/installation.md that allow node-libcurl's install script and choose its
 * version. Does not run anything.
 */

const npm = {
  tool: 'npm',
  command: 'npm',
  add: (file) => ['install', '--no-audit', '--no-fund', `./${file}`],
  again: ['ci', '--no-audit', '--no-fund'],
}
const allowScripts = { 'package.json': { allowScripts: { 'node-libcurl': true } } }

const dependenciesMeta = { 'node-libcurl': { built: true } }
const resolutions = { 'node-libcurl': '4.0.0' }
const yarn4 = {
  tool: '@yarnpkg/cli-dist',
  command: 'yarn',
  add: (file) => ['add', `parallelcurl@file:./${file}`],
  again: ['install', '--immutable'],
  lines: { 'package.json': { dependenciesMeta } },
  lines20: { 'package.json': { dependenciesMeta, resolutions } },
}
/** Yarn 4 takes a folder with this file for a project of its own. */
const project = { 'yarn.lock': '' }

const allowBuilds = 'allowBuilds: { node-libcurl: true }\n'

/**
 * By their names in the table. `lines` are those to add on both legs, `lines20` those on Node.js 20 in place
 * of them; none: nothing has to be added. `node` and `bin` start Node.js and the command.
 */
export const managers = {
  'npm 10': npm,
  'npm 11': npm,
  'npm 12': { ...npm, lines: allowScripts },
  pnpm: {
    tool: 'pnpm',
    command: 'pnpm',
    add: (file) => ['add', `./${file}`],
    again: ['install', '--frozen-lockfile'],
    lines: { 'pnpm-workspace.yaml': allowBuilds },
    lines20: { 'pnpm-workspace.yaml': `${allowBuilds}overrides: { node-libcurl: 4.0.0 }\n` },
  },
  'Yarn 1': {
    tool: 'yarn',
    command: 'yarn',
    add: (file) => ['add', '--non-interactive', `file:./${file}`],
    again: ['install', '--non-interactive', '--frozen-lockfile'],
    lines20: { 'package.json': { resolutions } },
  },
  'Yarn 4': { ...yarn4, files: { ...project, '.yarnrc.yml': 'nodeLinker: node-modules\n' } },
  "Yarn 4, Plug'n'Play": {
    ...yarn4,
    files: { ...project, '.yarnrc.yml': 'nodeLinker: pnp\n' },
    node: ['yarn', 'node'],
    bin: ['yarn', 'run', 'parallelcurl'],
  },
  Bun: {
    tool: 'bun',
    command: 'bun',
    add: (file) => ['add', `./${file}`],
    again: ['install', '--frozen-lockfile'],
    lines20: { 'package.json': { overrides: { 'node-libcurl': '4.0.0' } } },
  },
}
