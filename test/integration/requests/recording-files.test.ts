/** The file of a recording, and parts of files in one. Does not know what entries mean. */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { OptionError, ParallelCurl } from '../../../src/index.js'
import { CurlMock, type MockReply } from '../../../src/testing/index.js'
import { temporaryFolder } from '../../support/programs/command.js'
import { heardWarnings, readArchive } from '../../support/recordings.js'
import { patternBytes } from '../../support/servers/http/http-handlers.js'

const MIB = 1024 ** 2

describe('the file of a recording', () => {
  const folder = temporaryFolder()
  const warnings = heardWarnings()
  let mock: CurlMock
  beforeEach(() => {
    mock = new CurlMock().install()
    warnings.length = 0
  })
  afterEach(() => mock.restore())

  it('is for its owner only, also in place of a file that was for others', async () => {
    const path = join(folder(), 'open.har')
    writeFileSync(path, 'x'.repeat(10_000))
    chmodSync(path, 0o644)
    const curl = new ParallelCurl(1, { record: path })
    await curl.close()
    expect(statSync(path).mode & 0o777).to.equal(0o600)
    expect(readArchive(path).log.entries).to.deep.equal([])
  })

  it('is written by one instance, whatever its path is, and is a regular one', async () => {
    const [path, link, pipe] = ['one.har', 'link.har', 'pipe.har'].map((name) => join(folder(), name)) as [
      string,
      string,
      string,
    ]
    mock.get('http://a.example/').reply({ body: 'kept' })
    const curl = new ParallelCurl(1, { record: path })
    await curl.request('http://a.example/')
    symlinkSync(path, link)
    spawnSync('mkfifo', [pipe])
    expect(() => new ParallelCurl(1, { record: link })).to.throw(
      OptionError,
      /record: cannot write ".*link\.har": it is being written by another instance/,
    )
    expect(() => new ParallelCurl(1, { record: pipe })).to.throw(
      OptionError,
      /record: cannot write ".*pipe\.har": /,
    )
    expect(() => new ParallelCurl(1, { record: '/dev/null' })).to.throw(OptionError, /it is no regular file/)
    await curl.close()
    expect(readArchive(path).log.entries).to.have.length(1)
    await new ParallelCurl(1, { record: link }).close()
    expect(readArchive(path).log.entries).to.deep.equal([])
  })

  it('is a whole archive after the disk was full', async function () {
    const disk = join(folder(), 'disk')
    mkdirSync(disk)
    // Only root may, and not in every container.
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk]).status !== 0)
      return void this.skip()
    try {
      const path = join(disk, 'full.har')
      mock
        .get('http://a.example/')
        .reply({ body: 'x'.repeat(100_000) })
        .times(Infinity)
      const curl = new ParallelCurl(1, { record: path })
      for (let count = 0; count < 4; count++) await curl.request('http://a.example/')
      await curl.close()
      expect(readArchive(path).log.entries).to.have.length(2)
      expect(warnings.slice(1)).to.have.length(1)
      expect(warnings[1]).to.match(/full\.har" cannot be written, and ends here: ENOSPC/)
    } finally {
      spawnSync('umount', [disk])
    }
  })

  it('has the parts of a file, from which any others are played back', async () => {
    const url = 'http://a.example/file'
    const bytes = patternBytes(3 * MIB + 5)
    mock
      .get(url)
      .reply(({ headers }): MockReply => {
        const [, from = '', to = ''] = /^bytes=(\d+)-(\d+)$/.exec(headers['range'] ?? '') ?? []
        const body = bytes.subarray(Number(from), Number(to) + 1)
        const end = Number(from) + body.length - 1
        return {
          status: 206,
          headers: { ETag: '"1"', 'Content-Range': `bytes ${from}-${end}/${bytes.length}` },
          body,
        }
      })
      .times(Infinity)
    const path = join(folder(), 'parts.har')
    const output = join(folder(), 'file')
    const live = new ParallelCurl(4, { record: path })
    await live.request(url, { output, segments: 3 })
    await live.close()
    const curl = new ParallelCurl(4, { replay: path })
    for (const segments of [3, 1, 2, 64]) {
      const { responseCode } = await curl.request(url, { output, segments })
      expect([responseCode, readFileSync(output).equals(bytes)]).to.deep.equal([
        segments === 1 ? 200 : 206,
        true,
      ])
    }
    const part = await curl.request(url, {
      RANGE: '1000000-2000000',
      encoding: 'buffer',
      captureHeaders: true,
    })
    expect(part.headers['content-range']).to.equal(`bytes 1000000-2000000/${bytes.length}`)
    expect(part.body).to.deep.equal(bytes.subarray(1_000_000, 2_000_001))
    await curl.close()
  })
})
