/**
 * The test proxies are what tests believe: curl's own command line goes through them, and they tell who it
 * was.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { startHttpProxy } from '../../support/servers/proxies/http-proxy.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'
import { requireProgram } from '../../support/programs/requires.js'
import { startSocksProxy } from '../../support/servers/proxies/socks-proxy.js'

const users = { ann: 'p@ss', bob: 'word' }

describe('the test proxies', () => {
  let server: HttpServer
  before(async function () {
    requireProgram(this, 'curl')
    server = await startHttpServer()
  })
  after(async () => {
    await server.close()
  })

  /** The status, as curl says it. */
  async function status(...args: string[]): Promise<string> {
    const run = promisify(execFile)
    const env = { PATH: process.env['PATH'] }
    const all = ['-s', '-o', '/dev/null', '-w', '%{http_code} %{http_connect}', ...args, server.url('/echo')]
    const { stdout } = await run('curl', all, { env }).catch((error: unknown) => error as { stdout: string })
    return stdout
  }

  it('ask for the user of a plain HTTP request, and record it', async () => {
    await using proxy = await startHttpProxy({ users })
    server.forget()
    expect(await status('-x', proxy.url())).to.equal('407 000')
    expect(await status('-x', proxy.url('ann'))).to.equal('200 000')
    expect(await status('-x', proxy.url('ann').replace('p%40ss', 'wrong'))).to.equal('407 000')
    expect(proxy.requests.map(({ kind, user }) => [kind, user])).to.deep.equal([
      ['plain', ''],
      ['plain', 'ann'],
      ['plain', ''],
    ])
    const [request] = server.requests
    expect(proxy.whoIs(request?.remotePort ?? 0)?.user).to.equal('ann')
    expect(request?.headers).not.to.have.property('proxy-authorization')
  })

  it('ask for the user of a tunnel, record it, and refuse as they are told', async () => {
    await using proxy = await startHttpProxy({ users })
    server.forget()
    expect(await status('-p', '-x', proxy.url())).to.equal('000 407')
    expect(await status('-p', '-x', proxy.url('bob'))).to.equal('200 200')
    proxy.refuse = ({ user }) => (user === 'bob' ? 502 : 0)
    expect(await status('-p', '-x', proxy.url('bob'))).to.equal('000 502')
    expect(proxy.tunnels.map(({ user, target }) => [user, target])).to.deep.equal([
      ['bob', `127.0.0.1:${String(server.port)}`],
    ])
    expect(proxy.whoIs(server.requests[0]?.remotePort ?? 0)?.kind).to.equal('tunnel')
  })

  it('speak Digest, and NTLM where this curl has it', async () => {
    await using digest = await startHttpProxy({ users, auth: 'digest' })
    for (const way of [[], ['-p']])
      expect(await status(...way, '--proxy-digest', '-x', digest.url('ann'))).to.match(/^200 /)
    expect(await status('--proxy-digest', '-x', digest.url('ann').replace('p%40ss', 'no'))).to.equal(
      '407 000',
    )
    const { stdout } = await promisify(execFile)('curl', ['-V'])
    if (!/^Features:.* NTLM( |$)/m.test(stdout)) return
    await using ntlm = await startHttpProxy({ auth: 'ntlm' })
    for (const way of [[], ['-p']])
      expect(await status(...way, '--proxy-ntlm', '-x', ntlm.url('bob'))).to.match(/^200 /)
    expect(new Set(ntlm.requests.filter((r) => r.status === 200).map(({ user }) => user))).to.deep.equal(
      new Set(['bob']),
    )
  })

  it('speak HTTPS', async () => {
    await using proxy = await startHttpProxy({ users, tls: true })
    expect(await status('--proxy-insecure', '-x', proxy.url('ann'))).to.equal('200 000')
    expect(await status('--proxy-insecure', '-p', '-x', proxy.url('ann'))).to.equal('200 200')
    expect(proxy.requests.map(({ user, connection }) => [user, connection])).to.deep.equal([
      ['ann', 1],
      ['ann', 2],
    ])
  })

  it('die, and come back to the same port', async () => {
    await using proxy = await startHttpProxy()
    const { port } = proxy
    await proxy.close()
    expect(await status('-x', `http://127.0.0.1:${String(port)}`)).to.equal('000 000')
    await proxy.listen()
    expect(proxy.port).to.equal(port)
    expect(await status('-x', proxy.url())).to.equal('200 000')
  })

  it('speak the versions of SOCKS, with users, and names that the proxy looks up', async () => {
    await using proxy = await startSocksProxy({ users: { ann: 'pass' } })
    server.forget()
    expect(await status('-x', proxy.url('socks5'))).to.equal('000 000')
    expect(await status('-x', proxy.url('socks5', 'ann'))).to.equal('200 000')
    expect(await status('-x', proxy.url('socks4', 'ann'))).to.equal('200 000')
    proxy.refuse = () => 5
    expect(await status('-x', proxy.url('socks5', 'ann'))).to.equal('000 000')
    expect(proxy.requests.map(({ version, user }) => [version, user])).to.deep.equal([
      [5, 'ann'],
      [4, 'ann'],
      [5, 'ann'],
    ])
    expect(proxy.whoIs(server.requests[0]?.remotePort ?? 0)?.user).to.equal('ann')
  })
})
