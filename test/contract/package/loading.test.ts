/**
 * The built package where it is loaded in other ways than from an ordinary installation: without the binary
 * of node-libcurl, without node-libcurl, and bundled into one file of CommonJS. Does not install anything:
 * scripts/package/matrix does.
 */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { build } from 'esbuild'
import { commandPath, runProgram, type CommandResult } from '../../support/programs/command.js'
import { startHttpServer } from '../../support/servers/http/http-server.js'

const modules = fileURLToPath(new URL('../../../node_modules/', import.meta.url))
const built = (): string => join(dirname(commandPath()), '../..')
/** A URL that nobody may get to ask for. */
const NOWHERE = 'http://127.0.0.1:1/'
const COMMAND = 'node_modules/parallelcurl/dist/cli/main.cjs'

describe('a node-libcurl that cannot be loaded', function () {
  this.timeout(60_000)
  let project: string
  before(() => {
    project = mkdtempSync(join(tmpdir(), 'parallelcurl-loading-'))
    mkdirSync(join(project, 'node_modules/node-libcurl'), { recursive: true })
    cpSync(built(), join(project, 'node_modules/parallelcurl'), { recursive: true })
    symlinkSync(join(modules, 'tslib'), join(project, 'node_modules/tslib'))
    // As an installation by pnpm leaves it.
    writeFileSync(join(project, 'node_modules/.modules.yaml'), '')
    writeFileSync(join(project, 'imports.mjs'), "import 'parallelcurl'")
    writeFileSync(join(project, 'requires.cjs'), "require('parallelcurl')")
    writeFileSync(
      join(project, 'catches.mjs'),
      "import('parallelcurl').catch((error) => process.stderr.write(error.stack))",
    )
  })
  after(() => {
    rmSync(project, { recursive: true })
  })
  const run = (...args: string[]): Promise<CommandResult> =>
    // Yarn's agent: the traces of pnpm say who installed it.
    runProgram(process.execPath, args, { cwd: project, env: { npm_config_user_agent: 'yarn/1.22.22' } })

  const ways = [
    ['import', ['imports.mjs']],
    ['require', ['requires.cjs']],
    ['the command', [COMMAND, NOWHERE]],
    ['the command --version', [COMMAND, '--version']],
    ['the command curl', [COMMAND, 'curl', NOWHERE]],
    ['the command of a queue', [COMMAND, 'status', '--redis', 'redis://127.0.0.1:1', '--queue', 'q']],
  ] as const

  function copyWithoutBinary(): void {
    const to = join(project, 'node_modules/node-libcurl')
    for (const part of ['dist', 'package.json'])
      cpSync(join(modules, 'node-libcurl', part), join(to, part), { recursive: true })
  }

  for (const [state, prepare, lines] of [
    [
      'node-libcurl is not installed',
      () => {
        rmSync(join(project, 'node_modules/node-libcurl'), { recursive: true })
      },
      [/node-libcurl is not installed/, /allowBuilds: \{ node-libcurl: true \}/, /run: pnpm install\./],
    ],
    [
      'its binary is missing',
      copyWithoutBinary,
      [/node-libcurl [45]\.\S+ has no binary/, /allowBuilds/, /run: pnpm rebuild node-libcurl\./],
    ],
  ] as const) {
    describe(`where ${state}`, () => {
      let results: CommandResult[]
      before(async () => {
        prepare()
        results = await Promise.all([...ways.map(([, args]) => run(...args)), run('catches.mjs')])
      })

      for (const [i, [way, args]] of ways.entries()) {
        it(`${way} says in three lines what to do, and shows no stack of a loader`, () => {
          const { code, stderr, text } = results[i]!
          expect(code, stderr).to.equal(1)
          expect(text).to.equal('')
          const said = stderr.split('\n')
          const start = said.findIndex((line) => line.includes('parallelcurl: '))
          for (const [n, pattern] of lines.entries()) expect(said[start + n]).to.match(pattern)
          expect(stderr).to.not.match(/^\s+at |Require stack/m)
          // Node.js itself adds a few lines before and after an error that nobody catches.
          if (args[0] === COMMAND) expect(said).to.have.length(4)
          else expect(said.length).to.be.at.most(11)
        })
      }

      it('an error that is caught has three lines', () => {
        const { code, stderr } = results.at(-1)!
        expect(code).to.equal(0)
        expect(stderr.split('\n')).to.have.length(3)
        expect(stderr).to.match(/^\w*Error: parallelcurl: node-libcurl /)
      })
    })
  }
})

