// Fetches the URLs of the command line, at most five at a time: basic.ts URL...
import { ParallelCurl, type Transfer } from 'parallelcurl'

const curl = new ParallelCurl(5, { FOLLOWLOCATION: true, ACCEPT_ENCODING: '' })
for (const url of process.argv.slice(2)) await curl.startRequest(url, onRequestDone)
await curl.finishAllRequests()

function onRequestDone(content: string | null, url: string, transfer: Transfer) {
  if (transfer.errno) console.error(url, transfer.error)
  else console.log(url, transfer.responseCode, content?.length)
}
