// Fetches URLs through several proxies: PROXIES='http://user:password@a:8080 socks5h://b:1080' proxies.ts URL...
import { ParallelCurl, ProxyPool } from 'parallelcurl'

const proxies = new ProxyPool((process.env['PROXIES'] ?? '').split(' '), {
  strategy: 'least-used',
  maxRequestsPerProxy: 5,
  // A proxy whose requests are answered like this rests for a while.
  statusCodes: [403, 429],
})
const curl = new ParallelCurl(50, { proxies, retry: { limit: 3, statusCodes: [403, 429] } })

for await (const { url, errno, error, responseCode } of curl.stream(process.argv.slice(2))) {
  console.log(url, errno ? error : responseCode)
}
await curl.close()
for (const { url, ok, failed } of proxies.stats()) console.log(url, ok, failed)
