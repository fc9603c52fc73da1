/**
 * Trailers (F11): fields that come after the body, over HTTP/1.1 and HTTP/2, in the library and in what the
 * command writes.
 */
import { readFileSync } from 'node:fs'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { ParallelCurl, type Transfer } from '../../../src/index.js'
import { lastResponseLines } from '../../../src/transfer/response-headers.js'
import type { Har } from '../../../src/report/index.js'
import { issueCertificate } from '../../support/servers/certificates.js'
import { runCommand, runProgram, temporaryFolder } from '../../support/programs/command.js'
import { sendAlone } from '../../support/requests.js'
import { requireProgram } from '../../support/programs/requires.js'
import { startTcpServer, type TcpServer } from '../../support/servers/tcp-server.js'

const CHUNKED = [
  'HTTP/1.1 200 OK',
  'X-A: head',
  'HTTP/9.9: no status line',
  'Set-Cookie: a=head',
  'Transfer-Encoding: chunked',
  '',
  '4',
  'body',
  '0',
  'X-A: tail',
  'Content-Range: bytes 0-3/4',
  'Set-Cookie: a=tail',
  'X-T: 1',
  'X-T: 2',
  '',
  '',
].join('\r\n')
const REDIRECT = [
  'HTTP/1.1 302 Found',
  'Location: /next',
  'Transfer-Encoding: chunked',
  '',
  '0',
  'X-Early: trailer',
  '',
  '',
].join('\r\n')

/** `/redirect` leads to the answer, over the same connection. */
function startChunked(): Promise<TcpServer> {
  return startTcpServer(async (connection) => {
    for (let answered = 0; !connection.closed;) {
      await connection.until('\r\n\r\n')
      const request = connection.received.toString('latin1')
      connection.received = Buffer.alloc(0)
      connection.send(request.startsWith('GET /redirect') && answered++ === 0 ? REDIRECT : CHUNKED)
    }
  })
}

const plain = (fields: Transfer['headers']): Record<string, unknown> => ({ ...fields })
const captureHeaders = true

describe('trailers', () => {
  const folder = temporaryFolder()

  it('of chunked HTTP/1.1 are kept apart from headers of the same names', async () => {
    await using server = await startChunked()
    const { transfer } = await sendAlone(server.url(), { options: { captureHeaders } })
    expect(transfer.content).to.equal('body')
    expect(plain(transfer.headers)).to.deep.equal({
      'x-a': 'head',
      'http/9.9': 'no status line',
      'set-cookie': ['a=head'],
      'transfer-encoding': 'chunked',
    })
    expect(plain(transfer.trailers)).to.deep.equal({
      'x-a': 'tail',
      'content-range': 'bytes 0-3/4',
      'set-cookie': ['a=tail'],
      'x-t': '1, 2',
    })
    expect(transfer.headerList.slice(-5)).to.deep.equal([
      'X-A: tail',
      'Content-Range: bytes 0-3/4',
      'Set-Cookie: a=tail',
      'X-T: 1',
      'X-T: 2',
    ])
  })

  it('of a redirect do not appear in the final response', async () => {
    await using server = await startChunked()
    const options = { captureHeaders, FOLLOWLOCATION: true }
    const { transfer } = await sendAlone(server.url('/redirect'), { options })
    expect(transfer.headerList).to.include('X-Early: trailer')
    expect(plain(transfer.headers)).to.have.property('x-a', 'head')
    expect(plain(transfer.trailers)).to.have.all.keys('x-a', 'content-range', 'set-cookie', 'x-t')
  })

  it('of HTTP/2 are kept apart from headers', async () => {
    const h2 = http2.createSecureServer(issueCertificate('localhost', ['localhost']))
    h2.on('stream', (stream) => {
      stream.respond({ ':status': 200, 'x-a': 'head' }, { waitForTrailers: true })
      stream.on('wantTrailers', () => {
        stream.sendTrailers({ 'x-a': 'tail', 'x-t': '1' })
      })
      stream.end('body')
    })
    await new Promise<void>((resolve) => h2.listen(0, '127.0.0.1', resolve))
    const { port } = h2.address() as AddressInfo
    try {
      await using curl = new ParallelCurl(1, {
        captureHeaders,
        SSL_VERIFYPEER: false,
        RESOLVE: [`localhost:${String(port)}:127.0.0.1`],
      })
      const transfer = await curl.request(`https://localhost:${String(port)}/`)
      expect(transfer.getInfo('HTTP_VERSION')).to.equal(3)
      expect(plain(transfer.headers)).to.include({ 'x-a': 'head' }).and.not.to.have.property('x-t')
      expect(plain(transfer.trailers)).to.deep.equal({ 'x-a': 'tail', 'x-t': '1' })
    } finally {
      h2.close()
    }
  })

  it('are empty if the response has none, and throw a hint without captureHeaders', async () => {
    await using server = await startTcpServer(async (connection) => {
      await connection.until('\r\n\r\n')
      connection.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
    })
    const { transfer } = await sendAlone(server.url(), { options: { captureHeaders } })
    expect(plain(transfer.trailers)).to.deep.equal({})
    const without = await sendAlone(server.url())
    expect(() => without.transfer.trailers).to.throw('captureHeaders: true')
  })

  it('are empty for header lines that were cut', () => {
    const cut = ['HTTP/1.1 200 OK', 'X-A: 1']
    expect(lastResponseLines(cut)).to.deep.equal({
      statusLine: 'HTTP/1.1 200 OK',
      head: ['X-A: 1'],
      trailers: [],
    })
    expect(lastResponseLines(['ftp line', ''])).to.deep.include({ statusLine: null, trailers: [] })
  })

  it('appear apart in the JSON line and in the archive, and in the output where curl prints them', async function () {
    this.timeout(120_000)
    requireProgram(this, 'curl')
    await using server = await startChunked()
    const url = server.url()
    const json = await runCommand(['-s', '--jsonl', '--with-headers', url])
    const line = JSON.parse(String(json.stdout)) as { headers: object; trailers: object }
    expect(line.headers).to.include({ 'x-a': 'head' }).and.not.to.have.property('x-t')
    expect(line.trailers).to.include({ 'x-a': 'tail', 'x-t': '1, 2' })

    const har = join(folder(), 'run.har')
    await runCommand(['-s', '-o', '/dev/null', '--har', har, url])
    const [entry] = (JSON.parse(readFileSync(har, 'utf8')) as Har).log.entries
    expect(entry?.response.headers.map(({ name }) => name)).to.not.include('X-T')
    expect(entry?.response._trailers).to.deep.include({ name: 'X-A', value: 'tail' })
    // A secret is left out: a replay would take a mask for a value.
    expect(entry?.response._trailers?.map(({ name }) => name)).to.not.include('Set-Cookie')

    for (const args of [
      ['-s', '-i'],
      ['-s', '-o', '/dev/null', '-w', '%header{x-a} %header{x-t}'],
    ]) {
      const theirs = await runProgram('curl', [...args, url])
      const ours = await runCommand([...args.map((arg) => (arg === '-i' ? '--include' : arg)), url])
      expect(String(ours.stdout)).to.equal(String(theirs.stdout))
    }
  })
})
