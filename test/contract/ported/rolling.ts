/** The same searches with RollingCurlX, put together as its README shows it. */
import {
  CURLOPT_SSL_VERIFYHOST,
  CURLOPT_SSL_VERIFYPEER,
  CURLOPT_USERAGENT,
  RollingCurlX,
  urlencode,
  type RollingInfo,
} from '../../../src/php/index.js'
import { termsList, type SearchResponse } from './terms.js'

export async function main(
  searchUrlPrefix: string,
  argv: string[],
  print: (text: string) => void,
): Promise<void> {
  function callback_functn(
    response: string | false,
    url: string,
    request_info: RollingInfo,
    user_data: unknown,
    time: number,
  ): void {
    if (response === false) {
      print(`Fetch error ${String(request_info.http_code)} for '${url}'`)
      return
    }

    const [search] = user_data as [string]
    const responseobject = JSON.parse(response) as SearchResponse
    if (!responseobject.responseData?.results?.length) {
      print(`No results found for '${search}'`)
      return
    }

    print('********')
    print(`${search}:`)
    print('********')
    for (const responseresult of responseobject.responseData.results) print(responseresult.title)
    if (!(time > 0)) print('it took no time')
  }

  const RCX = new RollingCurlX((argv[1] ?? 10) as number)
  RCX.setOptions({
    [CURLOPT_SSL_VERIFYPEER]: false,
    [CURLOPT_SSL_VERIFYHOST]: false,
    [CURLOPT_USERAGENT]: 'Parallel Curl test script',
  })

  for (const terms of termsList) {
    const search = `"${terms} is a"`
    const url = `${searchUrlPrefix}&q=${urlencode(terms)}`
    RCX.addRequest(url, null, callback_functn, [search])
  }

  // Send the requests. Blocks until all requests complete or timeout.
  await RCX.execute()
}
