/**
 * `asLibcurl`: the request and the outcome are libcurl's own, where this library would correct them. Does not
 * cover what is corrected: the tests of each correction do.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { OptionError, ParallelCurl, type RequestOptions, type Transfer } from '../../../src/index.js'
import { startHttpServer } from '../../support/servers/http/http-server.js'
import { answerWith, startTcpServer } from '../../support/servers/tcp-server.js'

describe('asLibcurl', () => {
  const fetched = (url: string, options: RequestOptions): Promise<Transfer> =>
    new Promise((resolve) => {
      const curl = new ParallelCurl(1)
      void curl.startRequest(
        url,
        (_content, _url, transfer) => {
          resolve(transfer)
          setImmediate(() => void curl.close())
        },
        null,
        null,
        options,
      )
    })

  it('leaves a response that was cut within its headers as libcurl calls it', async () => {
    await using server = await startTcpServer(answerWith('HTTP/1.1 200 OK\r\nX: 1\r\n'))
    expect((await fetched(server.url(), { captureHeaders: true })).errno).to.equal(52)
    const transfer = await fetched(server.url(), { captureHeaders: true, asLibcurl: true })
    expect([transfer.errno, transfer.responseCode]).to.deep.equal([0, 200])
  })

  it('refuses no method, and sends what is asked for', async () => {
    await using server = await startTcpServer(
      answerWith('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'),
    )
    const curl = new ParallelCurl(1)
    expect(() => curl.startRequest(server.url(), null, null, null, { CUSTOMREQUEST: 'A B' })).to.throw(
      OptionError,
      'CUSTOMREQUEST must be a method',
    )
    await curl.close()
    expect((await fetched(server.url(), { CUSTOMREQUEST: 'A B', asLibcurl: true })).errno).to.equal(0)
    expect(server.connections[0]?.received.toString()).to.match(/^A B \/ HTTP\/1\.1\r\n/)
  })

  it('reads every file of COOKIEFILE', async () => {
    await using server = await startHttpServer()
    const folder = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
    const files = ['a', 'b'].map((name) => {
      writeFileSync(`${folder}/${name}`, `127.0.0.1\tFALSE\t/\tFALSE\t0\t${name}\t1\n`)
      return `${folder}/${name}`
    })
    await fetched(server.url('/echo'), { COOKIEFILE: files })
    rmSync(folder, { recursive: true })
    expect(server.requests[0]?.headers.cookie?.split('; ').sort()).to.deep.equal(['a=1', 'b=1'])
  })
})