describe('a package that only one option needs', function () {
  this.timeout(60_000)

  it('is an error of the call that names the option, if it cannot be loaded', async () => {
    const project = mkdtempSync(join(tmpdir(), 'parallelcurl-loading-'))
    try {
      cpSync(built(), join(project, 'node_modules/parallelcurl'), { recursive: true })
      for (const name of ['tslib', 'node-libcurl'])
        symlinkSync(join(modules, name), join(project, 'node_modules', name))
      writeFileSync(
        join(project, 'calls.mjs'),
        `import { ParallelCurl } from 'parallelcurl'
        const say = (make) => {
          try {
            make()
            console.log('fine')
          } catch ({ name, option, message }) {
            console.log(name + ' ' + option + ' ' + message)
          }
        }
        const curl = new ParallelCurl(1, { rateLimitHeaders: false })
        say(() => new ParallelCurl(1, { rateLimitHeaders: true }))
        say(() => curl.startRequest('${NOWHERE}', () => {}, [], null, { rateLimitHeaders: true }))
        say(() => curl.setOptions({ rateLimitHeaders: true }))
        await curl.close()`,
      )
      const why =
        'rateLimitHeaders needs the package structured-headers, which cannot be loaded (MODULE_NOT_FOUND): install it again\n'
      const { code, text, stderr } = await runProgram(process.execPath, ['calls.mjs'], { cwd: project })
      expect([code, text], stderr).to.deep.equal([0, `OptionError rateLimitHeaders ${why}`.repeat(3)])
      const command = await runProgram(process.execPath, [COMMAND, '--rate-limit-headers', NOWHERE], {
        cwd: project,
      })
      expect(command.stderr).to.include(why)
      expect(command.code).to.equal(2)
    } finally {
      rmSync(project, { recursive: true })
    }
  })
})

describe('a bundle in CommonJS', function () {
  this.timeout(60_000)

  it('meets `import.meta.url`, which it does not have, in one place of the library', () => {
    const src = fileURLToPath(new URL('../../../src/', import.meta.url))
    const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    )
    const asking = files.filter((file) => readFileSync(join(src, file), 'utf8').includes('import.meta.url'))
    // The command is published as it is.
    expect(asking.sort()).to.deep.equal(['cli/main.ts', 'own-require.ts'])
  })

  it('finds what the package depends on', async () => {
    const server = await startHttpServer()
    server.route('/page', (_request, response) => {
      response.setHeader('set-cookie', 'a=b')
      response.end('page')
    })
    // In the folder of the checkout's modules, where node-libcurl is found.
    const folder = mkdtempSync(join(modules, '.cache/bundle-'))
    try {
      const contents = `import { CookieJar, ParallelCurl } from './index.js'
        async function main() {
          const cookieJar = new CookieJar()
          cookieJar.set('c=d; Domain=example.co.uk', 'http://www.example.co.uk/')
          const curl = new ParallelCurl(1, { cookieJar })
          const { responseCode, body } = await curl.request(process.argv[2])
          await curl.close()
          console.log(responseCode, String(body), cookieJar.toJSON().cookies.length)
        }
        void main()`
      const outfile = join(folder, 'bundle.cjs')
      const { warnings } = await build({
        stdin: { contents, resolveDir: join(built(), 'dist') },
        bundle: true,
        platform: 'node',
        format: 'cjs',
        external: ['node-libcurl', 'tldts'],
        outfile,
        logLevel: 'silent',
      })
      expect(warnings.every(({ id }) => id === 'empty-import-meta')).to.equal(true)
      expect(readFileSync(outfile, 'utf8')).to.not.match(/^(import|export) /m)
      const { code, text, stderr } = await runProgram(process.execPath, [outfile, server.url('/page')])
      expect({ code, text }, stderr).to.deep.equal({ code: 0, text: '200 page 2\n' })
    } finally {
      rmSync(folder, { recursive: true })
      await server.close()
    }
  })
})
