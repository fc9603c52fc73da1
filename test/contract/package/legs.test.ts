/**
 * scripts/leg.sh where it has nothing to build, and the legs as data. Does not set a leg up: that takes
 * minutes, and CI does it with those that it runs.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { linkPrograms } from '../../support/programs/bare-path.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const script = join(root, 'scripts/leg.sh')
const legs = readdirSync(join(root, 'scripts/legs')).map((file) => file.replace('.sh', ''))
const tools = [
  ...['bash', 'dirname', 'mkdir', 'ls', 'sed', 'paste', 'find', 'sort', 'tail', 'tr', 'grep', 'cut'],
  ...['sha256sum', 'flock', 'rm', 'mktemp', 'cat', 'awk', 'node'],
]

describe('scripts/leg.sh', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parallelcurl-legs-'))
    mkdirSync(join(folder, 'bin'))
    linkPrograms(join(folder, 'bin'), tools)
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })

  /** Runs it with a PATH that has nothing to install or compile with, and with an empty cache. */
  function run(system: string, ...args: string[]): { status: number | null; stderr: string } {
    const uname = join(folder, 'bin/uname')
    writeFileSync(uname, `#!/bin/sh\necho ${system}\n`, { mode: 0o755 })
    const env = { PATH: join(folder, 'bin'), HOME: folder, PARALLELCURL_CACHE: join(folder, 'cache') }
    return spawnSync('bash', [script, ...args], { env, encoding: 'utf8' })
  }

  it('names the legs where it is told none, or one that is not there', () => {
    const usage = `usage: bash scripts/leg.sh NAME COMMAND [ARGUMENT...]; the names: ${legs.toSorted().join(' ')}\n`
    for (const args of [[], ['node24'], ['node23', 'true'], ['../leg', 'true'], ['', 'true']]) {
      const { status, stderr } = run('Linux x86_64', ...args)
      expect([args, status, stderr]).to.deep.equal([args, 2, usage])
    }
  })

  it('skips a leg by name where there is no such leg, or nothing to get its sources with', () => {
    const other = run('Darwin arm64', 'gnutls-h3', 'true')
    expect([other.status, other.stderr]).to.deep.equal([75, 'SKIPPED: no leg gnutls-h3 on Darwin arm64\n'])
    const bare = run('Linux x86_64', 'gnutls-h3', 'true')
    expect([bare.status, bare.stderr]).to.deep.equal([
      75,
      'SKIPPED: no apt-get to fetch the source of curl nghttp3 ngtcp2 with\n',
    ])
  })

  it('has legs whose node-libcurl is one that package.json allows, each in the table of CONTRIBUTING.md', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>
    }
    const allowed = (dependencies['node-libcurl'] ?? '').match(/\d+\.\d+\.\d+/g)
    const table = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')
    for (const name of legs) {
      const print = '. "$legs/$1.sh"; echo "$node_version $node_libcurl_version $libcurl_from"'
      const { stdout } = spawnSync('bash', ['-euc', print, 'bash', name], {
        env: { legs: join(root, 'scripts/legs'), PATH: process.env['PATH'] },
        encoding: 'utf8',
      })
      const [, major = '', nodeLibcurl, from] = /^(\d+)\.\d+\.\d+ (\S+) (\S+)\n$/.exec(stdout) ?? []
      expect([name, allowed?.includes(nodeLibcurl ?? '')]).to.deep.equal([name, true])
      expect([name, ['system', 'debian', 'prebuilt'].includes(from ?? '')]).to.deep.equal([name, true])
      expect(table).to.match(new RegExp(`^\\| \`${name}\`[^|]* \\| ${major} \\|`, 'm'))
    }
    expect(legs.length).to.be.greaterThan(4)
  })
})
