// Fetches the URLs of a file, one on each line, however many there are: stream.ts FILE
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { ParallelCurl } from 'parallelcurl'

const [file = 'urls.txt'] = process.argv.slice(2)
const curl = new ParallelCurl(100, { maxRequestsPerHost: 10, retry: 2 })
const lines = createInterface({ input: createReadStream(file) })

// No more lines are read than the loop can take: its body is the backpressure.
for await (const transfer of curl.stream(lines, { ordered: true })) {
  if (transfer.errno) console.error(transfer.url, transfer.error)
  else console.log(transfer.url, transfer.responseCode, transfer.body.length)
}
await curl.close()
