/**
 * The files that a start of the command loads, and the compiled code that it keeps. Counts instead of timing.
 * Does not look at what is printed.
 */
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { nodeLibcurlMajor } from '../../../src/engine/node-libcurl/binding.js'
import {
  commandPath,
  runProgram,
  temporaryFolder,
  type CommandResult,
} from '../../support/programs/command.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'

const LISTER = fileURLToPath(new URL('../../support/children/list-loaded.cjs', import.meta.url))
const ADDON = 'node_modules/node-libcurl/lib/binding/node_libcurl.node'
/** They take long to load, or load many others. */
const HEAVY =
  /^(child_process|cluster|crypto|dgram|fs\/promises|http2?|https|inspector|module|os|perf_hooks|readline|stream|tls|tty|worker_threads)$/

/** So many requests in a run make the command look after V8's heap. */
const MANY = 1200

interface Loaded {
  readonly files: readonly string[]
  readonly modules: readonly string[]
}

describe('the start of the command', () => {
  const folder = temporaryFolder()
  let server: HttpServer
  before(async () => {
    server = await startHttpServer()
    server.route('/page', (_request, response) => response.end('page'))
  })
  after(() => server.close())

  const run = (words: readonly string[], env: NodeJS.ProcessEnv, node: readonly string[] = []) =>
    runProgram(process.execPath, [...node, commandPath(), ...words], { env })

  async function loadedBy(words: readonly string[]): Promise<Loaded> {
    const list = join(mkdtempSync(join(folder(), 'loaded-')), 'list.json')
    const { code, stderr } = await run(words, { LOADED: list }, ['--require', LISTER])
    expect(code, stderr).to.equal(0)
    const { files, modules } = JSON.parse(readFileSync(list, 'utf8')) as Loaded
    return {
      files: files.map((file) => file.replace(/^.*\/(?=dist\/cli\/|node_modules\/(?!\.))/, '')),
      modules,
    }
  }

  for (const [name, words] of [
    ['the plain command', (url: string, file: string) => ['-o', file, url]],
    ['curl', (url: string, file: string) => ['curl', '-s', '-o', file, url]],
  ] as const) {
    it(`loads two files, and of node-libcurl 5 the addon only, for one request: ${name}`, async () => {
      const { files, modules } = await loadedBy(words(server.url('/page'), join(folder(), 'body')))
      const own = files.filter((file) => !file.startsWith('node_modules/'))
      // The other one runs from the code that is kept, so it is no module of Node's.
      expect(own).to.deep.equal(['dist/cli/main.cjs'])
      // Its package.json says which version it is.
      const theirs = files.filter((file) => !own.includes(file) && !file.endsWith('package.json'))
      if (nodeLibcurlMajor >= 5) expect(theirs).to.deep.equal([ADDON])
      // node-libcurl 4 itself loads streams.
      const heavy = modules.filter(
        (module) => HEAVY.test(module) && (nodeLibcurlMajor >= 5 || module !== 'stream'),
      )
      expect(heavy).to.deep.equal([])
    })
  }

  it('does not load node-libcurl for --help', async () => {
    const { files } = await loadedBy(['--help'])
    expect(files).to.deep.equal([files.find((file) => file.endsWith('dist/cli/main.cjs'))])
  })

  describe('keeps compiled code', () => {
    let cache: string
    const kept = (): string[] => {
      try {
        return readdirSync(join(cache, 'parallelcurl/compiled'))
      } catch {
        return []
      }
    }
    const get = async (env: NodeJS.ProcessEnv = {}): Promise<CommandResult> => {
      const result = await run([server.url('/page')], { XDG_CACHE_HOME: cache, ...env })
      expect([result.code, result.text], result.stderr).to.deep.equal([0, 'page'])
      return result
    }
    const file = (): string => join(cache, 'parallelcurl/compiled', kept()[0] ?? '')
    beforeEach(() => {
      cache = mkdtempSync(join(folder(), 'cache-'))
    })

    it('after a run, once, readable for this user only', async () => {
      await get()
      expect(kept()).to.have.length(1)
      expect(statSync(file()).mode & 0o777).to.equal(0o600)
      const { ino, size } = statSync(file())
      expect(size).to.be.above(100_000)
      await get()
      expect([kept().length, statSync(file()).ino]).to.deep.equal([1, ino])
    })

    it('so that the next start takes it, after a long run, too', async () => {
      const list = join(cache, 'list')
      const inodes = []
      for (const count of [MANY, 1]) {
        writeFileSync(list, `url="${server.url('/page')}"\noutput="/dev/null"\n`.repeat(count))
        const { code, stderr } = await run(['curl', '-q', '-s', '-Z', '-K', list], { XDG_CACHE_HOME: cache })
        expect(code, stderr).to.equal(0)
        inodes.push(statSync(file()).ino)
      }
      expect(inodes[1]).to.equal(inodes[0])
    })

    it('not after a command that sends nothing, which compiles less', async () => {
      await run(['--help'], { XDG_CACHE_HOME: cache })
      await run(['--no-such-option'], { XDG_CACHE_HOME: cache })
      expect(kept()).to.deep.equal([])
    })

    it('anew where it is damaged', async () => {
      await get()
      const whole = readFileSync(file())
      writeFileSync(file(), whole.subarray(0, whole.length >> 1))
      await get()
      expect(statSync(file()).size).to.be.above(whole.length >> 1)
      writeFileSync(file(), '')
      await get()
      expect(statSync(file()).size).to.be.above(100_000)
    })

    it('not where others can write, and not with NODE_DISABLE_COMPILE_CACHE', async () => {
      await get({ NODE_DISABLE_COMPILE_CACHE: '1' })
      expect(kept()).to.deep.equal([])
      mkdirSync(join(cache, 'parallelcurl/compiled'), { recursive: true })
      chmodSync(join(cache, 'parallelcurl/compiled'), 0o777)
      await get()
      expect(kept()).to.deep.equal([])
    })

    it('and takes no other version for its own, even if its file has the same size, time and inode', async () => {
      const installed = dirname(dirname(dirname(commandPath())))
      const copy = mkdtempSync(`${installed}-copy-`)
      try {
        cpSync(installed, copy, { recursive: true })
        const main = join(copy, 'dist/cli/main.cjs')
        const part = join(copy, 'dist/cli/plain-command.cjs')
        const start = (): Promise<CommandResult> =>
          runProgram(process.execPath, [main, server.url('/page')], { env: { XDG_CACHE_HOME: cache } })
        expect((await start()).code).to.equal(0)
        const { size, atime, mtime } = statSync(part)
        const other = 'module.exports.plainMain = async () => ({ exitCode: 7, hasRun: true })'
        for (const code of [other, other.replace('7', '8')]) {
          writeFileSync(part, code.padEnd(size))
          utimesSync(part, atime, mtime)
          expect((await start()).code).to.equal(Number(/\d/.exec(code)?.[0]))
        }
        expect(kept()).to.have.length(1)
      } finally {
        rmSync(copy, { recursive: true, force: true })
      }
    })

    it('but takes none that others could have written, and follows no link', async () => {
      await get()
      const { ino } = statSync(file())
      chmodSync(file(), 0o666)
      await get()
      expect(statSync(file()).ino).not.to.equal(ino)
      const compiled = join(cache, 'parallelcurl/compiled')
      renameSync(compiled, join(cache, 'elsewhere'))
      symlinkSync(join(cache, 'elsewhere'), compiled)
      rmSync(join(cache, 'elsewhere', kept()[0] as string))
      await get()
      expect(kept()).to.deep.equal([])
    })

    it('and removes code only that is old', async () => {
      const compiled = join(cache, 'parallelcurl/compiled')
      mkdirSync(compiled, { recursive: true, mode: 0o700 })
      for (const name of ['v1.0.0-x64-1-1-1', 'other']) {
        writeFileSync(join(compiled, name), '')
        utimesSync(join(compiled, name), 0, 0)
      }
      await get()
      expect(kept()).to.have.length(2).and.to.include('other')
    })

    it('not below the current folder, nor in that of another user', async function () {
      const words = [commandPath(), server.url('/page')]
      const env = { HOME: '', XDG_CACHE_HOME: '' }
      for (const more of [{}, { XDG_CACHE_HOME: 'cache' }])
        await runProgram(process.execPath, words, { cwd: cache, env: { ...env, ...more } })
      expect(readdirSync(cache)).to.deep.equal([])
      if (process.getuid?.() !== 0) this.skip()
      chownSync(cache, 1234, 1234)
      await get()
      expect(readdirSync(cache)).to.deep.equal([])
    })

    it('nowhere without a folder for it, and says nothing', async () => {
      writeFileSync(join(cache, 'file'), '')
      const { stderr } = await get({ XDG_CACHE_HOME: join(cache, 'file') })
      expect(stderr).to.equal('')
    })
  })
})
