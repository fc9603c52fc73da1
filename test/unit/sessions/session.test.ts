/**
 * Sessions and their pool: when they have had their time, who replaces them, and what a file keeps of them.
 */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { expect } from 'chai'
import { OptionError } from '../../../src/errors.js'
import { CookieJar } from '../../../src/sessions/cookies/cookie-jar.js'
import { SessionPool, type SessionPoolOptions } from '../../../src/sessions/session-pool.js'
import { Session, type SessionData, type SessionOptions } from '../../../src/sessions/session.js'

const secretive = (): Session =>
  new Session({
    name: 'one',
    cookieJar: new CookieJar([{ name: 'sid', value: 's3cret', domain: 'example.com' }]),
    proxy: 'http://user:s3cret@gate:8000',
    userAgent: 'agent/1',
    headers: { 'X-Own': 's3cret' },
  })

describe('Session', () => {
  it('has a jar of its own, a name, and nothing else unless it is given', () => {
    const [a, b] = [new Session(), new Session()]
    expect(a.name).not.to.equal(b.name)
    a.cookieJar?.set('a=1', 'http://example.com/')
    expect(b.cookieJar?.all()).to.deep.equal([])
    expect(new Session({ cookieJar: false }).cookieJar).to.equal(null)
    expect(a).to.include({ userAgent: undefined, proxyUrl: undefined, isUsable: true })
    expect(new Session({ proxy: null }).proxyUrl).to.equal('')
  })

  it('retires after so many uses, errors or milliseconds, or when it is told to', () => {
    const used = new Session({ maxUses: 2 })
    used.uses = 1
    expect(used.isUsable).to.equal(true)
    used.uses = 2
    expect(used.isUsable).to.equal(false)
    expect(new Session({ maxAgeMs: 1000 }, Date.now() - 1000).isUsable).to.equal(false)
    const bad = new Session({ maxErrors: 2 })
    for (const step of ['markBad', 'markGood', 'markBad'] as const) bad[step]()
    expect(bad).to.include({ errorScore: 1.5, isUsable: true })
    bad.markBad()
    expect(bad.isUsable).to.equal(false)
    const retired = new Session()
    retired.retire()
    expect(retired.isUsable).to.equal(false)
  })

  it('counts good and bad attempts', () => {
    const session = new Session({ proxy: 'gate:1' })
    session.learn(0, 403)
    session.learn(22, 429)
    expect(session.errorScore).to.equal(2)
    session.learn(0, 404)
    expect(session.errorScore).to.equal(1.5)
    session.learn(7, 0)
    expect(session.errorScore, 'its own proxy').to.equal(2.5)
    session.learn(42, 0)
    expect(session.errorScore, 'an abort').to.equal(2.5)
    const other = new Session({ badStatusCodes: [500] })
    other.learn(0, 403)
    other.learn(7, 0)
    expect(other.errorScore).to.equal(0)
    other.learn(0, 500)
    expect(other.errorScore).to.equal(1)
  })

  it('continues where it was after it has been restored', () => {
    const session = secretive()
    session.uses = 7
    session.markBad()
    session.proxyFingerprint = 'abc'
    const data = JSON.parse(JSON.stringify(session.serialize())) as SessionData
    const restored = Session.restore(data)
    expect(restored.serialize()).to.deep.equal(session.serialize())
    expect(restored.cookieJar?.all()).to.deep.equal(session.cookieJar?.all())
    expect(
      Session.restore(new Session({ cookieJar: false, proxy: null }).serialize()).serialize(),
    ).to.include({
      cookies: null,
      proxy: null,
    })
    for (const wrong of [
      null,
      {},
      { ...data, uses: '7' },
      { ...data, cookies: 5 },
      { ...data, proxy: 'x://y' },
      // B8: types are checked, and inherited properties are none.
      { ...data, proxy: 5 },
      { ...data, proxyFingerprint: 5 },
      { ...data, userAgent: { a: 1 } },
      { ...data, headers: { a: 1 } },
      { ...data, cookies: [{ name: 'a', value: '1', domain: 'example.com', secure: 'FALSE' }] },
      Object.create(data) as object,
    ])
      expect(() => Session.restore(wrong as SessionData), JSON.stringify(wrong)).to.throw(OptionError)
  })

  it('shows no cookie and no credentials', () => {
    const session = secretive()
    for (const thing of [session, session.stats(), { session }]) {
      expect(inspect(thing, { depth: 9, showHidden: true })).not.to.include('s3cret')
      expect(JSON.stringify(thing)).not.to.include('s3cret')
    }
    expect(session.stats()).to.include({ name: 'one', cookies: 1 })
  })

  it('refuses what makes no sense', () => {
    const cases: [unknown, string][] = [
      [null, 'options must be an object of'],
      [{ nam: 'x' }, '"nam" is none of'],
      [{ name: 'a\nb' }, 'name'],
      [{ cookieJar: {} }, 'cookieJar'],
      [{ cookieJar: true }, 'cookieJar'],
      [{ proxy: 'http://u:s3cret@:1' }, 'no host'],
      [{ userAgent: 's3cret\r\nX: y' }, 'userAgent'],
      [{ headers: { 'X Y': '1' } }, 'headers'],
      [{ headers: { 'X-Y': 's3cret\n' } }, 'headers: X-Y'],
      [{ maxUses: 0 }, 'maxUses'],
      [{ maxAgeMs: NaN }, 'maxAgeMs'],
      [{ maxErrors: '3' }, 'maxErrors'],
      [{ badStatusCodes: 403 }, 'badStatusCodes'],
    ]
    for (const [options, shown] of cases) {
      const attempt = (): unknown => new Session(options as SessionOptions)
      expect(attempt, shown).to.throw(OptionError, shown)
      expect(attempt).not.to.throw('s3cret')
    }
  })
})

