/**
 * Which file the body of a request goes to. Does not write it.
 */
import { resolve } from 'node:path'
import { resolveOutput } from '../bodies/output-path.js'
import { OptionError, type RequestOptions, type Transfer } from '../index.js'
import { isSpecial } from './files.js'
import type { Input } from './input-line.js'
import { messageOf, OutputError, UsageError } from './mistakes.js'
import type { Settings } from './settings.js'
import { checkLineOutput, checkTemplate, fillTemplate, hasVariables, remoteName } from './template.js'

interface Place {
  readonly name: (transfer: Transfer | null) => string
  /** Whether the name is known before the answer. */
  readonly isEarly: boolean
  readonly makesFolders: boolean
  readonly folder: string | undefined
}

/** Names files as -o, -O and lines of input have it. */
export class Naming {
  constructor(private readonly settings: Settings) {
    for (const template of settings.templates) checkTemplate(template, settings.inputs.length > 0)
  }

  /** What a download takes; null: the body goes to memory. */
  options(input: Input, n: number): RequestOptions | null {
    const place = this.placeOf(input, n)
    if (place === undefined || this.settings.include) return null
    const { name, isEarly, makesFolders, folder } = place
    // Downloads are put in their place by renaming.
    if (isEarly && isSpecial(resolve(folder ?? '.', name(null)))) return null
    return {
      output: isEarly ? name(null) : (transfer) => name(transfer),
      createDirs: makesFolders,
      ...(folder !== undefined && { outputDir: folder }),
    }
  }

  /** The file of a body that is in memory; undefined: stdout. `OutputError` where there can be none. */
  path(input: Input, n: number, transfer: Transfer): string | undefined {
    const place = this.placeOf(input, n)
    if (place === undefined) return undefined
    const name = place.name(transfer)
    try {
      return resolveOutput(name, place.folder, place.makesFolders)
    } catch (error) {
      // Where it would leave its folder, that is for this one request to tell.
      if (error instanceof OptionError) throw error
      throw new OutputError(`${name}: ${messageOf(error)}`)
    }
  }

  /** The name as it was asked for. */
  name(input: Input, n: number, transfer: Transfer): string | undefined {
    const { outputDir } = this.settings
    const name = this.placeOf(input, n)?.name(transfer)
    return name === undefined || outputDir === undefined ? name : `${outputDir.replace(/\/$/, '')}/${name}`
  }

  private placeOf(input: Input, n: number): Place | undefined {
    const { outputDir, createDirs, templates, remoteName: isRemote } = this.settings
    const { output } = input
    if (output !== undefined) {
      checkLineOutput(output)
      return { name: () => output, isEarly: true, makesFolders: true, folder: outputDir ?? '.' }
    }
    if (isRemote) {
      return {
        name: () => remoteName(input.url),
        isEarly: true,
        makesFolders: createDirs,
        folder: outputDir ?? '.',
      }
    }
    // As in curl, several -o belong to the URLs in order; here the last one to all that follow, where it names them all.
    const template = templates[Math.min(n, templates.length) - 1]
    if (template === undefined || template === '-') return undefined
    const isTemplate = hasVariables(template)
    // What is written to a device does not take anything away.
    if (!isTemplate && n > templates.length && !isSpecial(template)) {
      throw new UsageError(
        `-o ${template} is one file, and there are more requests: use a template, such as {n}`,
      )
    }
    return {
      name: (transfer) => fillTemplate(template, { input, n, status: transfer?.responseCode ?? 0 }),
      isEarly: !template.includes('{status}'),
      makesFolders: isTemplate || createDirs,
      folder: outputDir,
    }
  }
}
