/** The known differences between PHP and the functions of the migration kit, by the row of the table. */
import type { Script } from './script.js'

interface Seen {
  readonly php: unknown
  readonly here: unknown
}

/** A difference: in which scripts, and how it looks. */
interface Known {
  readonly why: string
  readonly of: RegExp
  readonly in?: RegExp
  readonly here?: RegExp
}

const CHECKS = /VERIFY(PEER|HOST|STATUS) of every kind$/

const KNOWN: readonly Known[] = [
  { why: 'conversions that switch checks off', of: CHECKS, in: /^step/, here: /expects true or false/ },
  { why: 'functions', of: /FUNCTION of every kind$/, in: /^step/, here: /expects a function/ },
  { why: 'options that cannot be set', of: /of every kind$/, in: /^(step|message)/, here: /is not possible/ },
  {
    why: 'options that cannot be set',
    of: /(_UNIX_SOCKET|_CTRL|FTPSSLAUTH|_CCC|ISSUERCERT_BLOB|SHA256|FALSESTART|STREAM_WEIGHT|NO_OPTIONS) of every kind$|ALTSVC of/,
  },
  { why: '`CURLOPT_SHARE`', of: /SHARE of every kind$/, in: /^step/, here: /expects a Share/ },
  {
    why: 'values that libcurl bends',
    of: /TIMEOUT_MS of every kind$/,
    in: /^step/,
    here: /false|43/,
  },
  { why: 'error numbers after an exception', of: /of every kind$/, in: /^step 17$/, here: /0/ },
  { why: 'numbers as strings', of: /(TRANSFER_ENCODING|SSLENGINE_DEFAULT) of every kind$/ },
  {
    why: 'post fields',
    of: /POSTFIELDS of every kind$/,
    in: /^message/,
    here: /expects a string, URLSearchParams/,
  },
  { why: 'infos before a transfer', of: /^a copy has the options/, here: /"download_content_length":-1/ },
  { why: 'infos before a transfer', of: /^a reset takes all options back/, here: /"effective_method":"GET"/ },
  { why: 'whole floats as strings', of: /^whole floats as strings$/, in: /^requests$/ },
  { why: 'forms of empty arrays', of: /^a form of empty arrays$/, in: /^requests$/ },
  { why: 'names of files', of: /^a CURLFile of a http URL$/ },
  { why: 'uploads to `file://`', of: /^INFILE that becomes a file$/, in: /^step/, here: /false/ },
  { why: 'streams that close during a transfer', of: /^FILE that a header function closes$/ },
  { why: 'cookie jars that cannot be written', of: /^a jar that cannot be written$/, in: /^warnings$/ },
  { why: 'copies of handles with a cookie jar', of: /^a copy writes the jar, too$/, in: /^step (8|10)$/ },
  { why: 'exceptions in functions', of: /function that throws$/, in: /^requests$/ },
]

/** Returns true if a difference has a row in the table. */
export function knownDifference({ name }: Script, key: string, { here }: Seen): boolean {
  return KNOWN.some(
    (known) =>
      known.of.test(name) &&
      (known.in?.test(key) ?? true) &&
      (known.here?.test(JSON.stringify(here)) ?? true),
  )
}
knownDifference.reasons = KNOWN.map(({ why }) => why)
