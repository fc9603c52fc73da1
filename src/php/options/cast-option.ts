/**
 * Casts the value of one option as `curl_setopt` does, option by option. The result is what is kept with a
 * handle: casting it again changes nothing. Does not know what the options do.
 */
import { LIST_IDS } from '../../options/catalog/list-options.js'
import { OptionError } from '../../errors.js'
import * as constants from '../values/constants.js'
import {
  isPhpArray,
  isPlainlyOff,
  isTruthy,
  mismatch,
  toFunction,
  toInteger,
  toText,
  toTexts,
  toTruth,
  type Cast,
} from '../values/casts.js'
import { notice } from '../values/warnings.js'
import { toFormFields } from './post-fields.js'
import { checkInput, checkOutput } from './streams.js'
import { bufferSize, largeOf, narrowed } from './wide-numbers.js'

const { CURLINFO_HEADER_OUT, CURLOPT_SAFE_UPLOAD, CURLOPT_SSL_VERIFYHOST } = constants

/** `zend_is_true` in interface.c: every word but `0` is on. */
const BY_TRUTH: ReadonlySet<number> = new Set([
  constants.CURLOPT_RETURNTRANSFER,
  constants.CURLOPT_BINARYTRANSFER,
  constants.CURLOPT_FOLLOWLOCATION,
  CURLOPT_SAFE_UPLOAD,
  CURLINFO_HEADER_OUT,
])
/** Strings that null resets. null makes the other strings empty (interface.c, `_php_curl_setopt`). */
const NULLABLE: ReadonlySet<number> = new Set([
  constants.CURLOPT_CUSTOMREQUEST,
  constants.CURLOPT_FTPPORT,
  constants.CURLOPT_RANGE,
  constants.CURLOPT_FTP_ACCOUNT,
  constants.CURLOPT_RTSP_SESSION_ID,
  constants.CURLOPT_ENCODING,
  constants.CURLOPT_DNS_INTERFACE,
  constants.CURLOPT_DNS_LOCAL_IP4,
  constants.CURLOPT_DNS_LOCAL_IP6,
  constants.CURLOPT_XOAUTH2_BEARER,
  constants.CURLOPT_UNIX_SOCKET_PATH,
  constants.CURLOPT_DOH_URL,
  constants.CURLOPT_HSTS,
  constants.CURLOPT_KRBLEVEL,
])
/** Security checks that only a plain `false` or 0 may switch off. */
const VERIFIES = /VERIFY(PEER|HOST|STATUS)$/
/** curl/curl.h: what the ranges of numbers stand for (`CURLOPTTYPE_*`). */
const OBJECTS = 10_000
const FUNCTIONS = 20_000
const OFFSETS = 30_000
const BLOBS = 40_000

/**
 * PHP hands an empty blob over, which libcurl refuses in the transfer. node-libcurl would take an empty one
 * for none, and the transfer would go on without it. A line break is no certificate either.
 */
const EMPTY_BLOB = '\n'

type Caster = (cast: Cast, value: unknown) => unknown

const asIs: Caster = (_cast, value) => value
const output: Caster = (cast, value) => {
  checkOutput(cast, value)
  return value
}

const SPECIAL: ReadonlyMap<number, Caster> = new Map<number, Caster>([
  [constants.CURLOPT_PRIVATE, asIs],
  [constants.CURLOPT_SHARE, asIs],
  [constants.CURLOPT_FILE, output],
  [constants.CURLOPT_WRITEHEADER, output],
  [constants.CURLOPT_STDERR, output],
  [
    constants.CURLOPT_INFILE,
    (cast, value) => {
      checkInput(cast, value)
      return value
    },
  ],
  [constants.CURLOPT_POSTFIELDS, (_cast, value) => toFormFields(value ?? '')],
])

/**
 * Casts a value. Throws `OptionError` with PHP's words where PHP throws, and for what the table "What differs
 * from PHP" names.
 */
export function castOption(id: number, value: unknown, cast: Cast): unknown {
  if (value === undefined) throw mismatch(cast, 'a value', value)
  const special = SPECIAL.get(id)
  if (special !== undefined) return special(cast, value)
  if (BY_TRUTH.has(id)) return castTruth(id, value, cast)
  if (LIST_IDS.has(id)) return toTexts(cast, value)
  if (id >= BLOBS) return toBlob(cast, value)
  if (id >= OFFSETS || id < OBJECTS) return castInteger(id, value, cast)
  if (id >= FUNCTIONS) return value === null ? null : toFunction(cast, value)
  return value === null && NULLABLE.has(id) ? null : castString(value, cast)
}

function toBlob(cast: Cast, value: unknown): string | Uint8Array {
  const blob = value instanceof Uint8Array ? value : toText(cast, value)
  return blob.length === 0 ? EMPTY_BLOB : blob
}

function castTruth(id: number, value: unknown, cast: Cast): boolean {
  const isOn = toTruth(cast, value)
  if (id === CURLOPT_SAFE_UPLOAD && !isOn) {
    throw new OptionError(`${cast.where}: Disabling safe uploads is no longer supported`, cast.name)
  }
  return isOn
}

function castString(value: unknown, cast: Cast): string {
  const text = toText(cast, value)
  if (!text.includes('\0')) return text
  throw new OptionError(
    `${cast.where}: cURL option must not contain any null bytes (${cast.name})`,
    cast.name,
  )
}

function castInteger(id: number, value: unknown, cast: Cast): number | bigint {
  if (VERIFIES.test(cast.name) && !isPlainlyOff(value) && isZeroCast(value)) {
    throw mismatch(cast, 'true or false', value)
  }
  const number = toInteger(cast, value)
  if (id === CURLOPT_SSL_VERIFYHOST && number === 1) {
    // libcurl has not supported the value 1 since 7.66.
    notice(
      `${cast.where}: CURLOPT_SSL_VERIFYHOST no longer accepts the value 1, value 2 will be used instead`,
    )
    return 2
  }
  if (id === constants.CURLOPT_POSTREDIR) return Number(BigInt.asUintN(3, BigInt(number)))
  if (id === constants.CURLOPT_BUFFERSIZE) return bufferSize(number)
  return narrowed(cast.name, largeOf(id) >= OFFSETS, number)
}

/** True for what PHP would turn into 0, except objects, which it turns into 1. */
function isZeroCast(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return isPhpArray(value) && !isTruthy(value)
  return typeof value !== 'function' && typeof value !== 'symbol' && Number(toInteger(NOWHERE, value)) === 0
}

const NOWHERE: Cast = { where: '', name: '' }
