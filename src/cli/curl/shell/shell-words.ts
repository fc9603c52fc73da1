/**
 * The common parts of the readers of shells. Does not know any shell.
 */
import { UsageError } from '../../errors/errors.js'

/** The words of one command. A byte that is no UTF-8 stands as U+DC80 and above, as Python has it. */
export type Words = string[]

/** Returns the error for syntax that only a shell can carry out. */
export function needsShell(what: string): UsageError {
  return new UsageError(
    `--from-curl: ${what} needs a shell, and no shell runs here: put in what it stands for`,
  )
}

export function unfinished(what: string): UsageError {
  return new UsageError(`--from-curl: ${what} is not closed`)
}

/** A byte that stands alone, as a character that no text has. */
export function loneByte(byte: number): string {
  return byte < 0x80 ? String.fromCharCode(byte) : String.fromCharCode(0xdc00 + byte)
}

/** One character of UTF-8 at the beginning, or one byte. Bytes are those of Latin-1 here. */
const PIECE = /[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|[\x80-\xff]/g

/** Bytes of characters above, put together where they are UTF-8. */
export function joinLoneBytes(text: string): string {
  return text.replace(/[\udc80-\udcff]{2,}/gu, (run) =>
    Array.from(run, (character) => String.fromCharCode(character.charCodeAt(0) - 0xdc00))
      .join('')
      .replace(PIECE, (piece) => {
        const decoded = Buffer.from(piece, 'latin1').toString('utf8')
        const isText = piece.length > 1 && Buffer.from(decoded).toString('latin1') === piece
        return isText ? decoded : Array.from(piece, (byte) => loneByte(byte.charCodeAt(0))).join('')
      }),
  )
}

/** Collects words and commands. */
export class WordList {
  readonly commands: Words[] = []
  private words: Words = []
  private word: string | undefined

  add(text: string): void {
    this.word = (this.word ?? '') + text
  }

  get isInWord(): boolean {
    return this.word !== undefined
  }

  endWord(): void {
    if (this.word !== undefined) this.words.push(joinLoneBytes(this.word))
    this.word = undefined
  }

  endCommand(): void {
    this.endWord()
    if (this.words.length > 0) this.commands.push(this.words)
    this.words = []
  }
}
