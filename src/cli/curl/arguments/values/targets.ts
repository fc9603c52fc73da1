/**
 * URLs, outputs and uploads as they are paired by order. Does not know what becomes of them.
 */
import type { OperationDraft, Parsing } from '../parsing.js'
import { OptionProblem } from '../problems.js'
import { linesOf, readInput, toText } from './files.js'

/** A URL, or those of `@FILE`, which are saved by their remote names. */
export function addUrl(parsing: Parsing, value: string): void {
  if (!value.startsWith('@')) {
    addOne(parsing, value, false)
    return
  }
  const path = value.slice(1)
  const bytes = path === '-' ? parsing.context.readStdin() : readSilently(parsing, path)
  for (const [, line] of linesOf(toText(bytes, path))) addOne(parsing, line, true)
}

/** curl says nothing of its own about a list that it cannot read. */
function readSilently(parsing: Parsing, path: string): Buffer {
  try {
    return parsing.context.readFile(path)
  } catch {
    throw new OptionProblem('unreadable')
  }
}

function addOne(parsing: Parsing, url: string, isOfList: boolean): void {
  const { operation } = parsing
  const target = operation.targetAt(operation.urls++)
  if (url === '') throw new OptionProblem('blank')
  target.url = url
  if (isOfList) target.remoteName = target.noGlob = true
  if (operation.urls > 1) checkEtags(parsing, operation)
}

function checkEtags(parsing: Parsing, { settings }: OperationDraft): void {
  if (settings.etagSave !== undefined || settings.etagCompare !== undefined) refuseEtags(parsing)
}

export function refuseEtags(parsing: Parsing): never {
  parsing.error('The etag options only work on a single URL')
  throw new OptionProblem('badUse')
}

/** `-o`; null is `--out-null`. */
export function addOutput(parsing: Parsing, path: string | null): void {
  const { operation } = parsing
  const target = operation.targetAt(operation.outputs++)
  if (path === '') throw new OptionProblem('blank')
  if (path === null) delete target.output
  else target.output = path
  target.remoteName = false
  target.discard = path === null
}

/** `-O`. */
export function addRemoteName(parsing: Parsing, isOn: boolean): void {
  const { operation, settings } = parsing
  if (!isOn && !settings.remoteNameAll) return
  const target = operation.targetAt(operation.outputs++)
  delete target.output
  target.remoteName = isOn
  target.discard = false
}

/** `-T`; '' sends nothing to the URL. */
export function addUpload(parsing: Parsing, path: string): void {
  const { operation } = parsing
  const target = operation.targetAt(operation.uploads++)
  if (path !== '') target.upload = path
}

/** Header lines of `@FILE`, or one line. */
export function addHeaders(parsing: Parsing, list: string[], value: string, kind: 'HTTP' | 'proxy'): void {
  if (value.startsWith('@')) {
    const path = value.slice(1)
    for (const [, line] of linesOf(toText(readInput(parsing, path), path))) list.push(line.replace(/\r$/, ''))
    return
  }
  if (!/[:;]/.test(value)) parsing.warn(`The provided ${kind} header '${value}' does not look like a header?`)
  list.push(value)
}
