/** An installed undici that is too old is named at the first dispatcher. Does not send requests. */
import { expect } from 'chai'
import { runChild } from '../../support/programs/child.js'

describe('parallelcurl/undici with another undici', () => {
  for (const [version, expected] of [
    [
      '6.29.1',
      'Error: parallelcurl: undici 6.29.1 is installed, and 7.16 or newer is needed: npm install undici',
    ],
    [
      '7.15.0',
      'Error: parallelcurl: undici 7.15.0 is installed, and 7.16 or newer is needed: npm install undici',
    ],
    ['7.16.0', 'made'],
  ] as const) {
    it(`${expected === 'made' ? 'works with' : 'refuses, with the way out,'} ${version}`, async () => {
      const { stdout, stderr } = await runChild(`
        import Module, { createRequire } from 'node:module'
        const { cache } = createRequire(import.meta.url)
        const find = Module._resolveFilename
        const file = '/undici/package.json'
        cache[file] = Object.assign(new Module(file), { filename: file, loaded: true, exports: { version: '${version}' } })
        Module._resolveFilename = function (name, ...rest) {
          return name === 'undici/package.json' ? file : find.call(this, name, ...rest)
        }
        const { ParallelCurl } = await import('./src/index.js')
        const { CurlDispatcher } = await import('./src/undici/index.js')
        const curl = new ParallelCurl(1)
        for (let i = 0; i < 2; i++) {
          try {
            new CurlDispatcher(curl)
            console.log('made')
          } catch (error) {
            console.log(String(error))
          }
        }
      `)
      expect(stdout, stderr).to.equal(`${expected}\n${expected}\n`)
    })
  }
})
