/**
 * The cookie jar without a network: what goes in comes out, in memory, as JSON and in a file, whole or not at
 * all.
 */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { expect } from 'chai'
import fc from 'fast-check'
import { OptionError } from '../../../../src/errors.js'
import { CookieJar } from '../../../../src/sessions/cookies/cookie-jar.js'
import type { Cookie } from '../../../../src/sessions/cookies/cookie.js'
import { runChild } from '../../../support/programs/child.js'
import { cookies } from './cookie-arbitrary.js'

const identity = ({ name, domain, path, includeSubdomains }: Cookie): string =>
  [name, domain, path, includeSubdomains].join(' ')
const sorted = (list: readonly Cookie[]): Cookie[] =>
  [...list].sort((a, b) => (identity(a) < identity(b) ? -1 : 1))
/** libcurl replaces by name, domain and path, whether subdomains are included or not. */
const different = fc.uniqueArray(cookies, {
  maxLength: 20,
  selector: ({ name, domain, path }) => [name, domain, path].join(' ').toLowerCase(),
})

describe('CookieJar', () => {
  let folder: string
  let path: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
  })
  after(() => {
    rmSync(folder, { recursive: true })
  })
  let count = 0
  beforeEach(() => {
    path = join(folder, `cookies-${String(++count)}.txt`)
  })

  it('gives back what was set, also through JSON and through a file', async () => {
    await fc.assert(
      fc.asyncProperty(different, async (list) => {
        const jar = new CookieJar(list)
        expect(sorted(jar.all())).to.deep.equal(sorted(list))
        const json = JSON.parse(JSON.stringify(jar)) as ReturnType<CookieJar['toJSON']>
        expect(sorted(CookieJar.fromJSON(json).all())).to.deep.equal(sorted(list))
        rmSync(path, { force: true })
        const kept = await CookieJar.open(path)
        for (const cookie of list) kept.set(cookie)
        await kept.save()
        expect(sorted((await CookieJar.open(path)).all())).to.deep.equal(sorted(list))
      }),
      { numRuns: 40 },
    )
  })

  it('replaces, deletes and clears', () => {
    const jar = new CookieJar()
    jar.set({ name: 'a', value: '1', domain: 'example.com' })
    jar.set({ name: 'a', value: '2', domain: 'example.com' })
    jar.set({ name: 'a', value: '3', domain: 'example.com', path: '/x' })
    jar.set({ name: 'b', value: '4', domain: '.example.com' })
    jar.set({ name: 'a', value: '5', domain: 'example.org' })
    expect(
      jar
        .all()
        .map(({ value }) => value)
        .sort(),
    ).to.deep.equal(['2', '3', '4', '5'])
    expect(jar.delete({ name: 'a', domain: 'example.com' })).to.equal(2)
    expect(jar.delete({ name: 'a', domain: 'example.com' }), 'they are gone').to.equal(0)
    expect(
      jar
        .all()
        .map(({ value }) => value)
        .sort(),
    ).to.deep.equal(['4', '5'])
    expect(jar.delete({ domain: '.EXAMPLE.com' })).to.equal(1)
    jar.clear()
    expect(jar.all()).to.deep.equal([])
  })

  it('shares no cookie with another jar', () => {
    const [one, two] = [new CookieJar(), new CookieJar()]
    one.set('a=1', 'http://example.com/')
    expect(two.all()).to.deep.equal([])
    two.set('a=2', 'http://example.com/')
    one.clear()
    expect(two.get('http://example.com/').map(({ value }) => value)).to.deep.equal(['2'])
  })

  it('forgets expired cookies', () => {
    const jar = new CookieJar()
    jar.set({ name: 'old', value: '1', domain: 'example.com', expires: Date.now() - 1000 })
    jar.set({ name: 'new', value: '1', domain: 'example.com', expires: Date.now() + 60_000 })
    expect(jar.all().map(({ name }) => name)).to.deep.equal(['new'])
  })

  it('lists the cookies of a URL, the longest path first', () => {
    const jar = new CookieJar([
      { name: 'host', value: '', domain: 'www.example.com' },
      { name: 'tail', value: '', domain: '.example.com' },
      { name: 'path', value: '', domain: 'www.example.com', path: '/a' },
      { name: 'tls', value: '', domain: 'www.example.com', secure: true },
      { name: 'other', value: '', domain: 'example.org' },
    ])
    const names = (url: string): string[] => jar.get(url).map(({ name }) => name)
    expect(names('http://www.example.com/')).to.have.members(['host', 'tail'])
    expect(names('http://www.example.com/a/b')).to.deep.equal(['path', 'host', 'tail'])
    expect(names('http://www.example.com/ab')).to.deep.equal(['host', 'tail'])
    expect(names('https://www.example.com/')).to.include('tls')
    expect(names('https://example.com/')).to.deep.equal(['tail'])
    expect(names('https://notexample.com/')).to.deep.equal([])
    expect(() => jar.get('/a')).to.throw(OptionError, 'absolute URL')
  })

  it('shows no value', () => {
    const jar = new CookieJar([{ name: 'sid', value: 's3cret', domain: 'example.com' }])
    expect(inspect(jar, { depth: 9 })).to.equal('CookieJar { path: null, cookies: 1 }')
    expect(inspect({ deep: { jar } }, { depth: 9, showHidden: true })).not.to.include('s3cret')
  })

  describe('in a file', () => {
    it('begins empty where there is none, and makes it for this user only', async () => {
      const jar = await CookieJar.open(path)
      expect(jar.all()).to.deep.equal([])
      expect(existsSync(path)).to.equal(false)
      jar.set('sid=1; Max-Age=60', 'http://example.com/')
      await jar.save()
      expect(statSync(path).mode & 0o777).to.equal(0o600)
      expect(readFileSync(path, 'utf8')).to.match(/^# Netscape HTTP Cookie File\n/)
    })

    it('takes the mode 0600 also where the file had another, and a link stays a link', async () => {
      const real = join(folder, 'real.txt')
      writeFileSync(real, '', { mode: 0o644 })
      symlinkSync(real, path)
      const jar = await CookieJar.open(path)
      jar.set('sid=1', 'http://example.com/')
      await jar.save()
      expect(lstatSync(path).isSymbolicLink()).to.equal(true)
      expect(statSync(real).mode & 0o777).to.equal(0o600)
      expect(readFileSync(real, 'utf8')).to.include('sid')
    })

    it('names file and line of what is malformed, and no value', async () => {
      writeFileSync(
        path,
        '# Netscape HTTP Cookie File\n\nexample.com\tFALSE\t/\tFALSE\t0\ta\t1\nexample.com s3cret\n',
      )
      const error = await CookieJar.open(path, { strict: true }).then(
        () => undefined,
        (reason: unknown) => reason as Error,
      )
      expect(error).to.be.instanceOf(OptionError)
      expect(error?.message).to.include(`cookie file ${path}, line 4: `).and.not.include('s3cret')
    })

    it('is read with either line end, a byte order mark and comments', async () => {
      writeFileSync(
        path,
        '\ufeff# c\r\nexample.com\tFALSE\t/\tFALSE\t0\ta\t1\r\n#HttpOnly_.example.org\tTRUE\t/\tTRUE\t0\tb\t2',
      )
      const jar = await CookieJar.open(path)
      expect(jar.all().map(({ name, httpOnly }) => [name, httpOnly])).to.have.deep.members([
        ['a', false],
        ['b', true],
      ])
    })

    it('keeps the old one where it cannot be written', async () => {
      const sub = join(folder, 'locked')
      mkdirSync(sub)
      const file = join(sub, 'cookies.txt')
      writeFileSync(file, 'example.com\tFALSE\t/\tFALSE\t0\ta\told\n')
      const jar = await CookieJar.open(file)
      jar.set('a=new', 'http://example.com/')
      // A folder in its place cannot be written, whoever one is; the mode of a folder does not stop root.
      rmSync(file)
      mkdirSync(join(file, 'occupied'), { recursive: true })
      const failure = await jar.save().then(
        () => undefined,
        (reason: unknown) => reason as NodeJS.ErrnoException,
      )
      expect(failure?.code).to.be.oneOf(['EISDIR', 'ENOTEMPTY', 'EEXIST'])
      expect(failure?.message).not.to.include('new')
      expect(readdirSync(sub), 'nothing is left behind').to.deep.equal(['cookies.txt'])
      rmSync(file, { recursive: true })
      await jar.save()
      expect(readFileSync(file, 'utf8')).to.include('new')
      chmodSync(sub, 0o755)
    })

    it('saves in order, however many ask at once', async () => {
      const jar = await CookieJar.open(path)
      const saves: Promise<void>[] = []
      for (let i = 0; i < 20; i++) {
        jar.set(`n=${String(i)}`, 'http://example.com/')
        saves.push(jar.save())
      }
      await Promise.all(saves)
      expect((await CookieJar.open(path)).all().map(({ value }) => value)).to.deep.equal(['19'])
    })

    it('is saved on dispose, where something has changed', async () => {
      {
        await using jar = await CookieJar.open(path)
        jar.set('a=1', 'http://example.com/')
      }
      expect(readFileSync(path, 'utf8')).to.include('\ta\t1\n')
      const before = statSync(path).ino
      {
        await using jar = await CookieJar.open(path)
        expect(jar.all()).to.have.length(1)
      }
      expect(statSync(path).ino, 'the very same file').to.equal(before)
    })

    it('is whole whenever its process is killed, and left-over temporary files are removed', async function () {
      this.timeout(60_000)
      const source = `
        import { CookieJar } from './src/sessions/cookies/cookie-jar.js'
        const jar = await CookieJar.open(process.argv[1])
        // A turn of the event loop is about a step of a save.
        const killAfter = (turns) => {
          if (turns === 0) process.kill(process.pid, 'SIGKILL')
          setImmediate(killAfter, turns - 1)
        }
        for (let i = 0; ; i++) {
          for (let n = 0; n < 200; n++) jar.set({ name: 'c' + n, value: String(i), domain: 'example.com' })
          await jar.save()
          if (i === 20) killAfter(Number(process.argv[2]))
        }`
      for (let round = 0; round < 8; round++) {
        const { signal, stderr } = await runChild(source, { args: [path, String(round)] })
        expect(signal, stderr).to.equal('SIGKILL')
        const values = (await CookieJar.open(path)).all().map(({ value }) => value)
        expect(values).to.have.length(200)
        expect(new Set(values).size, 'all of one save').to.equal(1)
      }
      const leftBehind = `${path}.0123456789ab.tmp`
      writeFileSync(leftBehind, '')
      const other = `${path}.bak.tmp`
      writeFileSync(other, '')
      await CookieJar.open(path)
      expect(existsSync(leftBehind), 'it may be somebody’s at work').to.equal(true)
      for (const file of [leftBehind, other]) utimesSync(file, 0, 0)
      await CookieJar.open(path)
      expect(existsSync(leftBehind)).to.equal(false)
      expect(existsSync(other), 'not ours').to.equal(true)
    })
  })
})
