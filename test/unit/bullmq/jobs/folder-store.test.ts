/** The store that puts bodies into a folder. Does not know queues. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { folderStore } from '../../../../src/bullmq/jobs/folder-store.js'
import type { Transfer } from '../../../../src/index.js'

describe('folderStore', () => {
  let folder: string
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'parallelcurl-store-'))))
  afterEach(() => rmSync(folder, { recursive: true }))

  const transfer = (body: string): Transfer =>
    ({ url: 'http://a.test/', body: Buffer.from(body) }) as Transfer
  const files = (): string[] =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name)

  it('never leaves its folder, whatever the id', async () => {
    const store = folderStore(join(folder, 'bodies'))
    for (const id of ['../../x', '/etc/passwd', 'a\0b', '', 'x'.repeat(5000)]) {
      const path = await store(transfer(id), { id, data: {} })
      expect(path)
        .to.be.a('string')
        .that.matches(/\/bodies\/[0-9a-f]{2}\/[0-9a-f]{64}$/)
      expect(readFileSync(path as string, 'utf8')).to.equal(id)
    }
    expect(files()).to.have.length(5)
  })

  it('replaces the file of a job that is done again, and leaves nothing half done', async () => {
    const store = folderStore(folder)
    await Promise.all(['one', 'two'].map((body) => store(transfer(body), { id: 'x', data: {} })))
    expect(files()).to.have.length(1)
  })
})
