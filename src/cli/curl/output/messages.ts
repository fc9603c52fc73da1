/**
 * Lines for people: `Warning: `, `Note: ` and `curl: `, broken where the terminal ends, and where they go
 * (`--stderr`). Does not know what went wrong.
 */
import { openSync } from 'node:fs'
import type { GlobalSettings } from '../invocation.js'
import { isTerminal, STDERR, STDIN, STDOUT, tryWrite } from './descriptors.js'

export type MessageKind = 'warning' | 'note' | 'error'

const PREFIXES: Readonly<Record<MessageKind, string>> = {
  warning: 'Warning: ',
  note: 'Note: ',
  error: 'curl: ',
}
/** Of a line with its prefix, where nothing else says how wide a terminal is. */
const USUAL_COLUMNS = 79
const MAX_MESSAGE = 1023

/** Writes the lines. */
export class Messages {
  /** Where they go. */
  fd = STDERR
  private columns: number | null = null

  /** @param env where `COLUMNS` is looked up */
  constructor(private readonly env: Readonly<Record<string, string | undefined>>) {}

  /** A line of one kind, whatever the settings say. */
  say(kind: MessageKind, text: string): void {
    const prefix = PREFIXES[kind]
    const width = this.width - prefix.length
    let rest = text.slice(0, MAX_MESSAGE)
    let lines = ''
    while (rest.length > width) {
      let cut = width - 1
      while (cut > 0 && rest[cut] !== ' ' && rest[cut] !== '\t') cut--
      if (cut === 0) cut = width - 1
      lines += `${prefix}${rest.slice(0, cut + 1)}\n`
      rest = rest.slice(cut + 1)
    }
    if (rest !== '') lines += `${prefix}${rest}\n`
    this.write(lines)
  }

  /** Text as it is. */
  write(text: string | Uint8Array): void {
    tryWrite(this.fd, text)
  }

  /** Later lines go to a file; `-` is stdout. */
  redirect(path: string): void {
    if (path === '-') this.fd = STDOUT
    else {
      try {
        this.fd = openSync(path, 'w')
      } catch {
        this.say('warning', `Failed to open ${path}`)
      }
    }
  }

  /** The width of the terminal, in columns. */
  get width(): number {
    return (this.columns ??= this.measure())
  }

  private measure(): number {
    const given = Number(this.env['COLUMNS'])
    if (Number.isInteger(given) && given > 20 && given <= 10_000) return given
    const columns = isTerminal(STDIN) && isTerminal(STDERR) ? process.stderr.columns : undefined
    return columns !== undefined && columns > 0 && columns < 10_000 ? columns : USUAL_COLUMNS
  }
}

/** Messages of a run: those that the settings let through. */
export class RunMessages {
  constructor(
    readonly messages: Messages,
    private readonly global: GlobalSettings,
  ) {}

  /** Where they go. */
  get fd(): number {
    return this.messages.fd
  }

  warn(text: string): void {
    if (!this.global.silent) this.messages.say('warning', text)
  }

  inform(text: string): void {
    if (!this.global.silent) this.messages.say('note', text)
  }

  /** For those who asked for more. */
  note(text: string): void {
    if (this.global.trace.kind !== 'none' && !this.global.silent) this.messages.say('note', text)
  }

  error(text: string): void {
    if (this.showsErrors) this.messages.say('error', text)
  }

  /** A failure of a transfer, in one line however long it is. */
  failure(code: number, text: string): void {
    if (this.showsErrors) this.messages.write(`curl: (${String(code)}) ${text}\n`)
  }

  get showsErrors(): boolean {
    return !this.global.silent || this.global.showError
  }
}