describe('SessionPool', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
  })
  after(() => {
    rmSync(folder, { recursive: true })
  })

  it('makes as many sessions as it may, then hands them out in turn', () => {
    const pool = new SessionPool({ size: 3, create: (name) => ({ userAgent: `agent of ${name}` }) })
    const names = Array.from({ length: 7 }, () => pool.acquire().name)
    expect(names).to.deep.equal([1, 2, 3, 1, 2, 3, 1].map((i) => `session-${String(i)}`))
    expect(pool.get('session-2')?.userAgent).to.equal('agent of session-2')
    expect(pool.get('session-4')).to.equal(undefined)
  })

  it('hands them out at random', () => {
    const numbers = [0.9, 0, 0.5]
    const pool = new SessionPool({ size: 3, strategy: 'random', random: () => numbers.shift() ?? 0 })
    for (let i = 0; i < 3; i++) pool.acquire()
    expect([pool.acquire().name, pool.acquire().name, pool.acquire().name]).to.deep.equal([
      'session-3',
      'session-1',
      'session-2',
    ])
  })

  it('replaces retired sessions', () => {
    const pool = new SessionPool({ size: 2, maxUses: 1 })
    pool.acquire().uses++
    pool.acquire()
    expect([pool.acquire().name, pool.acquire().name, pool.acquire().name]).to.include('session-3')
    expect(pool.list().map(({ name }) => name)).to.have.members(['session-2', 'session-3'])
    pool.get('session-2')?.retire()
    for (let i = 0; i < 4; i++) expect(pool.acquire().isUsable).to.equal(true)
    expect(pool.list()).to.have.length(2)
  })

  it('takes sessions that the user has made', () => {
    const pool = new SessionPool({ size: 1 })
    const own = new Session({ name: 'own' })
    pool.add(own)
    expect(() => pool.add(new Session({ name: 'own' }))).to.throw(OptionError, '"own"')
    expect(pool.acquire()).to.equal(own)
    expect([pool.remove(own), pool.remove(own)]).to.deep.equal([true, false])
    expect(pool.acquire()).not.to.equal(own)
    const made = new Session({ name: 'made' })
    expect(new SessionPool({ create: () => made }).acquire()).to.equal(made)
  })

  it('is kept in a file for this user only, and continues where it was', async () => {
    const path = join(folder, 'sessions.json')
    const options: SessionPoolOptions = { size: 3, maxUses: 5 }
    {
      await using pool = await SessionPool.open(path, options)
      for (let i = 0; i < 3; i++) pool.acquire().cookieJar?.set(`sid=${String(i)}`, 'http://example.com/')
      pool.list()[0]?.retire()
    }
    expect(statSync(path).mode & 0o777).to.equal(0o600)
    const before = statSync(path).ino
    {
      await using pool = await SessionPool.open(path, options)
      expect(pool.list().map(({ name }) => name)).to.deep.equal(['session-2', 'session-3'])
      expect(pool.get('session-3')?.cookieJar?.get('http://example.com/')[0]?.value).to.equal('2')
    }
    expect(statSync(path).ino, 'nothing has changed').to.equal(before)
    const pool = await SessionPool.open(path, options)
    expect(pool.acquire().name, 'a name that nobody has had').to.equal('session-4')
    await pool.save()
    expect(readFileSync(path, 'utf8')).to.include('session-4')
  })

  it('refuses a damaged file, and shows nothing of it', async () => {
    const path = join(folder, 'damaged.json')
    for (const text of [
      's3cret',
      '{"sessions": s3cret}',
      '[]',
      'null',
      '{"version":2,"sessions":[]}',
      '{"version":1,"sessions":[{"name":"s3cret"}]}',
    ]) {
      writeFileSync(path, text)
      const error = await SessionPool.open(path).then(
        () => undefined,
        (reason: unknown) => reason as Error,
      )
      expect(error, text).to.be.instanceOf(OptionError)
      expect(error?.message).to.include(`session file ${path}`).and.not.include('s3cret')
    }
  })

  it('shows no cookie and no credentials, and refuses what makes no sense', () => {
    const pool = new SessionPool().add(secretive())
    for (const thing of [pool, pool.stats(), pool.list()]) {
      expect(inspect(thing, { depth: 9, showHidden: true })).not.to.include('s3cret')
      expect(JSON.stringify(thing)).not.to.include('s3cret')
    }
    for (const options of [
      { size: 0 },
      { size: '5' },
      { create: 5 },
      { strategy: 'best' },
      { maxUses: -1 },
      { what: 1 },
    ])
      expect(() => new SessionPool(options as SessionPoolOptions), JSON.stringify(options)).to.throw(
        OptionError,
      )
  })
})
