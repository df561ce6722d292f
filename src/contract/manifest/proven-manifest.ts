import { isObject } from '../fields/older-layout.ts'
import type { JsonObject } from '../kind.ts'
import { parseJson } from './json-text.ts'
import { listManifestFiles } from './manifest-files.ts'
import { parseYaml, type YamlLibrary } from './yaml-text.ts'

/** The parts of a kind that are needed to read its manifest. */
export interface ManifestReader {
  readonly manifestFile: string
  /** Where NOFX's values are in the manifest; in the manifest itself unless given. */
  readonly ownPlace?: readonly string[]
  normalize?(raw: JsonObject, file: string): { manifest: JsonObject }
}

/** Levels of nesting. Every kind's own limit is lower, and was checked when the definition was published. */
const LIMITS = { depth: 128 }

/**
 * The manifest read from a definition's own text, in the current spelling. The digest covers the texts and nothing
 * stored beside them, so what is run or shown is read from here.
 * @returns undefined if no text is a manifest
 */
export function provenManifest(
  texts: Readonly<Record<string, string>>,
  reader: ManifestReader,
  yaml: () => YamlLibrary,
): JsonObject | undefined {
  const path = listManifestFiles(reader).find((name) => Object.hasOwn(texts, name))
  const text = path === undefined ? undefined : texts[path]
  if (path === undefined || text === undefined) return undefined
  const { value } = path.endsWith('.json')
    ? parseJson(text, path, LIMITS)
    : parseYaml(text, path, LIMITS, yaml())
  if (!isObject(value)) return undefined
  return reader.normalize?.(value, path).manifest ?? value
}
