/**
 * Cases of the comparison with PHP: single options, their casts, and what a server and a callback see of
 * them. Does not know how they are run.
 */
import { array, bytes, constant, options, refused, type Case, type Value } from './case.js'

const headers = (...lines: Value[]): Value => array(lines)
const on = '{http}/echo'

const requests: Case[] = [
  { name: 'a plain GET', url: on },
  { name: 'a fragment stays at home', url: '{http}/echo?a=1#fragment' },
  { name: 'a query with spaces encoded', url: '{http}/echo?q=a%20b+c' },
  { name: 'dots are squashed', url: '{http}/a/../echo/./x' },
  { name: 'dots stay with PATH_AS_IS', url: '{http}/a/../echo', options: options({ PATH_AS_IS: true }) },
  { name: 'a user agent', url: on, options: options({ USERAGENT: 'my-scraper/1.0' }) },
  { name: 'an empty user agent', url: on, options: options({ USERAGENT: '' }) },
  { name: 'a null user agent', url: on, options: options({ USERAGENT: null }) },
  { name: 'false as a string', url: on, options: options({ USERAGENT: false }) },
  { name: 'true as a string', url: on, options: options({ USERAGENT: true }) },
  { name: 'a number as a string', url: on, options: options({ USERAGENT: 42 }) },
  { name: 'a float as a string', url: on, options: options({ USERAGENT: { $float: '1.5' } }) },
  {
    name: 'a Stringable as a string',
    url: on,
    options: options({ USERAGENT: { $stringable: 'by itself' } }),
  },
  { name: 'UTF-8 in a string', url: on, options: options({ USERAGENT: 'žluťoučký' }) },
  { name: 'a referer', url: on, options: options({ REFERER: 'http://from.example/' }) },
  { name: 'a cookie', url: on, options: options({ COOKIE: 'a=1; b=2' }) },
  { name: 'an empty cookie', url: on, options: options({ COOKIE: '' }) },
  { name: 'a range', url: '{http}/bytes/100', options: options({ RANGE: '10-19' }) },
  { name: 'no range by null', url: '{http}/bytes/100', options: options({ RANGE: null }) },
  { name: 'resuming', url: '{http}/bytes/100', options: options({ RESUME_FROM: 90 }) },
  { name: 'HEAD by NOBODY', url: on, options: options({ NOBODY: true }) },
  { name: 'a custom request', url: on, options: options({ CUSTOMREQUEST: 'DELETE' }) },
  { name: 'no custom request by null', url: on, options: options({ CUSTOMREQUEST: null }) },
  { name: 'HTTP/1.0', url: on, options: options({ HTTP_VERSION: constant('CURL_HTTP_VERSION_1_0') }) },
  { name: 'a request target', url: on, options: options({ REQUEST_TARGET: '*' }) },
  { name: 'a port', url: 'http://127.0.0.1/echo', options: [['CURLOPT_PORT', '{port}']] },
  { name: 'an URL among the options loses', url: on, options: options({ URL: 'http://lost.invalid/' }) },
  { name: 'FAILONERROR off', url: '{http}/status/404' },
  { name: 'FAILONERROR', url: '{http}/status/404', options: options({ FAILONERROR: true }) },
  { name: 'a body with 500', url: '{http}/status/500' },
  { name: '204', url: '{http}/no-content' },
  {
    name: 'BINARYTRANSFER and SAFE_UPLOAD',
    url: on,
    options: options({ BINARYTRANSFER: true, SAFE_UPLOAD: true }),
  },
  { name: 'CURLOPT_PRIVATE', url: on, options: options({ PRIVATE: 'mine' }) },
  { name: 'CURLOPT_PRIVATE with an array', url: on, options: options({ PRIVATE: array({ a: 1 }) }) },
  { name: 'CURLINFO_HEADER_OUT', url: on, options: [['CURLINFO_HEADER_OUT', true]] },
  {
    name: 'CURLINFO_HEADER_OUT of the last request',
    url: '{http}/redirect/1',
    options: [
      ['CURLINFO_HEADER_OUT', 1],
      ['CURLOPT_FOLLOWLOCATION', true],
    ],
  },
  { name: 'CURLINFO_HEADER_OUT false', url: on, options: [['CURLINFO_HEADER_OUT', false]] },
  { name: 'FILETIME', url: '{http}/filetime', options: options({ FILETIME: true }) },
  { name: 'a time condition', url: on, options: options({ TIMECONDITION: 1, TIMEVALUE: 1_000_000_000 }) },
]

