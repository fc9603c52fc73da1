/**
 * Runs a script with the functions of the migration kit, and tells the result of each call in the words of
 * run-scripts.php. Does not know PHP.
 */
import { closeSync, createReadStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Stream, type Readable, type Writable } from 'node:stream'
import * as php from '../../../../src/php/index.js'
import { decode, type Run } from '../port.js'
import type { Seen } from '../real.js'
import type { Script } from './script.js'

type Call = (...args: unknown[]) => unknown
const table = php as unknown as Readonly<Record<string, Call>>

const STEADY =
  'url content_type http_code header_size filetime redirect_count size_download download_content_length redirect_url primary_ip http_version effective_method request_header'.split(
    ' ',
  )

const own: Readonly<Record<string, (run: Run, ...args: never[]) => unknown>> = {
  '@info': (_run, ch: php.CurlHandle) =>
    Object.fromEntries(Object.entries(php.curl_getinfo(ch)).filter(([key]) => STEADY.includes(key))),
  '@hasError': (_run, ch: php.CurlHandle) => php.curl_error(ch) !== '',
  '@read': (_run, path: string) =>
    existsSync(path) ? readFileSync(path, 'utf8').replace(/\t[1-9]\d{9}\t/g, '\tTIME\t') : null,
  '@remove': (_run, path: string) => {
    rmSync(path, { force: true })
    return null
  },
  '@forget': ({ named }, name: string) => {
    php.curl_close(named.get(name) as php.CurlHandle)
    named.delete(name)
    return null
  },
  '@ref': ({ refs }, name: string) => refs.get(name)?.value ?? null,
  '@type': (_run, value: unknown) =>
    typeof value === 'object' && value !== null ? value.constructor.name : typeof value,
  '@forgetName': ({ named }, name: string) => {
    named.delete(name)
    return null
  },
  '@fopen': (_run, path: string) => createReadStream(path),
  '@fclose': (_run, stream: Readable | Writable) => {
    stream.destroy()
    return true
  },
  '@filled': ({ outs }, name: string) => readFileSync(outs.get(name)?.path ?? '').length > 0,
  '@new': (_run, name: string, ...args: unknown[]): unknown =>
    Reflect.construct<unknown[], unknown>(table[name] as never, args),
  '@call': (_run, object: Record<string, Call>, name: string, ...args: unknown[]) => object[name]?.(...args),
  '@get': (_run, object: Record<string, unknown>, name: string) => object[name],
  '@put': (_run, object: Record<string, unknown>, name: string, value: unknown) => {
    object[name] = value
    return null
  },
  '@versionKeys': () => Object.keys(php.curl_version()),
  '@hasFeature': (_run, name: string) =>
    (php.curl_version().features & Number((php as unknown as Record<string, number>)[name])) !== 0,
  '@sameInfo': (_run, one: php.CurlHandle, other: php.CurlHandle) =>
    JSON.stringify(php.curl_getinfo(one)) === JSON.stringify(php.curl_getinfo(other)),
  '@repeat': (_run, count: number, ch: php.CurlHandle) => {
    for (let i = 0; i < count; i++) php.curl_setopt(ch, php.CURLOPT_HTTPHEADER, [`X: ${String(i)}`])
    return null
  },
  '@loopPausing': async (_run, mh: php.CurlMultiHandle, ch: php.CurlHandle) => {
    const running = { value: 0 }
    let status: number
    do {
      status = await php.curl_multi_exec(mh, running)
      php.curl_pause(ch, php.CURLPAUSE_CONT)
      if (running.value) await php.curl_multi_select(mh, 0.05)
    } while (running.value && status === php.CURLM_OK)
    return [status, running.value]
  },
  '@same': (_run, one: unknown, other: unknown) => one === other,
  '@loop': async (_run, mh: php.CurlMultiHandle) => {
    const running = { value: 0 }
    let status: number
    do {
      status = await php.curl_multi_exec(mh, running)
      if (running.value) await php.curl_multi_select(mh, 0.2)
    } while (running.value && status === php.CURLM_OK)
    return [status, running.value]
  },
  '@drain': ({ named }, mh: php.CurlMultiHandle) => {
    const messages: [string, number, number, number][] = []
    const left: { value: number | null } = { value: null }
    for (;;) {
      const message = php.curl_multi_info_read(mh, left as { value: number })
      if (message === false) break
      const name = [...named].find(([, value]) => value === message.handle)?.[0] ?? ''
      messages.push([name, message.msg, message.result, php.curl_errno(message.handle)])
    }
    return [messages.sort(([a], [b]) => (a < b ? -1 : 1)), left.value]
  },
}

function shown(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1')
  if (typeof value === 'string') return Buffer.from(value).toString('latin1')
  if (value === undefined) return null
  if (typeof value === 'bigint') return Number(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(shown)
  if (value instanceof Map) return shown(Object.fromEntries(value as Map<string, unknown>))
  if (Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shown(item)]))
  return value instanceof Stream ? '(resource)' : `(${value.constructor.name})`
}

export async function runScript({ steps }: Script): Promise<Seen> {
  const folder = mkdtempSync(join(tmpdir(), 'php-script-'))
  const named = new Map<string, unknown>()
  const run: Run = { log: null, folder, outs: new Map(), descriptor: undefined, named, refs: new Map() }
  const results: unknown[] = []
  const printed: Buffer[] = []
  const warnings: string[] = []
  const listen = (warning: Error): void => {
    if (warning.name.startsWith('Php')) warnings.push(warning.message)
  }
  process.on('warning', listen)
  const write = process.stdout.write.bind(process.stdout)
  try {
    // Nothing else prints while a script runs.
    process.stdout.write = (chunk: string | Uint8Array) => printed.push(Buffer.from(chunk as string)) > 0
    for (const [result, call, ...args] of steps) {
      try {
        const values = args.map((arg) => decode(arg, run))
        const value: unknown = await (call.startsWith('@')
          ? own[call]?.(run, ...(values as never[]))
          : table[call]?.(...values))
        if (result !== '') named.set(result, value)
        results.push(shown(value))
      } catch (error) {
        results.push({ throws: (error as Error).message })
      }
    }
    await new Promise((resolve) => setImmediate(resolve))
  } finally {
    process.stdout.write = write
    process.off('warning', listen)
  }
  for (const value of named.values()) {
    if (value instanceof php.CurlHandle) php.curl_close(value)
    if (value instanceof Stream) (value as Readable).destroy()
  }
  const outs = Object.fromEntries(
    [...run.outs]
      .filter(([name]) => !name.startsWith('_'))
      .map(([name, { path }]) => [name, readFileSync(path, 'base64')]),
  )
  for (const { stream } of run.outs.values()) stream.destroy()
  if (run.descriptor !== undefined) closeSync(run.descriptor)
  rmSync(folder, { recursive: true })
  return { results, printed: Buffer.concat(printed).toString(), warnings, log: shown(run.log), outs }
}
