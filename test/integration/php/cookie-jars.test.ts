/**
 * The files of CURLOPT_COOKIEJAR when nothing closes their handles: the garbage collector and the end of the
 * process write them. test/contract/php/scripts/sets/jar-scripts.ts compares the rest with PHP.
 */
import { expect } from 'chai'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { libcurlVersionNumber } from '../../../src/engine/node-libcurl/binding.js'
import * as php from '../../../src/php/index.js'
import { ExampleRun } from '../../support/documents/example-run.js'
import { collectUntil } from '../../support/garbage.js'
import { startHttpServer, type HttpServer } from '../../support/servers/http/http-server.js'

/** lib/cookie.c of 8.22 writes no file before a transfer has started; that of 7.88 does. */
const writesWithoutTransfer = libcurlVersionNumber < 0x081600

const AT_THE_END = `
import * as php from 'parallelcurl/php'

const login = 'https://example.com/login'
const handleFor = (jar) => {
  const ch = php.curl_init(login)
  php.curl_setopt(ch, php.CURLOPT_RETURNTRANSFER, true)
  php.curl_setopt(ch, php.CURLOPT_COOKIEJAR, jar)
  return ch
}
const used = handleFor('used')
await php.curl_exec(used)
const added = handleFor('added')
const mh = php.curl_multi_init()
php.curl_multi_add_handle(mh, added)
const running = { value: 0 }
do {
  await php.curl_multi_exec(mh, running)
  await php.curl_multi_select(mh)
} while (running.value > 0)
const reset = handleFor('reset')
await php.curl_exec(reset)
php.curl_reset(reset)
const idle = handleFor('idle')
php.curl_setopt(idle, php.CURLOPT_COOKIELIST, 'Set-Cookie: name=value; domain=example.org')
process.exit(3)
`

describe('cookie jars of PHP’s handles', () => {
  let server: HttpServer
  let folder: string
  before(async () => {
    server = await startHttpServer()
    server.route('/set', ({ query }, response) => {
      response.writeHead(200, { 'Set-Cookie': `name=${query.get('value') ?? ''}` }).end()
    })
  })
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'php-jars-'))
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })
  after(() => server.close())

  const login = async (value: string, jar: string): Promise<php.CurlHandle> => {
    const ch = php.curl_init(server.url(`/set?value=${value}`))
    php.curl_setopt(ch, php.CURLOPT_COOKIEJAR, jar)
    php.curl_setopt(ch, php.CURLOPT_WRITEFUNCTION, (_ch: unknown, data: Buffer) => data.length)
    await php.curl_exec(ch)
    return ch
  }
  /** The engine knows the last transfers until their native handles are used again. */
  const useNativeHandles = (): Promise<unknown> =>
    Promise.all([1, 2, 3].map(() => php.curl_exec(php.curl_init(server.url('/no-content')))))
  const cookie = (value: string): string => `127.0.0.1\tFALSE\t/\tFALSE\t0\tname\t${value}\n`

  it('are written when a handle is collected', async () => {
    const jar = join(folder, 'jar')
    await login('collected', jar)
    expect(existsSync(jar)).to.equal(false)
    await useNativeHandles()
    await collectUntil(() => existsSync(jar))
    expect(readFileSync(jar, 'utf8')).to.include(cookie('collected'))
  })

  it('keep newer cookies when a handle is collected that was closed', async () => {
    const jar = join(folder, 'jar')
    const handles: WeakRef<php.CurlHandle>[] = []
    await (async () => {
      const first = await login('old', jar)
      php.curl_close(first)
      handles.push(new WeakRef(first))
      php.curl_close(await login('new', jar))
    })()
    await useNativeHandles()
    await collectUntil(() => handles[0]?.deref() === undefined)
    expect(handles[0]?.deref()).to.equal(undefined)
    // The registry is told in a later turn.
    await collectUntil(() => false, 5)
    expect(readFileSync(jar, 'utf8')).to.include(cookie('new'))
  })

  it('are written at the end of the process', async () => {
    await using run = await ExampleRun.start()
    run.server.route('/login', (_request, response) => {
      response.writeHead(200, { 'Set-Cookie': 'name=value' }).end()
    })
    const { code, stderr } = await run.typescript(AT_THE_END)
    expect([code, stderr]).to.deep.equal([3, ''])
    expect(run.read('used')).to.include(cookie('value'))
    expect(run.read('added')).to.include(cookie('value'))
    expect(existsSync(join(run.folder, 'reset')), 'a reset forgets the jar').to.equal(false)
    expect(existsSync(join(run.folder, 'idle')), 'without a transfer').to.equal(writesWithoutTransfer)
    if (writesWithoutTransfer) expect(run.read('idle')).to.include('\tname\tvalue\n')
  })
})
