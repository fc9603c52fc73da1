/**
 * What tests of downloads begin with: a server, and for each test an empty folder with the name of a file in
 * it. Does not know what is downloaded.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RequestOptions, Transfer } from '../../src/index.js'
import { sendAlone } from './requests.js'
import { startHttpServer, type HttpServer } from './servers/http/http-server.js'

/** Where one test downloads from and to. */
export interface DownloadPlace {
  readonly server: HttpServer
  readonly folder: string
  /** Is not there yet. */
  readonly file: string
}

/** Call it in `describe`: `use` gets the place of each test before it begins. */
export function withDownloadPlace(use: (place: DownloadPlace) => void): void {
  let server: HttpServer
  let folder: string
  before(async () => {
    server = await startHttpServer()
  })
  beforeEach(() => {
    server.forget()
    folder = mkdtempSync(join(tmpdir(), 'downloads-'))
    use({ server, folder, file: join(folder, 'file.bin') })
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })
  after(() => server.close())
}

/** One download with an instance of its own. */
export async function download(url: string, options: RequestOptions): Promise<Transfer> {
  return (await sendAlone(url, { options })).transfer
}
