/**
 * HTTP/3 against a second server, ngtcp2's: limits of streams, Retry packets, trailers, lost datagrams, and uploads that
 * the server stops. With a libcurl without HTTP/3 there is nothing to test here; http3.test.ts has what it says.
 */
import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { capabilities, ParallelCurl } from '../../../../src/index.js'
import { startGtlsserver, type Gtlsserver } from '../../../support/programs/gtlsserver.js'
import { requireProgram } from '../../../support/programs/requires.js'

if (capabilities().httpVersions.includes('3'))
  describe('HTTP/3 with the server of ngtcp2', () => {
    before(function () {
      requireProgram(this, 'gtlsserver', 'ngtcp2-server')
    })

    const startClient = (server: Gtlsserver): ParallelCurl =>
      new ParallelCurl(12, { CAINFO: server.CAINFO, httpVersion: '3only' })

    it('ends every request where the server allows three streams on a connection', async () => {
      await using server = await startGtlsserver(['--max-streams-bidi=3'], 'a file')
      await using curl = startClient(server)
      const all = Array.from({ length: 12 }, () => curl.request(server.url('/file')))
      expect((await Promise.all(all)).map(({ content }) => content)).to.deep.equal(Array(12).fill('a file'))
      expect(server.requestsOfConnections().reduce((sum, count) => sum + count, 0)).to.equal(12)
    })

    it('proves its address to a server that asks for that, and has the trailers', async () => {
      await using server = await startGtlsserver(['--validate-addr', '--send-trailers'], 'a file')
      await using curl = startClient(server)
      const { content, trailers } = await curl.request(server.url('/file'), { captureHeaders: true })
      expect([content, { ...trailers }]).to.deep.equal(['a file', { 'x-ngtcp2-stream-id': '0' }])
      expect(server.log())
        .to.include('Sending Retry packet')
        .and.to.include('Token was successfully validated')
    })

    it('downloads a file unchanged where datagrams are lost both ways', async () => {
      const file = randomBytes(200_000)
      const loss = ['--tx-loss=0.1', '--rx-loss=0.05']
      await using server = await startGtlsserver([...loss, '--max-gso-dgrams=1'], file)
      await using curl = startClient(server)
      const { content } = await curl.request(server.url('/file'), { encoding: 'buffer' })
      expect(file.equals(content as unknown as Buffer)).to.equal(true)
      expect(server.log()).to.include('Simulated outgoing packet loss')
    })

    it('gives the response of a server that stops the upload, and uses the connection again', async () => {
      await using server = await startGtlsserver(['--early-response'], 'a file')
      await using curl = startClient(server)
      const upload = Buffer.alloc(2_000_000)
      for (const options of [{ upload }, { POSTFIELDS: upload }]) {
        const transfer = await curl.request(server.url('/file'), { ...options, keepInfo: ['SIZE_UPLOAD'] })
        expect([transfer.responseCode, transfer.content]).to.deep.equal([200, 'a file'])
        expect(transfer.getInfo('SIZE_UPLOAD')).to.be.lessThan(upload.length)
      }
      expect(server.requestsOfConnections()).to.deep.equal([2])
      expect(server.log()).to.include('STOP_SENDING')
    })
  })
