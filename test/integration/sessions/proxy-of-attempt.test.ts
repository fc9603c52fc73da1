/** `transfer.attempts[i].proxy`: which proxy an attempt went through, compared with what the proxies saw. */
import { expect } from 'chai'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ParallelCurl, type RequestOptions } from '../../../src/index.js'
import { runCommand, temporaryFolder } from '../../support/programs/command.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'
import { type HttpProxy, startHttpProxy } from '../../support/servers/proxies/http-proxy.js'
import { startSocksProxy } from '../../support/servers/proxies/socks-proxy.js'
import { refusedPort } from '../../support/servers/tcp-server.js'

describe('the proxy of an attempt', () => {
  let server: HttpServer
  let proxy: HttpProxy
  const folder = temporaryFolder()
  before(async () => {
    server = await startHttpServer()
    proxy = await startHttpProxy({ users: { ann: 'pass-word' } })
  })
  after(async () => {
    await server.close()
    await proxy.close()
  })
  afterEach(() => {
    delete process.env['http_proxy']
    delete process.env['no_proxy']
  })
  const label = (): string => `http://***@127.0.0.1:${proxy.port}`
  const ofAttempts = async (options: RequestOptions): Promise<(string | null)[]> => {
    await using curl = new ParallelCurl(1)
    const { attempts } = await curl.request(server.url('/echo'), options)
    return attempts.map((attempt) => attempt.proxy)
  }

  it('is that of the pool, for each attempt its own, without credentials', async () => {
    const dead = `http://127.0.0.1:${await refusedPort()}`
    expect(await ofAttempts({ proxies: [dead, proxy.url('ann')] })).to.deep.equal([dead, label()])
    expect(proxy.requests.at(-1)).to.include({ user: 'ann', status: 200 })
    expect(await ofAttempts({ proxies: [null] })).to.deep.equal([null])
  })

  it('is that of PROXY, of PROXY behind PRE_PROXY, or of the environment with its exceptions', async () => {
    await using socks = await startSocksProxy()
    const PRE_PROXY = `socks5h://127.0.0.1:${socks.port}`
    expect(await ofAttempts({})).to.deep.equal([null])
    expect(await ofAttempts({ PROXY: proxy.url('ann') })).to.deep.equal([label()])
    expect(await ofAttempts({ PROXY: proxy.url('ann'), PRE_PROXY })).to.deep.equal([label()])
    expect(socks.requests).to.have.length(1)
    expect(await ofAttempts({ PRE_PROXY })).to.deep.equal([PRE_PROXY])
    process.env['http_proxy'] = proxy.url('ann')
    expect(await ofAttempts({})).to.deep.equal([label()])
    const before = proxy.requests.length
    process.env['no_proxy'] = '127.0.0.1'
    expect(await ofAttempts({})).to.deep.equal([null])
    expect(proxy.requests).to.have.length(before)
  })

  it('is known to each request that shares a transfer', async () => {
    await using curl = new ParallelCurl(1, { PROXY: proxy.url('ann'), dedupe: true })
    const both = [curl.request(server.url('/echo')), curl.request(server.url('/echo'))]
    for (const { attempts } of await Promise.all(both))
      expect(attempts.map((attempt) => attempt.proxy)).to.deep.equal([label()])
  })

  it('is in the JSON line of the command', async () => {
    const dead = `http://127.0.0.1:${await refusedPort()}`
    writeFileSync(join(folder(), 'proxies.txt'), `${dead}\n${proxy.url('ann')}\n`)
    const args = ['-s', '--jsonl', '--proxies', 'proxies.txt', server.url('/echo')]
    const { code, stdout } = await runCommand(args, { cwd: folder() })
    const { attempts } = JSON.parse(stdout.toString()) as { attempts: { proxy: string | null }[] }
    expect([code, attempts.map((attempt) => attempt.proxy)]).to.deep.equal([0, [dead, label()]])
    expect(stdout.toString()).not.to.include('pass-word')
  })
})
