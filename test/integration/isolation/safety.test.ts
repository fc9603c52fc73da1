/** A list of URLs, or a response, that others have made cannot do harm. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'chai'
import { ParallelCurl } from '../../../src/index.js'
import { type HttpServer, startHttpServer } from '../../support/servers/http/http-server.js'
import { optionErrorOf, type Options, sendAlone } from '../../support/requests.js'
import { answerWith, startTcpServer } from '../../support/servers/tcp-server.js'

describe('defaults that protect the caller', () => {
  let server: HttpServer
  let folder: string
  let file: string
  before(async () => {
    server = await startHttpServer()
    folder = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
    writeFileSync(join(folder, 'secret'), 'the secret')
    file = pathToFileURL(join(folder, 'secret')).href
  })
  after(async () => {
    rmSync(folder, { recursive: true })
    await server.close()
  })

  for (const scheme of [
    'file',
    'FILE',
    'dict',
    'gopher',
    'ldap',
    'tftp',
    'telnet',
    'smtp',
    'imap',
    'pop3',
    'rtsp',
    'scp',
    'sftp',
    'smb',
    'mqtt',
    'ws',
  ]) {
    it(`refuse ${scheme}:// without a connection, with a message that names it`, async () => {
      await using tcp = await startTcpServer(() => undefined)
      const url =
        scheme.toLowerCase() === 'file' ? file.replace('file', scheme) : `${scheme}://127.0.0.1:${tcp.port}/`
      const { content, transfer } = await sendAlone(url)
      expect(content).to.equal(null)
      expect(transfer.errno).to.equal(1)
      expect(transfer.error.toLowerCase()).to.contain(scheme.toLowerCase())
      expect(tcp.connections).to.have.length(0)
    })
  }

  it('allow the protocols of PROTOCOLS_STR or PROTOCOLS', async () => {
    expect((await sendAlone(file, { options: { PROTOCOLS_STR: 'file' } })).content).to.equal('the secret')
    expect((await sendAlone(file, {}, { PROTOCOLS_STR: 'file,http' })).content).to.equal('the secret')
    expect((await sendAlone(file, { options: { PROTOCOLS: 1 << 10 } })).content).to.equal('the secret')
    expect((await sendAlone(file)).content).to.equal(null)
    expect((await sendAlone(server.url(), { options: { PROTOCOLS_STR: 'https' } })).transfer.errno).to.equal(
      1,
    )
  })

  for (const options of [{}, { PROTOCOLS_STR: 'http,file' }] as Options[]) {
    it(`refuse a redirect to a file ${'PROTOCOLS_STR' in options ? 'even if file URLs are allowed' : ''}`, async () => {
      const url = server.url(`/redirect-to?url=${encodeURIComponent(file)}`)
      const { content, transfer } = await sendAlone(url, { options: { ...options, FOLLOWLOCATION: true } })
      expect(transfer.errno).to.equal(1)
      expect(content).to.equal(null)
    })
  }

  it('refuse a redirect to another port of another protocol, and name it in the error (E3)', async () => {
    await using tcp = await startTcpServer(() => undefined)
    const url = server.url(`/redirect-to?url=gopher://127.0.0.1:${tcp.port}/_HELO`)
    const { transfer } = await sendAlone(url, { options: { FOLLOWLOCATION: true } })
    expect(transfer.errno).to.equal(1)
    expect(transfer.error).to.match(/redirect.*gopher/)
    expect(tcp.connections).to.have.length(0)
  })

  for (const options of [
    { USERAGENT: 'a\r\nX-Injected: 1' },
    { USERAGENT: 'a\nX-Injected: 1' },
    { REFERER: 'a\rb' },
    { COOKIE: 'a=b\r\nX-Injected: 1' },
    { HTTPHEADER: ['X-A: 1\r\nX-Injected: 1'] },
    { HTTPHEADER: ['X-A: 1', 'X-B: \0'] },
    { PROXYHEADER: ['X-A: 1\nX-B: 2'] },
    { CUSTOMREQUEST: 'GET / HTTP/1.1\r\nX-Injected: 1\r\n\r\nGET' },
    { REQUEST_TARGET: '/a HTTP/1.1\r\nX: 1' },
    { RANGE: '0-1\r\nX-Injected: 1' },
    { ACCEPT_ENCODING: 'gzip\r\nX-Injected: 1' },
    { USERPWD: 'a:b\0c' },
    { XOAUTH2_BEARER: 'x\r\nX-Injected: 1' },
  ] as Options[]) {
    it(`refuse a line end or NUL in ${Object.keys(options)[0] ?? ''}: ${JSON.stringify(Object.values(options)[0])}`, () => {
      const error = optionErrorOf(() => new ParallelCurl(1, options))
      expect(error.option).to.match(new RegExp(`^${Object.keys(options)[0] ?? ''}`))
      expect(error.message).to.contain(error.option)
      using0(new ParallelCurl(1), (curl) =>
        optionErrorOf(() => curl.startRequest(server.url(), null, 1, null, options)),
      )
    })
  }

  for (const tail of [
    '/echo HTTP/1.1\r\nX-Injected: 1',
    '/echo\r\nX-Injected: 1',
    '/echo\0hidden',
    '/a b',
    '/\n',
    '/\x7f',
    '/\x01',
  ]) {
    it(`refuse a URL that ends with ${JSON.stringify(tail)}, and send nothing`, async () => {
      server.forget()
      const { transfer } = await sendAlone(server.url('') + tail)
      expect(transfer.errno).to.equal(3)
      expect(server.requests).to.have.length(0)
    })
  }

  it('send non-ASCII characters in a path without breaking the request line', async () => {
    await using tcp = await startTcpServer(answerWith('HTTP/1.1 204 No Content\r\n\r\n'))
    const { transfer } = await sendAlone(tcp.url('/č\u2028Ċ\u010d\u010a'))
    expect(transfer.error).to.equal('')
    const lines = tcp.connections[0]?.received.toString().split(/[\r\n]+/)
    expect(lines?.map((line) => line.split(' ')[0])).to.deep.equal(['GET', 'Host:', 'Accept:', ''])
  })

  it('send no credentials and cookies to another host after a redirect', async () => {
    await using other = await startHttpServer({ host: '127.0.0.2' })
    const url = server.url(`/redirect-to?url=${encodeURIComponent(other.url('/echo'))}`)
    const HTTPHEADER = ['Authorization: Bearer token', 'Cookie: a=b']
    await sendAlone(url, { options: { FOLLOWLOCATION: true, USERPWD: 'a:b' } })
    await sendAlone(url, { options: { FOLLOWLOCATION: true, HTTPHEADER } })
    expect(other.requests).to.have.length(2)
    for (const { headers } of other.requests) {
      expect(headers).not.to.have.any.keys('authorization', 'cookie')
    }
  })

  it('read the .netrc file of the user only with NETRC', async () => {
    const home = process.env['HOME']
    writeFileSync(join(folder, '.netrc'), 'machine 127.0.0.1 login a password b\n')
    process.env['HOME'] = folder
    try {
      server.forget()
      await sendAlone(server.url())
      expect(server.requests[0]?.headers).not.to.have.property('authorization')
    } finally {
      process.env['HOME'] = home
    }
  })

  it('never read a file for post fields', async () => {
    server.forget()
    const at = `@${join(folder, 'secret')}`
    await sendAlone(server.url(), { postFields: at })
    await sendAlone(server.url(), { postFields: { file: at, other: `<${join(folder, 'secret')}` } })
    for (const { body } of server.requests) expect(body.toString()).not.to.contain('the secret')
    optionErrorOf(() => new ParallelCurl(1, { SAFE_UPLOAD: false }))
  })
})

/** An instance that is not used: closed when it has been looked at. */
function using0(curl: ParallelCurl, look: (curl: ParallelCurl) => void): void {
  try {
    look(curl)
  } finally {
    void curl.close()
  }
}
