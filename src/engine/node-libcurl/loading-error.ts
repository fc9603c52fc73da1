/**
 * The error of a node-libcurl that cannot be loaded: in three lines, what is wrong, what to add and what to
 * run. Does not load anything.
 */
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { packageManagerOf, type PackageManager } from './package-manager.js'

/** Its message is for people as it is. It has no stack: the frames of a loader help nobody. */
export class LoadingError extends Error {
  override readonly name = 'LoadingError'

  constructor(lines: readonly string[]) {
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    super(lines.join('\n'))
    Error.stackTraceLimit = stackTraceLimit
  }
}

interface Advice {
  /** How the install script is allowed to run. */
  readonly allow: string
  readonly rebuild: string
  readonly install: string
  /** How the whole project gets one version of node-libcurl. */
  readonly pin: (version: string) => string
}

const inManifest = (field: string): string => `add to package.json: ${field}`

const ADVICE: Readonly<Record<PackageManager, Advice>> = {
  npm: {
    allow: inManifest('"allowScripts": { "node-libcurl": true }'),
    rebuild: 'npm rebuild node-libcurl',
    install: 'npm install',
    pin: (version) => inManifest(`"overrides": { "node-libcurl": "${version}" }`),
  },
  pnpm: {
    allow: 'add to pnpm-workspace.yaml: allowBuilds: { node-libcurl: true }',
    rebuild: 'pnpm rebuild node-libcurl',
    install: 'pnpm install',
    pin: (version) => `add to pnpm-workspace.yaml: overrides: { node-libcurl: ${version} }`,
  },
  yarn: {
    allow: inManifest('"dependenciesMeta": { "node-libcurl": { "built": true } }'),
    rebuild: 'yarn rebuild node-libcurl',
    install: 'yarn install',
    pin: (version) => inManifest(`"resolutions": { "node-libcurl": "${version}" }`),
  },
  'yarn 1': {
    allow: 'leave out --ignore-scripts, and the line "ignore-scripts" of .yarnrc',
    rebuild: 'yarn install --force',
    install: 'yarn install',
    pin: (version) => inManifest(`"resolutions": { "node-libcurl": "${version}" }`),
  },
  bun: {
    allow: inManifest('"trustedDependencies": ["node-libcurl"]'),
    rebuild: 'bun install --force',
    install: 'bun install',
    pin: (version) => inManifest(`"overrides": { "node-libcurl": "${version}" }`),
  },
}

/** The version of node-libcurl that belongs to a version of Node.js. */
function versionFor(node: string): '4.0.0' | '^5.1.2' {
  const [major = 0, minor = 0] = node.split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 14) ? '^5.1.2' : '4.0.0'
}

export interface Situation {
  readonly manager: PackageManager
  /** Of Node.js: `process.versions.node`. */
  readonly node: string
  /** Of node-libcurl. undefined: it is not installed. */
  readonly version: string | undefined
  /** What the loader said. */
  readonly cause: NodeJS.ErrnoException
  /** The version of Bun, if it runs the program. */
  readonly bun?: string | undefined
}

/** Says in three lines what is wrong and what to do about it. */
export function adviceFor({ manager, node, version, cause, bun }: Situation): readonly string[] {
  const { allow, rebuild, install, pin } = ADVICE[manager]
  const more = 'More: docs/installation.md of parallelcurl'
  const wanted = versionFor(node)
  const [said = ''] = cause.message.split('\n')
  if (version === undefined) {
    return [
      'parallelcurl: node-libcurl is not installed, or its installation failed',
      `Allow its install script: ${allow}`,
      `Then run: ${install}. ${more}`,
    ]
  }
  if (bun !== undefined) {
    return [
      `parallelcurl: Bun ${bun} cannot load node-libcurl ${version}: ${said}`,
      'Bun may install the packages, but Node.js has to run the program',
      `Run: node ... (for a script of package.json: bun run, without --bun). ${more}`,
    ]
  }
  if (version.split('.')[0] !== wanted.replace('^', '').split('.')[0]) {
    return [
      `parallelcurl: node-libcurl ${version} is installed, and Node.js ${node} needs ${wanted}`,
      `Choose the version: ${pin(wanted)}`,
      `Then delete node_modules, and run: ${install}. ${more}`,
    ]
  }
  return [
    cause.code === 'MODULE_NOT_FOUND' && cause.message.includes('node_libcurl.node')
      ? `parallelcurl: node-libcurl ${version} has no binary: its install script did not run, or it failed`
      : `parallelcurl: node-libcurl ${version} does not load in Node.js ${node}: ${said}`,
    `Allow its install script: ${allow}`,
    `Then run: ${rebuild}. ${more}`,
  ]
}

/**
 * Returns the error to throw where loading node-libcurl failed: `error` itself, unless a package or its
 * binary is missing or does not fit. `here` is the path of a file of this package.
 */
export function loadingError(error: unknown, require: NodeJS.Require, here: string): unknown {
  const cause = error as NodeJS.ErrnoException | undefined
  if (cause?.code !== 'MODULE_NOT_FOUND' && cause?.code !== 'ERR_DLOPEN_FAILED') return error
  let version: string | undefined
  const folders = [dirname(here), process.cwd()]
  try {
    const manifest = require.resolve('node-libcurl/package.json')
    version = (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
    folders.unshift(dirname(manifest))
  } catch {
    // It is not installed.
  }
  const manager = packageManagerOf(folders, process.env['npm_config_user_agent'])
  const { node, bun } = process.versions
  return new LoadingError(adviceFor({ manager, node, version, cause, bun }))
}
