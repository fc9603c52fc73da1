/** The same programs against a real server and against the mock: what a user can see of the transfers is equal. */
import assert from 'node:assert/strict'
import { expect } from 'chai'
import fc from 'fast-check'
import { CurlMock } from '../../../src/testing/index.js'
import { run, site, step } from '../../support/servers/planned-programs.js'
import { mockSite, SiteServer } from '../../support/servers/planned-site.js'

describe('The mock beside a real server', () => {
  const server = new SiteServer()
  before(() => server.listen())
  after(() => server.close())

  it('gives random programs the same transfers, and gets the same requests', async function () {
    this.timeout(60_000)
    let requests = 0
    await fc.assert(
      fc.asyncProperty(site, fc.array(step, { minLength: 1, maxLength: 6 }), async (planned, steps) => {
        const origin = `http://127.0.0.1:${server.port}`
        server.restart(planned)
        const real = await run(origin, steps)
        const arrived = server.requests
        const mock = new CurlMock().install()
        try {
          mockSite(mock, origin, planned)
          const mocked = await run(origin, steps)
          assert.deepEqual(mocked, real)
          const got = mock.requests.map(({ method, url, headerList, body }) => ({
            method,
            url,
            headerList,
            body: body.toString('latin1'),
          }))
          assert.deepEqual(
            got.map(textOf),
            arrived.map((text) => text.replace(/ HTTP\/1\.\d/, '')),
          )
          requests += arrived.length
        } finally {
          mock.restore()
        }
      }),
      { numRuns: 30 },
    )
    expect(requests).to.be.greaterThan(30)
  })
})

interface Got {
  readonly method: string
  readonly url: string
  readonly headerList: readonly (readonly [string, string])[]
  readonly body: string
}

function textOf({ method, url, headerList, body }: Got): string {
  const { pathname, search } = new URL(url)
  return `${method} ${pathname}${search}\r\n${headerList.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`
}
