/**
 * Forms as `-F` spells them, put together field by field. Opens no file but those of headers and stdin.
 */
import { systemText } from '../../../errors/system-text.js'
import type { FormContent, FormNode } from '../../operation-settings.js'
import type { CurlContext } from '../../invocation.js'
import { OptionProblem } from '../problems.js'
import { linesOf, toBytes } from './files.js'

/** The surroundings that the reader of a field needs. */
export interface FormParsing {
  readonly context: Pick<CurlContext, 'readFile' | 'readStdin'>
  warn(text: string): void
}

/** A form in the making, and its groups that are still open, the form itself first. */
export interface FormDraft {
  readonly settings: { form?: FormNode }
  readonly openGroups: FormNode[][]
}

/** Adds fields to the form of an operation. */
export class FormBuilder {
  private readonly open: FormNode[][]

  constructor({ settings, openGroups }: FormDraft) {
    this.open = openGroups
    if (openGroups.length > 0) return
    const parts: FormNode[] = []
    settings.form = { headers: [], content: { kind: 'parts', parts } }
    openGroups.push(parts)
  }

  private get current(): FormNode[] {
    return this.open.at(-1) as FormNode[]
  }

  /** @param isLiteral - `--form-string`: the value has no grammar */
  add(parsing: FormParsing, input: string, isLiteral: boolean): void {
    const at = input.indexOf('=')
    if (at < 0) {
      parsing.warn('Illegally formatted input field')
      throw new OptionProblem('badUse')
    }
    const name = at > 0 ? input.slice(0, at) : undefined
    const value = input.slice(at + 1)
    if (isLiteral) this.addNode(name, { headers: [], content: data(value) })
    else if (value.startsWith('(')) this.openGroup(parsing, name, value)
    else if (name === undefined && value === ')') this.closeGroup(parsing)
    else if (value.startsWith('@')) this.addFiles(parsing, name, value)
    else this.addValue(parsing, name, value)
  }

  private addNode(name: string | undefined, node: FormNode): void {
    if (name !== undefined) node.name = name
    this.current.push(node)
  }

  private openGroup(parsing: FormParsing, name: string | undefined, value: string): void {
    const reader = new FieldReader(parsing, value, 0)
    const { type, headers } = reader.read('', ['type', 'headers'])
    const parts: FormNode[] = []
    this.addNode(name, { headers, content: { kind: 'parts', parts }, ...(type !== undefined && { type }) })
    this.open.push(parts)
  }

  private closeGroup(parsing: FormParsing): void {
    if (this.open.length === 1) {
      parsing.warn('no multipart to terminate')
      throw new OptionProblem('badUse')
    }
    this.open.pop()
  }

  /** One file, or several as a group of their own. */
  private addFiles(parsing: FormParsing, name: string | undefined, value: string): void {
    const reader = new FieldReader(parsing, value, 0)
    const files: FormNode[] = []
    do {
      reader.skipOne()
      const { content, headers, ...rest } = reader.read(',', ['type', 'filename', 'encoder', 'headers'])
      files.push({ headers, content: fileOf(parsing, content, true), ...named(content, rest) })
    } while (reader.isAt(','))
    const [first] = files
    if (files.length === 1 && first !== undefined) this.addNode(name, first)
    else this.addNode(name, { headers: [], content: { kind: 'parts', parts: files } })
  }

  private addValue(parsing: FormParsing, name: string | undefined, value: string): void {
    const isFile = value.startsWith('<')
    const reader = new FieldReader(parsing, value, isFile ? 1 : 0)
    const taken = isFile ? ['type', 'encoder', 'headers'] : ['type', 'filename', 'encoder', 'headers']
    const { content, headers, ...rest } = reader.read('', taken)
    reader.warnOfRest()
    const body = isFile ? fileOf(parsing, content, false) : data(content)
    this.addNode(name, { headers, content: body, ...rest })
  }
}

function data(text: string): FormContent {
  return { kind: 'data', bytes: toBytes(text) }
}

/** stdin is read at once: it may be no file, and there is one of it. */
function fileOf(parsing: FormParsing, path: string, sendsName: boolean): FormContent {
  if (path === '-') return { kind: 'data', bytes: parsing.context.readStdin(), isStdin: true }
  return { kind: 'file', path, sendsName }
}

/** A part from stdin is called `-`, unless it has a name of its own. */
function named(path: string, rest: Omit<Field, 'content' | 'headers'>): Omit<Field, 'content' | 'headers'> {
  return path === '-' && rest.filename === undefined ? { ...rest, filename: '-' } : rest
}

interface Field {
  content: string
  headers: string[]
  type?: string
  filename?: string
  encoder?: string
}

type Attribute = 'type' | 'filename' | 'encoder' | 'headers'

