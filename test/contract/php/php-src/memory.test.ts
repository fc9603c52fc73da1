/**
 * The checks of php-src's tests of freed memory: handles keep nothing of what is over, and are collected.
 * Does not run PHP, and does not measure.
 */
import { expect } from 'chai'
import { ExampleRun } from '../../../support/documents/example-run.js'

const CLIENT = `
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as php from 'parallelcurl/php'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc')
const url = 'https://example.com/'
const turns = async () => { for (let i = 0; i < 3; i++) { await new Promise((done) => setImmediate(done)); gc() } }
const handleFor = () => {
  const ch = php.curl_init(url)
  php.curl_setopt(ch, php.CURLOPT_RETURNTRANSFER, true)
  return ch
}

// One handle again and again: the transfers before the last one are gone.
const used = handleFor()
const transfers = []
for (let i = 0; i < 20; i++) {
  await php.curl_exec(used)
  transfers.push(new WeakRef(used.transfer))
}

const refs = {}
await (async () => {
  // A copy, a handle whose function knows it, and one that a multi handle refused the second time.
  refs.copy = new WeakRef(php.curl_copy_handle(used))
  const cyclic = handleFor()
  php.curl_setopt(cyclic, php.CURLOPT_WRITEFUNCTION, (ch, data) => (cyclic === ch ? data.length : 0))
  await php.curl_exec(cyclic)
  refs.cyclic = new WeakRef(cyclic)
  const mh = php.curl_multi_init()
  const twice = handleFor()
  const data = {}
  php.curl_setopt(twice, php.CURLOPT_PRIVATE, data)
  refs.codes = [php.curl_multi_add_handle(mh, twice), php.curl_multi_add_handle(mh, twice)]
  php.curl_multi_remove_handle(mh, twice)
  globalThis.mh = mh
  refs.removed = new WeakRef(data)
})()
await turns()
const { codes, ...weak } = refs
console.log(JSON.stringify({
  transfers: transfers.filter((ref) => ref.deref() !== undefined).length,
  codes,
  alive: Object.keys(weak).filter((name) => weak[name].deref() !== undefined),
}))
`

describe('the handles of the PHP port', () => {
  it('keep the last transfer only, and are collected', async () => {
    await using run = await ExampleRun.start()
    const { stdout, stderr } = await run.typescript(CLIENT)
    expect(stderr).to.equal('')
    const { transfers, codes, alive } = JSON.parse(stdout) as Record<string, unknown>
    expect(alive).to.deep.equal([])
    expect(codes).to.deep.equal([0, 7])
    // The engine may know the last two of them until their handles are used again.
    expect(transfers).to.be.within(1, 2)
  })
})
