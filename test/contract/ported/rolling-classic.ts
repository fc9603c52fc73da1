/** The same searches with RollingCurl, put together as its README shows it. */
import {
  CURLOPT_SSL_VERIFYHOST,
  CURLOPT_SSL_VERIFYPEER,
  CURLOPT_USERAGENT,
  RollingCurl,
  RollingCurlRequest,
  urlencode,
  type CurlInfo,
} from '../../../src/php/index.js'
import { termsList, type SearchResponse } from './terms.js'

export async function main(
  searchUrlPrefix: string,
  argv: string[],
  print: (text: string) => void,
): Promise<void> {
  function request_callback(
    response: string | boolean | null,
    info: CurlInfo,
    request: RollingCurlRequest,
  ): void {
    if (info.http_code !== 200) {
      print(`Fetch error ${String(info.http_code)} for '${info.url}'`)
      return
    }

    const search = request.context as string
    const responseobject = JSON.parse(response as string) as SearchResponse
    if (!responseobject.responseData?.results?.length) {
      print(`No results found for '${search}'`)
      return
    }

    print('********')
    print(`${search}:`)
    print('********')
    for (const responseresult of responseobject.responseData.results) print(responseresult.title)
  }

  const rc = new RollingCurl(request_callback)
  rc.window_size = (argv[1] ?? 10) as number
  rc.options = {
    [CURLOPT_SSL_VERIFYPEER]: false,
    [CURLOPT_SSL_VERIFYHOST]: false,
    [CURLOPT_USERAGENT]: 'Parallel Curl test script',
  }

  for (const terms of termsList) {
    const search = `"${terms} is a"`
    const request = new RollingCurlRequest(`${searchUrlPrefix}&q=${urlencode(terms)}`)
    request.context = search
    rc.add(request)
  }
  await rc.execute()
}
