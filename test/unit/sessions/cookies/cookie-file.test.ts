/** Cookie files with bad lines. */
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { CookieJar } from '../../../../src/index.js'

const values = (jar: CookieJar): string[] =>
  jar
    .all()
    .map(({ name, value }) => `${name}=${value}`)
    .sort()

describe('cookie files', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'cookie-files-'))
  })
  after(() => {
    rmSync(folder, { recursive: true })
  })

  it('F16: a bad line of a file is reported and skipped, unless strict', async () => {
    const path = join(folder, 'mixed.txt')
    const line = (name: string): string => `h.example\tFALSE\t/\tFALSE\t0\t${name}\ts3cret`
    writeFileSync(
      path,
      ['  # note', line('a'), 's3cret', `${line('b')}\t\t`, 'h.example\tFALSE\t/\tx'].join('\n'),
    )
    const problems: string[] = []
    const jar = await CookieJar.open(path, { onBadLine: ({ message }) => void problems.push(message) })
    expect(values(jar)).to.deep.equal(['a=s3cret', 'b=s3cret'])
    expect(problems.map((text) => text.slice(0, text.indexOf(':')))).to.deep.equal([
      `cookie file ${path}, line 3`,
      `cookie file ${path}, line 5`,
    ])
    expect(problems.join('')).to.not.include('s3cret')
    const warned = once(process, 'warning') as Promise<[Error & { code: string }]>
    await CookieJar.open(path)
    const [{ code, message }] = await warned
    expect([code, message.includes('line 3')]).to.deep.equal(['PARALLELCURL_COOKIE_LINE', true])
    const failing = async (promise: Promise<unknown>): Promise<string> =>
      promise.then(
        () => 'resolved',
        (error: unknown) => (error as Error).message,
      )
    expect(await failing(CookieJar.open(path, { strict: true }))).to.match(/line 3: expected 7 fields/)
    writeFileSync(path, '<html>\n')
    expect(await failing(CookieJar.open(path))).to.match(/line 1: expected 7 fields/)
    expect(await failing(CookieJar.open(path, { strict: 'yes' as never }))).to.equal(
      'CookieJar.open: strict must be true or false, got "yes"',
    )
  })
})
