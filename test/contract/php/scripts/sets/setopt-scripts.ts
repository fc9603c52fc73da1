/**
 * Scripts of the comparison with PHP: each option with a value of each kind, one script for each option. What
 * is compared is the result, the error number, the message and the warnings.
 */
import * as constants from '../../../../../src/php/values/constants.js'
import { array, type Value } from '../../case.js'
import { errno, set, type Script, type Step } from '../script.js'

const VALUES: readonly Value[] = [
  'true',
  '5abc',
  array([]),
  array(['a']),
  null,
  { $object: true },
  { $stringable: 'printed' },
  'a\0b',
  { $float: '1.9' },
  -1,
  true,
  false,
  { $float: 'NAN' },
  '1',
]

/** They write files whose names are the values. */
const WRITING = ['CURLOPT_ALTSVC', 'CURLOPT_COOKIEJAR', 'CURLOPT_HSTS']

const names = Object.keys(constants).filter((name) => name.startsWith('CURLOPT_') && !WRITING.includes(name))

export const setoptScripts: readonly Script[] = names.map((name) => ({
  name: `${name} of every kind`,
  steps: VALUES.flatMap((value): Step[] => [['a', 'curl_init'], set('a', name, value), errno('a')]),
}))
