import type { Pointer } from '../diagnostic.ts'
import { isObject } from '../is-object.ts'
import type { JsonObject } from '../kind.ts'
import { findManifestName, type ManifestForm, parseManifest } from './manifest-file.ts'
import type { YamlLibrary } from './yaml-text.ts'

/** The parts of a kind that are needed to read its manifest. */
export interface ManifestReader extends ManifestForm {
  readonly statusPlace?: Pointer
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
  const path = findManifestName(reader, (name) => Object.hasOwn(texts, name))
  const text = path === undefined ? undefined : texts[path]
  if (path === undefined || text === undefined) return undefined
  const { value } = parseManifest(text, path, LIMITS, yaml)
  if (!isObject(value)) return undefined
  return reader.normalize?.(value, path).manifest ?? value
}
