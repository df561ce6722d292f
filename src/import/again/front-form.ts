import { createRequire } from 'node:module'
import { isObject } from '../../contract/is-object.ts'
import type { JsonObject } from '../../contract/kind.ts'
import { isMarkdown, parseFrontMatter, readBody } from '../../contract/manifest/front-matter.ts'
import type { YamlLibrary } from '../../contract/manifest/yaml-text.ts'
import { withBlocks } from '../../exchange/texts/matter.ts'

/** Where front matter has the record of an import, as JSON: values of `metadata` are texts there. */
const RECORD = 'nofx-import'
/** Texts by path. */
type FormFiles = Readonly<Record<string, string>>

const LIMITS = { depth: 32 }

/**
 * FormFiles whose manifest is front matter in the form of all others: the manifest as JSON with `metadata.import`, and the
 * text below it as a file of its own, so that records, digests and merges are the same for every format. FormFiles with any
 * other manifest are returned as they are, and so are those whose front matter cannot be read.
 */
export function toJsonForm(manifestFile: string, files: FormFiles): FormFiles {
  const text = files[manifestFile]
  if (!isMarkdown(manifestFile) || text === undefined) return files
  const { value } = parseFrontMatter(text, manifestFile, LIMITS, loadYaml)
  if (!isObject(value)) return files
  // A field that is set again keeps its place, and the digest of an import depends on the order.
  const manifest = isObject(value.metadata) ? { ...value, metadata: openRecord(value.metadata) } : value
  return { ...files, [manifestFile]: toJson(manifest), [bodyFile(manifestFile)]: readBody(text) }
}

/** The opposite of `toJsonForm`. */
export function fromJsonForm(manifestFile: string, files: FormFiles): Record<string, string> {
  const { [bodyFile(manifestFile)]: body, ...rest } = files
  if (!isMarkdown(manifestFile) || body === undefined) return { ...files }
  const fields = JSON.parse(files[manifestFile] ?? '{}') as JsonObject
  const own = isObject(fields.metadata) ? { metadata: closeRecord(fields.metadata) } : {}
  return { ...rest, [manifestFile]: withBlocks({ ...fields, ...own }, body) }
}

/** The name under which reports show the text below the front matter. */
export function bodyFile(manifestFile: string): string {
  return `${manifestFile}, text`
}

function openRecord({ [RECORD]: record, ...metadata }: JsonObject): JsonObject {
  const opened = typeof record === 'string' ? parse(record) : undefined
  return opened === undefined
    ? { ...metadata, ...(record === undefined ? {} : { [RECORD]: record }) }
    : { import: opened, ...metadata }
}

function closeRecord({ import: record, ...metadata }: JsonObject): JsonObject {
  return record === undefined ? metadata : { ...metadata, [RECORD]: JSON.stringify(record) }
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function toJson(value: JsonObject): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

function loadYaml(): YamlLibrary {
  return createRequire(import.meta.url)('yaml') as YamlLibrary
}
