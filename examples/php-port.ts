// A port of the PHP original's test script, with PHP's names: php-port.ts 'https://host/search?'
import { curl_errno, curl_error, curl_getinfo, CURLINFO_HTTP_CODE, http_build_query } from 'parallelcurl/php'
import { CURLOPT_FOLLOWLOCATION, CURLOPT_USERAGENT, ParallelCurl, type Transfer } from 'parallelcurl/php'

function on_request_done(content: string | null, url: string, ch: Transfer, search: string) {
  const httpcode = curl_getinfo(ch, CURLINFO_HTTP_CODE)
  if (curl_errno(ch) !== 0 || httpcode !== 200) {
    console.log(`Fetch error ${curl_error(ch) || String(httpcode)} for '${url}'`)
    return
  }
  console.log(`${search}: ${String(content?.length)} bytes`)
}

const [prefix = 'https://example.com/search?'] = process.argv.slice(2)
const parallel_curl = new ParallelCurl(10, {
  [CURLOPT_USERAGENT]: 'Parallel Curl test script',
  [CURLOPT_FOLLOWLOCATION]: true,
})
for (const search of ['John', 'Mary', 'William']) {
  await parallel_curl.startRequest(prefix + http_build_query({ q: search }), on_request_done, search)
}
await parallel_curl.finishAllRequests()
