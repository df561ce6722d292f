import { addItem, parseJson } from './add-to-json.ts'
import { type InitPart, propose } from './edit.ts'
import type { Place } from './place.ts'

/** A manifest's JSON Schema in the installed package. */
interface SchemaEntry {
  fileMatch: string[]
  url: string
}

/**
 * The JSON Schemas of manifests in the settings of VS Code. They are those of the installed package, so that they fit
 * its version and need no network.
 * @param published ids of the kinds whose schema is in the package
 */
export function editorPart({ root, definitions, kinds }: Place, published: readonly string[]): InitPart {
  const below = definitions.replace(/^\.?\/?|\/$/g, '')
  const entries = kinds
    // Front matter is not JSON, so these settings do not reach it.
    .filter(({ id, manifest }) => published.includes(id) && manifest !== 'front-matter')
    .map(({ id, manifestFile }) => ({
      fileMatch: [[below, id, '*', manifestFile].filter(Boolean).join('/')],
      url: `./node_modules/nofx/docs/schema/${id}.json`,
    }))
  const add = (text: string) =>
    missing(text, entries).reduce<string | undefined>(
      (grown, entry) => (grown === undefined ? undefined : addItem(grown, ['json.schemas'], entry)),
      parseJson(text) === undefined ? undefined : text,
    )
  return propose(root, {
    path: '.vscode/settings.json',
    fresh: add('{\n}\n'),
    add,
    adds: () => ['json.schemas, so that the editor knows the fields'],
    lines: entries.map((entry) => JSON.stringify(entry)),
  })
}

/** The entries for manifests that no entry of the settings names. */
function missing(text: string, entries: readonly SchemaEntry[]): readonly SchemaEntry[] {
  const schemas = (parseJson(text) as { 'json.schemas'?: unknown } | undefined)?.['json.schemas']
  const present = Array.isArray(schemas) ? schemas : []
  const patterns = present.flatMap((entry: { fileMatch?: unknown } | null) => {
    const match = entry?.fileMatch
    return Array.isArray(match) ? match : [match]
  })
  return entries.filter(({ fileMatch: [mine = ''] }) => {
    const file = mine.split('/').at(-1)
    return !patterns.some((other) => typeof other === 'string' && other.split('/').at(-1) === file)
  })
}
