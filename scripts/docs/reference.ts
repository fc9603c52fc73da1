/**
 * Generates the reference of all exported names from their TSDoc, as Markdown pages. Leaves out libcurl's
 * options and PHP's constants: they are described elsewhere and would make up nine tenths of it. Does not
 * depend on the readers.
 */
import { join, resolve } from 'node:path'
import { Application, type Context, Converter } from 'typedoc'
import type {} from 'typedoc-plugin-markdown'
import { entryPoints } from '../package/entry-points.js'

const root = resolve(import.meta.dirname, '../..')
const ENTRIES = entryPoints(root)

/** Reads the source. A broken link is an error. */
async function read(out: string): Promise<[Application, Awaited<ReturnType<Application['convert']>>]> {
  const app = await Application.bootstrapWithPlugins({
    name: 'parallelcurl',
    entryPoints: ENTRIES.map((name) => join(root, 'src', `${name}.ts`)),
    tsconfig: join(root, 'scripts/package/tsconfig.json'),
    plugin: ['typedoc-plugin-markdown'],
    out,
    // The folder contains nothing else, and pages of removed names must not stay.
    cleanOutputDir: true,
    readme: 'none',
    logLevel: 'Warn',
    disableSources: true,
    hideGenerator: true,
    excludeInternal: true,
    excludePrivate: true,
    excludeExternals: true,
    externalPattern: ['**/node_modules/**', '**/curl-options.ts', '**/php/values/constants.ts'],
    // The names and numbers of PHP's constants.
    intentionallyNotExported: ['AlwaysString', 'NumberInfo', 'StringInfo'],
    validation: { notExported: true, invalidLink: true, invalidPath: true, rewrittenLink: true },
    treatWarningsAsErrors: true,
    treatValidationWarningsAsErrors: true,
  })
  // The same options under their full names come from a mapped type, so excluding their file does not remove
  // them.
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }: Context) => {
    for (const reflection of Object.values(project.reflections))
      if (reflection.name.startsWith('CURLOPT_')) project.removeReflection(reflection)
    // Entries get the names that users import.
    for (const entry of project.children ?? [])
      entry.name = entry.name === 'index' ? 'parallelcurl' : `parallelcurl/${entry.name}`
  })
  return [app, await app.convert()]
}

/** Throws if there were errors or warnings, which were printed on stderr. */
function assertGood(app: Application, isRead: boolean): void {
  const { errorCount, warningCount } = app.logger
  if (!isRead || errorCount + warningCount > 0)
    throw new Error(`${errorCount} errors and ${warningCount} warnings in comments of the source`)
}

/** Checks all links. Writes nothing. */
export async function checkReference(): Promise<void> {
  const [app, project] = await read(join(root, 'docs/api'))
  if (project !== undefined) app.validate(project)
  assertGood(app, project !== undefined)
}

/** Writes the pages into the folder and deletes everything else in it. README.md is the first page. */
export async function writeReference(folder: string): Promise<void> {
  const [app, project] = await read(folder)
  if (project !== undefined) {
    app.validate(project)
    await app.generateOutputs(project)
  }
  assertGood(app, project !== undefined)
}
