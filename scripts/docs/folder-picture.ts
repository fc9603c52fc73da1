/**
 * Draws the picture of src's folders for docs/folders.md: which folder imports which. Does not check the
 * imports (.dependency-cruiser.cjs does).
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

const IMPORT = /from '(\.\.?\/[^']+)'/g
/** The start and the end of the picture in the page. */
const PLACE = /(<!-- folders -->\n)[^]*?(<!-- \/folders -->)/

/** Returns the name in the picture: `engine` for `engine/handle/easy-handle.ts`, `errors` for `errors.ts`. */
const drawnAs = (file: string): string => {
  const [first = '', ...rest] = file.split('/')
  return rest.length === 0 ? first.replace(/\.(ts|js)$/, '') : first
}

/** Returns the page with the picture of the current imports. */
export function withFolderPicture(page: string, root: string): string {
  const src = join(root, 'src')
  const arrows = new Map<string, Set<string>>()
  for (const file of readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  )) {
    const from = drawnAs(file)
    for (const [, specifier = ''] of readFileSync(join(src, file), 'utf8').matchAll(IMPORT)) {
      const to = drawnAs(normalize(join(dirname(file), specifier)))
      if (to !== from) arrows.set(from, (arrows.get(from) ?? new Set()).add(to))
    }
  }
  const lines = [...arrows]
    .flatMap(([from, all]) =>
      [...all].filter((to) => !isIndirect(from, to, arrows)).map((to) => `  ${from} --> ${to}`),
    )
    .sort()
  return page.replace(PLACE, `$1\n\`\`\`mermaid\nflowchart TD\n${lines.join('\n')}\n\`\`\`\n\n$2`)
}

/** True if a path through another folder exists, so that the arrow can be left out. */
function isIndirect(from: string, to: string, arrows: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const reaches = (at: string): boolean => {
    const next = arrows.get(at)
    return next !== undefined && (next.has(to) || [...next].some(reaches))
  }
  return [...(arrows.get(from) ?? [])].some((between) => between !== to && reaches(between))
}