const integers: Case[] = [
  {
    name: 'integers from numeric strings',
    url: '{http}/redirect/3',
    options: options({ FOLLOWLOCATION: '1', MAXREDIRS: '3' }),
  },
  { name: 'integers from floats', url: on, options: options({ TIMEOUT: { $float: '2.9' } }) },
  { name: 'integers from null', url: on, options: options({ HEADER: null, NOBODY: null }) },
  { name: 'integers from empty strings', url: on, options: options({ HEADER: '' }) },
  {
    name: 'truth of FOLLOWLOCATION from 2',
    url: '{http}/redirect/1',
    options: options({ FOLLOWLOCATION: 2 }),
  },
  {
    name: 'truth of FOLLOWLOCATION from "0"',
    url: '{http}/redirect/1',
    options: options({ FOLLOWLOCATION: '0' }),
  },
  {
    name: 'truth of FOLLOWLOCATION from null',
    url: '{http}/redirect/1',
    options: options({ FOLLOWLOCATION: null }),
  },
  {
    name: 'a word as an integer is 0',
    url: on,
    options: options({ HEADER: 'true' }),
  },
  {
    name: 'a word as a truth value is true',
    url: '{http}/redirect/1',
    options: options({ FOLLOWLOCATION: 'false' }),
  },
  {
    name: 'null is no way to switch checks off',
    url: on,
    options: options({ SSL_VERIFYPEER: null }),
    differs: refused('conversions that switch checks off'),
  },
  {
    name: 'a word is no way to switch checks off',
    url: on,
    options: options({ SSL_VERIFYHOST: 'true' }),
    differs: refused('conversions that switch checks off'),
  },
  { name: 'an object as an integer is 1', url: on, options: options({ HEADER: { $object: true } }) },
  { name: 'a list as an integer is 1', url: on, options: options({ HEADER: array(['x']) }) },
  {
    name: 'a list as a truth value is true',
    url: '{http}/redirect/1',
    options: options({ FOLLOWLOCATION: array(['x']) }),
  },
  { name: 'NAN as an integer is 0', url: on, options: options({ HEADER: { $float: 'NAN' } }) },
  { name: 'blanks before a number', url: on, options: options({ HEADER: ' 1 ' }) },
  { name: 'a number in words of science', url: on, options: options({ TIMEOUT: '1e1x' }) },
  { name: 'VERIFYHOST 1 is 2', url: on, options: options({ SSL_VERIFYHOST: 1 }) },
  {
    name: 'the number that a string begins with',
    url: on,
    options: options({ TIMEOUT: '5abc' }),
  },
  {
    name: 'an empty array as an integer is 0',
    url: on,
    options: options({ HEADER: array([]) }),
  },
  {
    name: 'an array as a string is Array',
    url: on,
    options: options({ USERAGENT: array(['a']) }),
  },
  { name: 'objects are no strings', url: on, options: options({ USERAGENT: { $object: true } }) },
  { name: 'NUL in a string', url: on, options: options({ USERAGENT: 'a\0b' }) },
  {
    name: 'a line break in a string',
    url: on,
    options: options({ USERAGENT: 'a\r\nX-Injected: 1' }),
    differs: refused('line breaks'),
  },
  {
    name: 'bytes in a string',
    url: on,
    options: options({ USERAGENT: bytes('caf\xe9') }),
    differs: refused('bytes in strings'),
  },
  {
    name: 'a refused value',
    url: on,
    options: options({ HTTP_VERSION: 99, USERAGENT: 'lost' }),
    differs: refused('refused values'),
  },
  {
    name: 'a negative timeout',
    url: on,
    options: options({ TIMEOUT: -1, USERAGENT: 'lost' }),
    differs: refused('refused values'),
  },
  { name: 'an unknown option', url: on, options: [[123456, 1]] },
  { name: 'an option without a name', url: on, options: [['NO_SUCH_OPTION', 1]] },
  { name: 'SAFE_UPLOAD off', url: on, options: options({ SAFE_UPLOAD: false }) },
]

const lists: Case[] = [
  { name: 'own headers', url: on, options: options({ HTTPHEADER: headers('X-One: 1', 'X-Two: 2') }) },
  { name: 'a header twice', url: on, options: options({ HTTPHEADER: headers('X-One: 1', 'X-One: 2') }) },
  {
    name: 'headers take the place of built-in ones',
    url: on,
    options: options({ HTTPHEADER: headers('X: 1', 'Accept: a/b') }),
  },
  { name: 'a header is taken away', url: on, options: options({ HTTPHEADER: headers('Accept:') }) },
  { name: 'an empty header', url: on, options: options({ HTTPHEADER: headers('X-Empty;') }) },
  { name: 'a header without a colon', url: on, options: options({ HTTPHEADER: headers('nothing', 'X: 1') }) },
  {
    name: 'keys of headers do not count',
    url: on,
    options: options({ HTTPHEADER: array({ a: 'X: 1', b: 'Y: 2' }) }),
  },
  {
    name: 'headers of other types',
    url: on,
    options: options({ HTTPHEADER: headers('X: 1', 5, null, true) }),
  },
  { name: 'no headers', url: on, options: options({ HTTPHEADER: headers() }) },
  {
    name: 'a later list counts',
    url: on,
    options: [
      ['CURLOPT_HTTPHEADER', headers('X: 1')],
      ['CURLOPT_HTTPHEADER', headers('Y: 1')],
    ],
  },
  { name: 'a string is no list', url: on, options: options({ HTTPHEADER: 'X: 1' }) },
  { name: 'null is no list', url: on, options: options({ HTTPHEADER: null }) },
  {
    name: 'a line break in a header',
    url: on,
    options: options({ HTTPHEADER: headers('X: 1\r\nY: 2') }),
    differs: refused('line breaks'),
  },
  {
    name: 'NUL in a header',
    url: on,
    options: options({ HTTPHEADER: headers('X: 1\0cut') }),
    differs: refused('line breaks'),
  },
  { name: 'a host of one’s own', url: on, options: options({ HTTPHEADER: headers('Host: other.example') }) },
  {
    name: 'RESOLVE',
    url: 'http://some.invalid:{port}/echo',
    options: options({ RESOLVE: headers('some.invalid:{port}:127.0.0.1') }),
  },
  {
    name: 'CONNECT_TO',
    url: 'http://some.invalid/echo',
    options: options({ CONNECT_TO: headers('::127.0.0.1:{port}') }),
  },
]

export const optionCases: readonly Case[] = [...requests, ...integers, ...lists]
