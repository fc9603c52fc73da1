/**
 * A server with pages that can be cached, a folder for a cache with a clock of its own, and the facts of outcomes. Does
 * not depend on what a test is about.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HttpCache, type HttpCacheOptions, type Transfer } from '../../src/index.js'
import type { Handler } from './servers/http/http-exchange.js'
import { startHttpServer, type HttpServer } from './servers/http/http-server.js'

export class CachingBench {
  now = Date.now()
  readonly cache: HttpCache

  private constructor(
    readonly server: HttpServer,
    readonly folder: string,
  ) {
    this.cache = this.open()
  }

  static async start(): Promise<CachingBench> {
    const folder = mkdtempSync(join(tmpdir(), 'parallelcurl-cache-'))
    return new CachingBench(await startHttpServer(), folder)
  }

  /** Returns another cache in the same folder, with the same clock. */
  open(options: Partial<HttpCacheOptions> = {}): HttpCache {
    const cache = new HttpCache({ dir: join(this.folder, 'cache'), ...options })
    cache.now = () => this.now
    return cache
  }

  /** Serves a body with a tag, and answers 304 to whoever has it. */
  serve(path: string, headers: Record<string, string>, body: () => string = () => `body of ${path}`): void {
    this.server.route(path, tagged(headers, body))
  }

  /** The requests that have arrived, each as its method, path and condition. */
  get seen(): string[] {
    return this.server.requests.map(({ method, url, headers }) =>
      [method, url, headers['if-none-match'] ?? ''].join(' ').trim(),
    )
  }

  /** The files of the cache, besides its mark. */
  files(): string[] {
    return readdirSync(this.cache.dir, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(json|body|tmp)$/.test(name) && name.includes('/'))
      .map((name) => join(this.cache.dir, name))
  }

  /** All bytes on the disk, one character for each. */
  bytes(): string {
    return this.files()
      .map((path) => `${path}\n${readFileSync(path, 'latin1')}`)
      .join('\n')
  }

  async close(): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true })
    await this.server.close()
  }
}

export function tagged(headers: Record<string, string>, body: () => string): Handler {
  return (request, response) => {
    const text = body()
    const etag = `"${String(text.length)}-${text.slice(0, 20).trim()}"`
    const isSame = request.headers['if-none-match'] === etag
    response.writeHead(isSame ? 304 : 200, { ETag: etag, 'Content-Type': 'text/plain', ...headers })
    response.end(isSame || request.method === 'HEAD' ? undefined : text)
  }
}

export const facts = ({ cache, responseCode, content }: Transfer): unknown[] => [cache, responseCode, content]
