import { isObject } from '../fields/older-layout.ts'
import type { JsonObject, Kind } from '../kind.ts'
import { parseJson } from './json-text.ts'
import { parseYaml, type YamlLibrary } from './yaml-text.ts'

/** What of a kind says how its manifest is read. */
export type ManifestReader = Pick<Kind, 'manifestFile' | 'normalize'>

/** Levels of nesting; no kind allows more, and what was published once was checked then. */
const LIMITS = { depth: 128 }

/**
 * The manifest of a definition as its own text says it, in today's spelling. The digest stands for the texts, and for
 * nothing that lies beside them: what is run or shown is read from here.
 * @returns undefined when no text is a manifest
 */
export function provenManifest(
  texts: Readonly<Record<string, string>>,
  { manifestFile, normalize }: ManifestReader,
  yaml: () => YamlLibrary,
): JsonObject | undefined {
  const names = [manifestFile, manifestFile.replace(/json$/, 'yaml')]
  const path = names.find((name) => Object.hasOwn(texts, name))
  const text = path === undefined ? undefined : texts[path]
  if (path === undefined || text === undefined) return undefined
  const { value } = path.endsWith('.json')
    ? parseJson(text, path, LIMITS)
    : parseYaml(text, path, LIMITS, yaml())
  if (!isObject(value)) return undefined
  return normalize?.(value, path).manifest ?? value
}
