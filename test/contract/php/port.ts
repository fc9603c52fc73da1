/**
 * Runs a case through the migration kit, and tells what its callback saw in the words of run-cases.php. Does
 * not know PHP.
 */
import {
  closeSync,
  createReadStream,
  createWriteStream,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import * as php from '../../../src/php/index.js'
import type { Case, Value } from './case.js'
import type { Seen } from './real.js'

const { curl_errno, curl_error, curl_getinfo, curl_multi_getcontent } = php
const table = php as unknown as Readonly<Record<string, number>>

/** An object that PHP cannot make a string of. */
class Something {
  readonly a = 1
}

/** The calls that functions have noted. */
export interface Run {
  log: string | unknown[] | null
  readonly folder: string
  readonly outs: Map<string, { stream: Writable; path: string }>
  descriptor: number | undefined
  /** Handles by the names that a script gives them. */
  readonly named: Map<string, unknown>
  readonly refs: Map<string, { value: unknown }>
}

/** Floats whose words differ. */
const FLOATS: Readonly<Record<string, number>> = { NAN: NaN, INF: Infinity, '-INF': -Infinity }

export function decode(value: Value, run: Run): unknown {
  if (typeof value !== 'object' || value === null) return value
  if ('$bytes' in value) return Buffer.from(value.$bytes, 'base64')
  if ('$float' in value) return FLOATS[value.$float] ?? Number(value.$float)
  if ('$const' in value) return table[value.$const]
  if ('$file' in value) return new php.CURLFile(...(value.$file as [string]))
  if ('$stringFile' in value) {
    const [data = '', ...rest] = value.$stringFile
    return new php.CURLStringFile(Buffer.from(data, 'base64'), ...(rest as [string]))
  }
  if ('$handle' in value) return run.named.get(value.$handle)
  if ('$ref' in value) return refOf(value.$ref, run)
  if ('$object' in value) return new Something()
  if ('$stringable' in value) return { toString: () => value.$stringable }
  if ('$out' in value) return out(value.$out, run)
  if ('$in' in value) return createReadStream(value.$in)
  if ('$readonly' in value) return createReadStream(value.$readonly)
  if ('$fn' in value) return callbackFor(value.$fn, run)
  const isList = value.$array.every(([key], index) => key === index)
  const items = value.$array.map(([key, item]) => [key, decode(item, run)] as const)
  return isList ? items.map(([, item]) => item) : new Map<string | number, unknown>(items)
}

function refOf(name: string, { refs }: Run): { value: unknown } {
  const ref = refs.get(name) ?? { value: null }
  refs.set(name, ref)
  return ref
}

function out(name: string, run: Run): Writable {
  const path = join(run.folder, name)
  const known = run.outs.get(name)
  if (known !== undefined) return known.stream
  // Opened at once: an unused stream would open its file after the file is gone.
  const stream = createWriteStream(path, { fd: openSync(path, 'w') })
  run.outs.set(name, { stream, path })
  return stream
}

function callbackFor(name: string, run: Run): (...args: never[]) => unknown {
  const list = (): unknown[] => (run.log = Array.isArray(run.log) ? run.log : [])
  const functions: Record<
    string,
    (ch: php.AnyHandle, data: Buffer, length: number, ...rest: number[]) => unknown
  > = {
    collect: (_ch, data) => {
      run.log = (typeof run.log === 'string' ? run.log : '') + data.toString()
      return data.length
    },
    lines: (_ch, data) => {
      list().push(data.toString())
      return data.length
    },
    short: (_ch, data) => data.length - 1,
    nothing: () => undefined,
    zero: () => 0,
    noteOnly: (_ch, data) => void list().push(data.toString()),
    closesBody: (_ch, data) => {
      run.outs.get('body')?.stream.destroy()
      return data.length
    },
    readPauses: () => {
      list().push(list().length)
      return ['Foo bar ', php.CURL_READFUNC_PAUSE, 'baz qux', ''][list().length - 1]
    },
    minusOne: () => -1,
    askHandle: (ch, data) => {
      list().push([curl_getinfo(ch, php.CURLINFO_HTTP_CODE), curl_errno(ch)])
      return data.length
    },
    read: (_ch, infile, length) => {
      list().push([typeof (infile as unknown) === 'object' && (infile as unknown) !== null, length > 0])
      return list().length > 1 ? '' : 'from a function'
    },
    readInfile: (_ch, infile, length) => {
      const descriptor = (run.descriptor ??= openSync((infile as unknown as { path: string }).path, 'r'))
      const buffer = Buffer.alloc(length)
      return buffer.subarray(0, readSync(descriptor, buffer))
    },
    readAbort: () => 0x10000000,
    progress: (_ch, ...counts) => {
      run.log = counts
      return 0
    },
    progressAbort: () => 1,
    progressVoid: () => undefined,
    throws: () => {
      throw new Error('mine')
    },
    closes: (ch, data) => {
      php.curl_close(ch as php.CurlHandle)
      return data.length
    },
    resets: (ch, data) => {
      php.curl_reset(ch as php.CurlHandle)
      return data.length
    },
    copies: (ch, data) => {
      list().push(php.curl_copy_handle(ch as php.CurlHandle).constructor.name)
      return data.length
    },
    executes: (ch, data) => {
      const seen: unknown[] = []
      list().push(seen)
      void php.curl_exec(ch as php.CurlHandle).then((result) => seen.unshift(result))
      seen.push(curl_errno(ch))
      return data.length
    },
  }
  const found = functions[name]
  if (found === undefined) throw new Error(`no function ${name}`)
  return found
}

function typeName(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

const plain = (value: unknown): unknown => (value instanceof Map ? Object.fromEntries(value) : value)

function look(ch: php.Transfer, content: string | null): Seen {
  const info = curl_getinfo(ch)
  return {
    threw: false,
    content: content === null ? null : ch.body.toString('base64'),
    errno: curl_errno(ch),
    hasError: curl_error(ch) !== '',
    error: curl_error(ch),
    httpCode: curl_getinfo(ch, php.CURLINFO_HTTP_CODE),
    effectiveUrl: curl_getinfo(ch, php.CURLINFO_EFFECTIVE_URL),
    contentType: curl_getinfo(ch, php.CURLINFO_CONTENT_TYPE),
    redirectUrl: curl_getinfo(ch, php.CURLINFO_REDIRECT_URL),
    private: plain(curl_getinfo(ch, php.CURLINFO_PRIVATE)),
    headerOut: curl_getinfo(ch, php.CURLINFO_HEADER_OUT),
    cookies: curl_getinfo(ch, php.CURLINFO_COOKIELIST),
    sameContent: curl_multi_getcontent(ch) === content,
    info,
    types: Object.fromEntries(Object.entries(info).map(([key, value]) => [key, typeName(value)])),
  }
}

/** @param more - options of the library, for all cases */
export async function runPort(test: Case, more: Readonly<Record<string, unknown>> = {}): Promise<Seen> {
  const folder = mkdtempSync(join(tmpdir(), 'php-port-'))
  const run: Run = {
    log: null,
    folder,
    outs: new Map(),
    descriptor: undefined,
    named: new Map(),
    refs: new Map(),
  }
  const seen: Seen = { threw: true }
  const printed: string[] = []
  const write = process.stdout.write.bind(process.stdout)
  const options = new Map<string | number, unknown>(Object.entries(more))
  for (const [name, value] of test.options ?? []) {
    const key = table[name] ?? name
    options.delete(key)
    options.set(key, decode(value, run))
  }
  try {
    // The body of RETURNTRANSFER => false; nothing else prints while one request runs.
    process.stdout.write = (chunk: unknown) => printed.push(String(chunk)) > 0
    const curl = new php.ParallelCurl(1, options)
    const callback = (content: string | null, _url: string, ch: php.Transfer): void => {
      Object.assign(seen, look(ch, content))
    }
    const postFields = decode(test.postFields ?? null, run) as php.PhpPostFields | null
    await curl.startRequest(test.url, callback, [], postFields)
    await curl.close()
  } catch (error) {
    if (!(error instanceof php.OptionError)) throw error
    seen['message'] = error.message
  } finally {
    process.stdout.write = write
  }
  seen['printed'] = printed.join('')
  seen['log'] = run.log
  seen['outs'] = Object.fromEntries(
    [...run.outs].map(([name, { path }]) => [name, readFileSync(path, 'base64')]),
  )
  for (const { stream } of run.outs.values()) stream.destroy()
  if (run.descriptor !== undefined) closeSync(run.descriptor)
  rmSync(folder, { recursive: true })
  return seen
}
