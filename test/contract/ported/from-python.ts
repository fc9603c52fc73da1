/** test.py of pyparallelcurl, line by line. */
import { http_build_query, pyparallelcurl, type Transfer } from '../../../src/php/index.js'
import { termsList, type SearchResponse } from './terms.js'

export async function main(
  searchUrlPrefix: string,
  argv: string[],
  print: (text: string) => void,
): Promise<void> {
  // This function gets called back for each request that completes
  function on_request_done(content: string | null, url: string, ch: Transfer, search: string): void {
    if (content === null) {
      print(`Fetch error for ${url}`)
      return
    }

    const httpcode = ch.getInfo('HTTP_CODE')
    if (httpcode !== 200) {
      print(`Fetch error ${String(httpcode)} for '${url}'`)
      return
    }

    const responseobject = JSON.parse(content) as SearchResponse
    if (!responseobject.responseData?.results) {
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

  const max_requests = (argv[1] ?? 10) as number

  const curl_options = {
    SSL_VERIFYPEER: false,
    SSL_VERIFYHOST: false,
    USERAGENT: 'Parallel Curl test script',
    FOLLOWLOCATION: true,
  }

  const parallel_curl = new pyparallelcurl.ParallelCurl(max_requests, curl_options)

  for (const terms of termsList) {
    const search = `"${terms} is a"`
    const search_url = `${searchUrlPrefix}&${http_build_query({ q: terms })}`
    await parallel_curl.startrequest(search_url, on_request_done, search)
  }

  // This should be called when you need to wait for the requests to finish.
  await parallel_curl.finishallrequests()

  print(`max_requests=${String(max_requests)}`)
}
