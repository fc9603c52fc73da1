/**
 * What a pause has held back arrives while libcurl is told to go on. A function that refuses it ends the
 * transfer, also if the server sends nothing more.
 */
import { expect } from 'chai'
import { ParallelCurl, type RequestOptions, type Transfer } from '../../../src/index.js'
import { send } from '../../support/requests.js'
import { startTcpServer, type TcpServer } from '../../support/servers/tcp-server.js'

/** `CURL_WRITEFUNC_PAUSE`. */
const PAUSE = 0x10000001

describe('a function that refuses what a pause has held back', () => {
  let server: TcpServer
  before(async () => {
    server = await startTcpServer(async (connection) => {
      await connection.untilMore(0)
      // The rest never comes.
      connection.send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello')
    })
  })
  after(() => server.close())

  const thrown = new Error('no more')
  const fails = (): never => {
    throw thrown
  }
  for (const [how, refuse, outcome] of [
    ['by an exception', fails, { errno: 23, cause: thrown }],
    ['by its result', () => 0, { errno: 23, cause: undefined }],
  ] as const) {
    it(`ends the transfer: ${how}`, async () => {
      const curl = new ParallelCurl(1)
      let calls = 0
      const options: RequestOptions = {
        WRITEFUNCTION: function (this: Transfer) {
          if (calls++ > 0) return refuse()
          setImmediate(() => this.resume())
          return PAUSE
        },
      }
      for (let i = 0; i < 2; i++) {
        calls = 0
        const { transfer } = await send(curl, server.url('/'), { options })
        expect(transfer).to.include(outcome)
        expect(calls).to.equal(2)
      }
      await curl.close()
      for (const connection of server.connections) await connection.untilClosed()
    })
  }
})
