/**
 * One crawl in a process of its own: fetches pages through a cache and prints the CPU time that this took. Does not
 * know which crawl it is.
 *
 *   node crawl-worker.mjs INDEX DIR-OR-NOTHING URL PAGES READS(0|1)
 */
const [index, dir, url, pages, reads] = process.argv.slice(2)
const { HttpCache, ParallelCurl } = await import(index)

const IN_FLIGHT = 50
const count = Number(pages)
const curl = new ParallelCurl(IN_FLIGHT, dir === '' ? {} : { cache: new HttpCache({ dir }) })
const outcomes = {}
let bytes = 0
let next = 0

async function crawl() {
  while (next < count) {
    const transfer = await curl.request(`${url}${String(next++)}`)
    if (transfer.responseCode !== 200) throw new Error(`status ${String(transfer.responseCode)}`)
    const outcome = String(transfer.cache)
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    if (reads === '1') bytes += transfer.content.length
  }
}

const before = process.cpuUsage()
const startedAt = performance.now()
await Promise.all(Array.from({ length: IN_FLIGHT }, crawl))
const { user, system } = process.cpuUsage(before)
const wallMs = performance.now() - startedAt
await curl.close()
process.stdout.write(
  JSON.stringify({ outcomes, bytes, userMs: user / 1000, systemMs: system / 1000, wallMs }),
)
