/**
 * The types of the migration kit, as a script sees them: wrong ones do not compile. Nothing here is run.
 */
import { expect } from 'chai'
import type * as php from '../../../src/php/index.js'

type Kit = typeof php
declare const kit: Kit
declare const ch: php.Transfer

describe('the types of the migration kit', () => {
  it('tell what infos are', () => {
    const script = (): unknown => {
      const code: number = kit.curl_getinfo(ch, kit.CURLINFO_HTTP_CODE)
      const url: string = kit.curl_getinfo(ch, kit.CURLINFO_EFFECTIVE_URL)
      const type: string | false = kit.curl_getinfo(ch, kit.CURLINFO_CONTENT_TYPE)
      const header: string | false = kit.curl_getinfo(ch, kit.CURLINFO_HEADER_OUT)
      const cookies: string[] = kit.curl_getinfo(ch, kit.CURLINFO_COOKIELIST)
      const all: number = kit.curl_getinfo(ch).total_time
      // @ts-expect-error: it may be false
      const wrong: string = kit.curl_getinfo(ch, kit.CURLINFO_CONTENT_TYPE)
      return [code, url, type, header, cookies, all, wrong]
    }
    expect(script).to.be.a('function')
  })

  it('take options by constant, by name and in a Map, and files in post fields', () => {
    const script = async (): Promise<void> => {
      const curl = new kit.ParallelCurl(10, {
        [kit.CURLOPT_HEADER]: true,
        CURLOPT_FILE: process.stdout,
        retry: 2,
      })
      curl.setOptions(new Map<number, unknown>([[kit.CURLOPT_URL, 'x']]))
      const callback = (_content: string | null, _url: string, _ch: php.Transfer, term: string): string =>
        term
      await curl.startRequest('x', callback, 'term', { f: new kit.CURLFile('a'), l: [1, 'x', null] })
      // @ts-expect-error: the user data is no number
      await curl.startRequest('x', callback, 5)
      // @ts-expect-error: no function
      await curl.startRequest('x', 'callback')
    }
    expect(script).to.be.a('function')
  })
})
