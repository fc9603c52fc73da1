/**
 * A multi handle for each identity at a proxy, where a process may open few files: none is made that cannot
 * be, and those that rest make room. In a process of its own, which limits itself.
 */
import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { startHttpProxy } from '../../../support/servers/proxies/http-proxy.js'
import { startHttpServer } from '../../../support/servers/http/http-server.js'

const ROOT = resolve(import.meta.dirname, '../../../..')
const PEOPLE = 60

interface Told {
  errno: number
  error: string
}

describe('multi handles near the limit of open files', () => {
  it('D5, D6: identities that rest make room for others; a request that finds no room fails, and the process goes on', async function () {
    this.timeout(120_000)
    await using server = await startHttpServer()
    await using proxy = await startHttpProxy()
    // Sockets of libcurl 7.88 are inherited: those of tests before this one would count against the limit.
    const closed = 'for f in /proc/$$/fd/*; do n=${f##*/}; [ "$n" -le 2 ] || eval "exec $n>&-"; done'
    const args = ['-c', `${closed}; exec "$@"`, 'bash', process.execPath]
    args.push('--import', './scripts/register-ts-node.mjs', 'test/support/children/many-identities.ts')
    args.push(proxy.url(), server.url('/echo'), server.url('/hang'))
    const { stdout } = await promisify(execFile)('bash', args, { cwd: ROOT })
    const { inTurn, atOnce } = JSON.parse(stdout) as { inTurn: Told[]; atOnce: Told[] }
    expect(inTurn).to.deep.equal(Array.from({ length: PEOPLE }, () => ({ errno: 0, error: '' })))
    expect(atOnce).to.have.length(PEOPLE)
    // Either there was a connection, and no answer, or there was no file for it.
    const refused = atOnce.filter(({ errno }) => errno !== 28)
    expect(refused.length).to.be.at.least(5)
    for (const { errno, error } of refused) {
      expect(errno, error).to.equal(7)
      expect(error).to.contain('too many open files')
    }
  })
})
