/**
 * Downloads in segments that go on with what an earlier run has left, also after kill -9. The file is right,
 * whatever the server and the disk have by then. PARALLELCURL_SOAK=1 has more kills.
 */
import type { ChildProcess } from 'node:child_process'
import { expect } from 'chai'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { runCommand, type CommandResult } from '../../../support/programs/command.js'
import { bytes, FIRST, MIB, others, SegmentsPlace } from '../../../support/segments.js'
import { patternBytes } from '../../../support/servers/http/http-handlers.js'
import type { Served } from '../../../support/servers/http/served-file.js'

const kills = process.env['PARALLELCURL_SOAK'] === undefined ? 1 : 50

describe('a download in segments that is continued', () => {
  const at = new SegmentsPlace()

  it('goes on with what an earlier run has left, and asks for nothing twice', async () => {
    // Each response after the first one is cut, so that several segments have holes.
    const file: Served = { bytes, etag: '"1"', cuts: [undefined, 300_000, 200_000, 100_000, 50_000, 0] }
    const url = at.serve(at.served(file))
    const failed = await at.download(url, { resume: true })
    expect(failed.errno).to.equal(18)
    expect(at.inFolder()).to.deep.equal(['file.bin.part', 'file.bin.part.json'])
    const { done, whole } = JSON.parse(readFileSync(`${at.file}.part.json`, 'utf8')) as {
      done: [number, number][]
      whole: { etag: string; total: number }
    }
    expect([whole.etag, whole.total]).to.deep.equal(['"1"', bytes.length])
    const kept = done.reduce((sum, [start, end]) => sum + end - start, 0)
    expect(kept).to.be.at.least(MIB + 300_000)
    for (const [start, end] of done)
      expect(
        readFileSync(`${at.file}.part`).subarray(start, end).equals(bytes.subarray(start, end)),
      ).to.equal(true)
    at.server.forget()
    file.cuts = [undefined]
    const transfer = await at.download(url, { resume: true })
    expect([transfer.error, at.isRight()]).to.deep.equal(['', true])
    expect(transfer.receivedBytes).to.equal(bytes.length - kept)
    expect(at.inFolder()).to.deep.equal(['file.bin'])
    expect(at.server.requests.every(({ headers }) => headers['if-range'] === '"1"')).to.equal(true)
  })

  it('goes on with the part of a download by one request, and begins anew in doubt', async () => {
    const file: Served = { bytes, etag: '"1"', cuts: [3 * MIB] }
    const url = at.serve(at.served(file))
    expect((await at.download(url, { resume: true, segments: 1 })).errno).to.equal(18)
    const size = statSync(`${at.file}.part`).size
    at.server.forget()
    file.cuts = [undefined]
    const transfer = await at.download(url, { resume: true })
    expect([transfer.error, at.isRight(), transfer.receivedBytes]).to.deep.equal([
      '',
      true,
      bytes.length - size,
    ])
    expect(at.ranges[0]).to.match(new RegExp(`^bytes=${size}-`))
    const etag = '"1"'
    const whole = { validator: etag, etag, lastModified: null, total: bytes.length, encoding: null }
    const notes = (done: unknown, entity: object = whole): string =>
      JSON.stringify({ url: urlHash, whole: entity, done })
    // The notes of this URL: those that the failed run has left.
    file.cuts = [undefined, 1000, 1000, 1000, 1000, 0]
    at.server.forget()
    expect((await at.download(url, { resume: true })).errno).to.equal(18)
    const { url: urlHash } = JSON.parse(readFileSync(`${at.file}.part.json`, 'utf8')) as { url: string }
    const doubtful: [what: string, part: Buffer, notes: string][] = [
      ['ranges that are not in the file', Buffer.alloc(10), notes([[0, 20]])],
      ['a file that is longer', Buffer.alloc(bytes.length + 1), notes([[0, 20]])],
      [
        'ranges out of order',
        others,
        notes([
          [100, 200],
          [0, 50],
        ]),
      ],
      ['no ranges', others, notes('all')],
      ['half a range', others, notes([[100]])],
      ['no length', others, notes([[0, 20]], { ...whole, total: null })],
      ['a weak validator', others, notes([[0, 20]], { ...whole, validator: null })],
      ['notes that were cut', others, notes([[0, 20]]).slice(0, -9)],
      ['another URL', others, notes([[0, 20]]).replace(/"url":"./, '"url":"x')],
      ['everything', others, notes([[0, bytes.length]])],
    ]
    file.cuts = [undefined]
    for (const [what, part, text] of doubtful) {
      writeFileSync(`${at.file}.part`, part)
      writeFileSync(`${at.file}.part.json`, text)
      at.server.forget()
      const again = await at.download(url, { resume: true })
      expect([again.error, at.isRight(), at.ranges[0]], what).to.deep.equal(['', true, FIRST])
      expect(at.inFolder(), what).to.deep.equal(['file.bin'])
    }
  })

  it('begins anew if the file has changed since an earlier run', async () => {
    const file: Served = { bytes, etag: '"1"', cuts: [undefined, 1000, 1000, 1000, 0] }
    const url = at.serve(at.served(file))
    for (const kind of ['part', 'ignoresIfRange'] as const) {
      Object.assign(file, { bytes, etag: '"1"', ranges: 'part', cuts: [undefined, 1000, 1000, 1000, 0] })
      at.server.forget()
      expect((await at.download(url, { resume: true })).errno).to.equal(18)
      Object.assign(file, { bytes: others, etag: '"2"', ranges: kind, cuts: [undefined] })
      const transfer = await at.download(url, { resume: true })
      expect([transfer.error, at.isRight(others)], kind).to.deep.equal(['', true])
      expect(at.inFolder()).to.deep.equal(['file.bin'])
    }
  })

  it(`survives kill -9 (${kills} times)`, async function () {
    this.timeout(300_000)
    const large = patternBytes(16 * MIB + 5)
    const notes = `${at.file}.part.json`
    const isNoted = (): boolean => existsSync(notes) && readFileSync(notes, 'utf8').includes('"done":[[')
    let sent = 0
    let isEnough = (): boolean => false
    let kill = (): void => undefined
    // Slow enough to be killed in the middle.
    const url = at.serve((request, response) => {
      const [, from = '0', to = ''] = /(\d+)-(\d*)/.exec(request.headers.range ?? '') ?? []
      const end = Math.min(large.length, Number(to || Infinity) + 1)
      const isPart = request.headers.range !== undefined
      response.writeHead(isPart ? 206 : 200, {
        ETag: '"1"',
        'Content-Length': end - Number(from),
        ...(isPart && { 'Content-Range': `bytes ${from}-${end - 1}/${large.length}` }),
      })
      const next = (start: number): void => {
        if (response.destroyed) return
        if (start >= end) return void response.end()
        const chunk = large.subarray(start, Math.min(end, start + 65_536))
        sent += chunk.length
        if (isEnough()) kill()
        response.write(chunk, () => setTimeout(next, isSlow ? 25 : 0, start + chunk.length))
      }
      next(Number(from))
    })
    let isSlow = true
    const args = ['-s', '-S', '-C', '-', '--segments', '4', '-o', 'file.bin', url]
    const run = (onStart?: (child: ChildProcess) => void): Promise<CommandResult> =>
      runCommand(args, { cwd: at.place.folder, ...(onStart && { onStart }) })
    let killed = 0
    for (let i = 0; i < kills; i++) {
      sent = 0
      const limit = Math.random() * large.length
      // Once as soon as something is written down, then anywhere.
      isEnough = i === 0 ? isNoted : () => sent > limit
      const { code, signal, stderr } = await run((child) => {
        kill = () => child.kill('SIGKILL')
      })
      if (signal === 'SIGKILL') {
        killed++
        continue
      }
      expect([code, stderr]).to.deep.equal([0, ''])
      expect(at.isRight(large)).to.equal(true)
    }
    expect(killed).to.be.greaterThan(0)
    isEnough = () => false
    isSlow = false
    sent = 0
    at.server.forget()
    const wasNoted = isNoted()
    const { code, stderr } = await run()
    expect([code, stderr, at.isRight(large)]).to.deep.equal([0, '', true])
    if (wasNoted) {
      expect(sent).to.be.lessThan(large.length)
      expect(at.server.requests.every(({ headers }) => headers['if-range'] === '"1"')).to.equal(true)
    }
    expect(at.inFolder()).to.deep.equal(['file.bin'])
  })
})
