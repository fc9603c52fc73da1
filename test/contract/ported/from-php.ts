/**
 * test.php of ParallelCurl, line by line. Where it had a comma for `=>`, so that no user agent was set, it
 * has the arrow.
 */
import {
  curl_getinfo,
  CURLINFO_HTTP_CODE,
  CURLOPT_SSL_VERIFYHOST,
  CURLOPT_SSL_VERIFYPEER,
  CURLOPT_USERAGENT,
  ParallelCurl,
  urlencode,
  type Transfer,
} from '../../../src/php/index.js'
import { termsList, type SearchResponse } from './terms.js'

export async function main(
  searchUrlPrefix: string,
  argv: string[],
  print: (text: string) => void,
): Promise<void> {
  // This function gets called back for each request that completes
  function onRequestDone(content: string | null, url: string, ch: Transfer, search: string): void {
    const httpcode = curl_getinfo(ch, CURLINFO_HTTP_CODE)
    if (httpcode !== 200) {
      print(`Fetch error ${String(httpcode)} for '${url}'`)
      return
    }

    const responseobject = JSON.parse(content ?? '') as SearchResponse
    if (!responseobject.responseData?.results?.length) {
      print(`No results found for '${search}'`)
      return
    }

    print('********')
    print(`${search}:`)
    print('********')

    const allresponseresults = responseobject.responseData.results
    for (const responseresult of allresponseresults) {
      const title = responseresult.title
      print(title)
    }
  }

  const maxRequests = (argv[1] ?? 10) as number

  const curlOptions = {
    [CURLOPT_SSL_VERIFYPEER]: false,
    [CURLOPT_SSL_VERIFYHOST]: false,
    [CURLOPT_USERAGENT]: 'Parallel Curl test script',
  }

  const parallelCurl = new ParallelCurl(maxRequests, curlOptions)

  for (const terms of termsList) {
    const search = `"${terms} is a"`
    const searchUrl = `${searchUrlPrefix}&q=${urlencode(terms)}`
    await parallelCurl.startRequest(searchUrl, onRequestDone, search)
  }

  // This should be called when you need to wait for the requests to finish.
  await parallelCurl.finishAllRequests()
}
