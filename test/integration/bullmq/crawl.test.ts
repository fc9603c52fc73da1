/** A crawl through a queue on a real Redis: which URLs are fetched, by any number of workers. */
import type { Queue } from 'bullmq'
import { expect } from 'chai'
import { crawlPages, enqueue } from '../../../src/bullmq/index.js'
import { OptionError, type CrawlFunction } from '../../../src/index.js'
import type { HttpServer } from '../../support/servers/http/http-server.js'
import { LinkedSite, TRAP } from '../../support/servers/linked-site.js'
import { eachWithQueue, type WorkedQueue } from '../../support/worked-queue.js'

const follow: CrawlFunction = (_transfer, add, page) => {
  for (const link of page.links()) add(link)
}

describe('a crawl by BullMQ workers', () => {
  let server: HttpServer
  let queue: Queue
  let worked: WorkedQueue
  eachWithQueue((made) => {
    ;({ server, queue, worked } = made)
  })
  const FAST = { backoff: { type: 'fixed', delay: 1 } } as const

  it('fetches each URL of a site once, over all workers', async () => {
    const site = new LinkedSite(60).serveOn(server)
    const store = crawlPages(queue, follow, { exclude: TRAP, ...FAST })
    const expected = site.expected()
    const other = worked.work({ store })
    const one = worked.work({ store })
    other.worker.on('completed', () => one.changes.notify())
    await enqueue(queue, [server.url('/p/0')])
    await one.changes.until(
      () => one.done.length + other.done.length >= expected.size,
      () => `${expected.size} jobs`,
    )
    expect([...site.asked.keys()].sort()).to.deep.equal([...expected].sort())
    for (const [path, times] of site.asked) expect(times, path).to.equal(path.startsWith('/busy') ? 2 : 1)
    expect(await queue.getJobCounts('waiting', 'active', 'delayed')).to.include({
      waiting: 0,
      active: 0,
      delayed: 0,
    })
  })

  it('hands depths and values on, and fetches a page again whose function threw', async () => {
    const seen: unknown[] = []
    let hasThrown = false
    const store = crawlPages(
      queue,
      (_transfer, add, page) => {
        seen.push([page.url.slice(-2), page.depth, page.userData])
        if (page.depth < 3)
          expect(add(`/echo?${page.depth + 1}`, { userData: { n: page.depth } })).to.equal(page.depth < 2)
        if (page.depth !== 1 || hasThrown) return
        hasThrown = true
        throw new Error('not yet')
      },
      { maxDepth: 2, ...FAST },
    )
    const working = await worked.run([{ url: server.url('/echo?0'), userData: 'seed' }], { store })
    await working.settled(3)
    expect(seen).to.deep.equal([
      ['?0', 0, 'seed'],
      ['?1', 1, { n: 0 }],
      ['?1', 1, { n: 0 }],
      ['?2', 2, { n: 1 }],
    ])
  })

  it('refuses wrong options at the call', () => {
    const call = (handler: unknown, options: object) => () =>
      crawlPages(queue, handler as CrawlFunction, options)
    expect(call(null, {})).to.throw(OptionError, 'the second argument must be a function')
    expect(call(follow, { maxDepth: -1 })).to.throw(OptionError, 'crawlPages: maxDepth must be')
    expect(call(follow, { strategy: 'x' })).to.throw(OptionError, 'crawlPages: strategy must be')
  })
})