const BLANK = /[ \t]/
/** The characters that end a media type. */
const TYPE_END = /[()<>@,;:\\"[\]?=\r\n ]/

/** Reads a value and what stands behind its semicolons. */
class FieldReader {
  constructor(
    private readonly parsing: FormParsing,
    private readonly text: string,
    private at: number,
  ) {}

  skipOne(): void {
    this.at++
  }

  isAt(character: string): boolean {
    return this.text[this.at] === character
  }

  /** @param end - ends the field besides the end of the text */
  read(end: string, allowed: readonly string[]): Field {
    this.skipBlanks()
    const field: Field = { content: this.word(end), headers: [] }
    let typeEnd: number | undefined
    let typeStart = 0
    const closeType = (): void => {
      if (typeEnd !== undefined) field.type = this.text.slice(typeStart, typeEnd)
      typeEnd = undefined
    }
    while (this.isAt(';')) {
      this.at++
      this.skipBlanks()
      if (typeEnd === undefined && this.takes('type=')) {
        this.skipBlanks()
        typeStart = this.at
        while (this.at < this.text.length && !TYPE_END.test(this.text[this.at] ?? '')) this.at++
        typeEnd = this.at
        // Something odd behind it ends curl's reading of attributes.
        if (!this.isAt(';')) break
      } else if (this.takes('filename=')) {
        closeType()
        this.skipBlanks()
        field.filename = this.word(end)
      } else if (this.takes('headers=')) {
        closeType()
        this.takeHeaders(field, end)
      } else if (this.takes('encoder=')) {
        closeType()
        this.skipBlanks()
        field.encoder = this.word(end)
      } else if (typeEnd !== undefined) typeEnd = this.typeParameter(end)
      else {
        const unknown = this.word(end)
        if (unknown !== '') this.parsing.warn(`skip unknown form field: ${unknown}`)
      }
    }
    closeType()
    this.refuse(field, allowed)
    return field
  }

  warnOfRest(): void {
    if (this.at < this.text.length)
      this.parsing.warn(`garbage at end of field specification: ${this.text.slice(this.at)}`)
  }

  private skipBlanks(): void {
    while (BLANK.test(this.text[this.at] ?? '')) this.at++
  }

  private takes(prefix: string): boolean {
    if (this.text.slice(this.at, this.at + prefix.length).toLowerCase() !== prefix) return false
    this.at += prefix.length
    return true
  }

  /** A parameter of a media type, such as `charset=utf-8`. @returns where it ends, blanks left out */
  private typeParameter(end: string): number {
    let last = this.at
    while (!this.isEnd(end)) {
      if (!BLANK.test(this.text[this.at] ?? '')) last = this.at + 1
      this.at++
    }
    return last
  }

  private isEnd(end: string): boolean {
    const character = this.text[this.at]
    return character === undefined || character === ';' || (end !== '' && character === end)
  }

  private takeHeaders(field: Field, end: string): void {
    const isFile = this.isAt('@') || this.isAt('<')
    if (isFile) this.at++
    this.skipBlanks()
    const value = this.word(end)
    if (!isFile) {
      field.headers.push(value)
      return
    }
    let text
    try {
      text = this.parsing.context.readFile(value).toString('utf8')
    } catch (error) {
      this.parsing.warn(`Cannot read from ${value}: ${systemText(error)}`)
      return
    }
    for (const [, line] of linesOf(text)) {
      const trimmed = line.replace(/[ \t\r\n]+$/, '')
      if (trimmed === '') continue
      if (trimmed.startsWith(' ') && field.headers.length > 0)
        field.headers.push(`${field.headers.pop() ?? ''}${trimmed}`)
      else field.headers.push(trimmed)
    }
  }

  /** A word up to `;` or `end`; in double quotes it may have both, and `\"` and `\\`. */
  private word(end: string): string {
    const start = this.at
    if (this.isAt('"')) {
      const quoted = /^"((?:\\[\\"]|[^"\\]|\\(?![\\"]))*)"/.exec(this.text.slice(start))
      if (quoted !== null) {
        this.at += quoted[0].length
        const rest = this.at
        while (!this.isEnd(end)) this.at++
        if (this.text.slice(rest, this.at).trim() !== '')
          this.parsing.warn('Trailing data after quoted form parameter')
        return (quoted[1] ?? '').replace(/\\([\\"])/g, '$1')
      }
    }
    while (!this.isEnd(end)) this.at++
    return this.text.slice(start, this.at).replace(/[ \t]+$/, '')
  }

  private refuse(field: Field, allowed: readonly string[]): void {
    const check = (name: Attribute, words: string, shown: string | undefined): void => {
      if (shown === undefined || allowed.includes(name)) return
      this.parsing.warn(`Field ${words} not allowed here: ${shown}`)
      if (name === 'headers') field.headers = []
      else Reflect.deleteProperty(field, name)
    }
    check('type', 'content type', field.type)
    check('filename', 'filename', field.filename)
    check('encoder', 'encoder', field.encoder)
    check('headers', 'headers', field.headers[0])
  }
}
