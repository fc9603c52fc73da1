/**
 * Uses header lines while they arrive: for `-D`, `-i`, names of files that the server gives (`-J`),
 * `--etag-save`, and the fields that `-w` may ask for. Does not know how a transfer is made, nor its body.
 */
import { closeSync, fstatSync, ftruncateSync, openSync } from 'node:fs'
import type { Operation } from '../invocation.js'
import type { BodyFile } from './body-file.js'
import { STDERR, STDOUT, writeAll } from './descriptors.js'
import { dispositionFileName, makeFoldersOf, nameFromServer } from './file-names.js'
import type { HeaderStore } from './header-store.js'
import type { RunMessages } from './messages.js'

/** Protocols whose "headers" `-i` shows with the body. */
const SHOWN = new Set(['http', 'https', 'rtsp', 'file'])

/** The facts of a transfer while its headers come. */
export interface HeaderFacts {
  /** Lower case. */
  readonly scheme: string
  readonly status: number
  readonly isFromProxy: boolean
}

/** A file of `-D` or `--etag-save` cannot be opened. */
export class CannotOpen extends Error {}

/** Hears the header lines of one transfer. */
export class HeaderSink {
  private readonly dumpFd: number | null
  private readonly etagFd: number | null
  private isEtagFile = false
  private awaitsName: boolean
  private held: Buffer[] = []

  /**
   * @param isFirst true for the first transfer of its operation, which empties the file of `-D`
   * @param store takes what `-w` may ask for; null: it asks for nothing
   * @param isStyled true if names are shown bold: on a terminal
   */
  constructor(
    private readonly operation: Operation,
    private readonly body: BodyFile,
    private readonly messages: RunMessages,
    private readonly store: HeaderStore | null,
    setup: {
      readonly isFirst: boolean
      readonly etagFd: number | null
      readonly takesName: boolean
      readonly isStyled: boolean
    },
  ) {
    this.etagFd = setup.etagFd
    this.isEtagFile = setup.etagFd !== null && setup.etagFd !== STDOUT
    this.awaitsName = setup.takesName
    this.isStyled = setup.isStyled
    this.dumpFd = this.openDump(setup.isFirst)
  }

  private readonly isStyled: boolean

  /** True if anything needs header lines. */
  get isWanted(): boolean {
    const { showHeaders } = this.operation.settings
    return (
      this.dumpFd !== null || this.etagFd !== null || this.awaitsName || this.store !== null || showHeaders
    )
  }

  private openDump(isFirst: boolean): number | null {
    const { dumpHeader, createDirs } = this.operation.settings
    if (dumpHeader === undefined) return null
    if (dumpHeader === '%') return this.messages.fd
    if (dumpHeader === '-') return STDOUT
    if (createDirs && !makeFoldersOf(dumpHeader, this.messages)) throw new CannotOpen()
    try {
      if (isFirst) closeSync(openSync(dumpHeader, 'w'))
      return openSync(dumpHeader, 'a')
    } catch {
      this.messages.error(`Failed to open ${dumpHeader}`)
      throw new CannotOpen()
    }
  }

  /** Takes a line as libcurl gives it. False: the transfer is to end. Throws what the system says. */
  hear(line: Buffer, facts: () => HeaderFacts): boolean {
    const { dumpFd, body, store } = this
    const { showHeaders } = this.operation.settings
    if (dumpFd !== null) {
      if (dumpFd === STDOUT && !body.isFile) body.flush()
      writeAll(dumpFd, line)
    }
    const isAsked = this.etagFd !== null || this.awaitsName || store !== null || showHeaders
    if (!isAsked) return true
    const { scheme, status, isFromProxy } = facts()
    if (scheme === 'http' || scheme === 'https') {
      const isGood = status >= 200 && status < 400
      if (isGood && this.etagFd !== null && startsWith(line, 'etag:')) this.saveEtag(line)
      else if (isGood && this.awaitsName) {
        const verdict = this.takeName(line, status)
        if (verdict !== null) return verdict
      }
    }
    store?.hear(line, isFromProxy ? 'proxy' : 'server')
    if (!showHeaders || body.isDiscarded || !SHOWN.has(scheme)) return true
    if (!body.isOpen && !body.create()) return false
    body.addHead(this.isStyled ? styled(line) : line)
    if (line[0] === 13 || line[0] === 10) body.flush()
    return true
  }

  /** Lines that waited for the name of the file go there. Before the first chunk of the body. */
  release(): void {
    for (const line of this.held) this.body.addHead(line)
    this.held = []
  }

  /** True and false end the hearing of this line; null: it goes on. */
  private takeName(line: Buffer, status: number): boolean | null {
    const { body } = this
    const { showHeaders, outputDir } = this.operation.settings
    const at = (name: string): string =>
      outputDir === undefined || outputDir === '' ? name : `${outputDir}/${name}`
    if (startsWith(line, 'location:') && status >= 300) {
      const value = textAfter(line, 9).replace(/^[ \t]+/, '')
      const name = value === '' ? undefined : nameFromServer(value, 'location')
      // For as long as no better one comes.
      if (name !== undefined && !body.rename(at(name))) return false
    } else if (startsWith(line, 'content-disposition:')) {
      const name = dispositionFileName(textAfter(line, 20))
      if (name !== undefined) {
        if (!body.rename(at(name))) return false
        this.awaitsName = false
      }
      if (!body.isOpen && !body.create()) return false
      this.release()
    }
    if (!this.awaitsName || !showHeaders) return null
    this.held.push(line)
    return true
  }

  private saveEtag(line: Buffer): void {
    const fd = this.etagFd as number
    const text = textAfter(line, 5)
    if (!text.endsWith('\n')) return
    const value = text.replace(/^[ \t]+/, '').replace(/\s+$/, '')
    if (value === '') return
    if (this.isEtagFile && fstatSync(fd).isFile()) ftruncateSync(fd, 0)
    writeAll(fd, Buffer.from(`${value}\n`, 'latin1'))
  }

  /** The transfer is over. */
  close(): void {
    for (const fd of [this.dumpFd, this.etagFd])
      if (fd !== null && fd > STDERR && fd !== this.messages.fd) closeSync(fd)
  }
}

function startsWith(line: Buffer, name: string): boolean {
  return line.length > name.length && line.toString('latin1', 0, name.length).toLowerCase() === name
}

function textAfter(line: Buffer, start: number): string {
  return line.toString('latin1', start)
}

const BOLD = '\x1b[1m'
const BOLD_OFF = '\x1b[22m'

/** The name bold, as curl shows it on terminals. */
function styled(line: Buffer): Buffer {
  const text = line.toString('latin1')
  const colon = text.indexOf(':')
  if (colon < 0) return line
  return Buffer.from(`${BOLD}${text.slice(0, colon)}${BOLD_OFF}${text.slice(colon)}`, 'latin1')
}
