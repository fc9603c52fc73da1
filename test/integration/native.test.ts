/**
 * How node-libcurl gets loaded: quickly where its files are where they have been, and anyway where they are not.
 */
import { expect } from 'chai'
import * as nodeLibcurl from 'node-libcurl'
import { Curl, Easy, Multi, Share } from '../../src/engine/native.js'
import { runChild } from '../support/child.js'

/** Loads it in a process in which what matches cannot be found. */
async function load(missing: RegExp): Promise<{ stdout: string; stderr: string; code: number | null }> {
  return runChild(`
    import Module, { createRequire } from 'node:module'
    const find = Module._resolveFilename
    Module._resolveFilename = function (name, ...rest) {
      if (${String(missing)}.test(name)) throw Object.assign(new Error('Cannot find ' + name), { code: 'MODULE_NOT_FOUND' })
      return find.call(this, name, ...rest)
    }
    const { ParallelCurl } = await import('./src/index.js')
    const { cache } = createRequire(import.meta.url)
    const hasAll = Object.keys(cache).some((file) => file.endsWith('/node-libcurl/dist/curly.js'))
    console.log(JSON.stringify({ made: new ParallelCurl(1) !== undefined, hasAll }))
  `)
}

describe('integration: loading node-libcurl', () => {
  it('has the very classes that an import of it has', () => {
    expect({ Curl, Easy, Multi, Share }).to.deep.equal({
      Curl: nodeLibcurl.Curl,
      Easy: nodeLibcurl.Easy,
      Multi: nodeLibcurl.Multi,
      Share: nodeLibcurl.Share,
    })
    expect(Easy).to.equal(nodeLibcurl.Easy)
  })

  it('loads only what is used of it', async () => {
    const { stdout, stderr } = await load(/^never$/)
    expect(JSON.parse(stdout), stderr).to.deep.equal({ made: true, hasAll: false })
  })

  it('loads all of it where its files are elsewhere', async () => {
    const { stdout, stderr } = await load(/^node-libcurl\//)
    expect(JSON.parse(stdout), stderr).to.deep.equal({ made: true, hasAll: true })
  })

  it('says so where it is not installed', async () => {
    const { code, stderr } = await load(/^node-libcurl(\/|$)/)
    expect(code).to.equal(1)
    expect(stderr).to.match(/Cannot find node-libcurl$/m)
  })
})
